"""M13: joint approval: a late member, or a lead closed before its members."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from hub.audit.docket import Docket
from hub.audit.monitors.deadlines import EXCUSES
from hub.audit.monitors.order import after
from hub.audit.outcome import Outcome, awaited_outcome, joined, plain_outcome, told
from hub.audit.rules import Rule
from hub.audit.spans import Span, unheard
from hub.clock.axes import ClockName
from hub.model.blocks import Children, Flags, Instants
from hub.model.instants import NO_INSTANT


def joint_approval(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """The late member is told on the member, the lead's haste on the lead."""
    late, provisional = _late_members(docket, clock)
    hasty, awaited = _hasty_leads(docket)
    cases = np.flatnonzero(late | hasty)
    reasons = ["lead_closed_first" if hasty[case] else "member_late" for case in cases.tolist()]
    leads = docket.block.parents[cases].tolist()
    details: list[Mapping[str, object]] = [{"lead_dossier": lead} if lead >= 0 else {} for lead in leads]
    outcome = plain_outcome(cases, rule.severity_code, reasons, told(details))
    outcome = replace(outcome, provisional=(provisional & ~hasty)[cases])
    waiting = np.flatnonzero(awaited & ~hasty)
    return joined(outcome, awaited_outcome(waiting, docket.instant("closed_at")[waiting]))


def _late_members(docket: Docket, clock: ClockName) -> tuple[Flags, Flags]:
    """Members past a limit of theirs, and those of them that are so only by days not settled yet."""
    rules = docket.bench.rulebook
    is_member = docket.block.parents >= 0
    late, settled = np.zeros((2, len(docket)), dtype=np.bool_)
    if not is_member.any():
        return late, settled
    for which, monitor in (("promised", "M04"), ("statutory", "M05")):
        timing, asked = docket.timing(which, rules[monitor], clock), docket.question(which, rules[monitor])
        span = Span(np.arange(len(docket)), asked.limits, "member_late", "member_late", excuses=EXCUSES)
        here = is_member & timing.late & ~unheard(docket, span, timing, clock)
        late |= here
        settled |= here & ~timing.provisional
    return late, late & ~settled


def _hasty_leads(docket: Docket) -> tuple[Flags, Flags]:
    """Leads closed while a member was open, and those of which that cannot be said yet.

    The source was not heard up to the lead's closing, or a record of the member is in quarantine.
    """
    hasty, awaited = np.zeros((2, len(docket)), dtype=np.bool_)
    leads, closed, held = _members(docket)
    lead_closed = docket.instant("closed_at")[leads]
    is_open = (closed == NO_INSTANT) & (lead_closed != NO_INSTANT)
    unsure = held | (docket.absence_until[leads] < lead_closed)
    hasty[leads[(is_open & ~unsure) | (after(docket, closed, lead_closed) & ~held)]] = True
    awaited[leads[is_open & unsure]] = True
    return hasty, awaited


def _members(docket: Docket) -> tuple[Instants, Instants, Flags]:
    """Lead, closing and quarantine of each member: as the store tells them, else those of this block."""
    told_of: Children | None = docket.block.children.get("member")
    if told_of is not None:
        return told_of.owners(), told_of.instants["closed_at"], told_of.numbers["held"] == 1
    members = np.flatnonzero(docket.block.parents >= 0)
    order = np.argsort(docket.block.dossier_ids)
    sought = docket.block.parents[members]
    places = np.minimum(np.searchsorted(docket.block.dossier_ids[order], sought), len(order) - 1)
    leads = order[places] if len(order) else np.zeros(0, dtype=np.int64)
    here = docket.block.dossier_ids[leads] == sought
    members = members[here]
    return leads[here], docket.instant("closed_at")[members], docket.block.held[members]
