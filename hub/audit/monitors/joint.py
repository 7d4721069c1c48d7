"""M13: joint approval: a late member, or a lead closed before its members."""

from collections.abc import Mapping

import numpy as np

from hub.audit.docket import Docket
from hub.audit.monitors.deadlines import EXCUSES
from hub.audit.monitors.order import after
from hub.audit.outcome import Outcome, plain_outcome, told
from hub.audit.rules import Rule
from hub.audit.spans import Span, unheard
from hub.clock.axes import ClockName
from hub.model.blocks import Children, Flags, Instants
from hub.model.instants import NO_INSTANT


def joint_approval(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """The late member is told on the member, the lead's haste on the lead."""
    late = _late_members(docket, clock)
    hasty = _hasty_leads(docket)
    cases = np.flatnonzero(late | hasty)
    reasons = ["lead_closed_first" if hasty[case] else "member_late" for case in cases.tolist()]
    leads = docket.block.parents[cases].tolist()
    details: list[Mapping[str, object]] = [{"lead_dossier": lead} if lead >= 0 else {} for lead in leads]
    return plain_outcome(cases, rule.severity_code, reasons, told(details))


def _late_members(docket: Docket, clock: ClockName) -> Flags:
    rules = docket.bench.rulebook
    is_member = docket.block.parents >= 0
    if not is_member.any():
        return is_member
    late: Flags = np.zeros(len(docket), dtype=np.bool_)
    for which, monitor in (("promised", "M04"), ("statutory", "M05")):
        timing, asked = docket.timing(which, rules[monitor], clock), docket.question(which, rules[monitor])
        span = Span(np.arange(len(docket)), asked.limits, "member_late", "member_late", excuses=EXCUSES)
        late |= timing.late & ~unheard(docket, span, timing, clock)
    return late & is_member


def _hasty_leads(docket: Docket) -> Flags:
    """Leads closed while a member was open, as far as the source was heard."""
    found = np.zeros(len(docket), dtype=np.bool_)
    leads, closed = _members(docket)
    lead_closed = docket.instant("closed_at")[leads]
    still_open = (closed == NO_INSTANT) & (docket.absence_until[leads] >= lead_closed)
    found[leads[(lead_closed != NO_INSTANT) & (still_open | after(docket, closed, lead_closed))]] = True
    return found


def _members(docket: Docket) -> tuple[Instants, Instants]:
    """Index of the lead and closing of each member: as the store tells them, else those of this block."""
    told_of: Children | None = docket.block.children.get("member")
    if told_of is not None:
        return told_of.owners(), told_of.instants["closed_at"]
    members = np.flatnonzero(docket.block.parents >= 0)
    order = np.argsort(docket.block.dossier_ids)
    sought = docket.block.parents[members]
    places = np.minimum(np.searchsorted(docket.block.dossier_ids[order], sought), len(order) - 1)
    leads = order[places] if len(order) else np.zeros(0, dtype=np.int64)
    here = docket.block.dossier_ids[leads] == sought
    return leads[here], docket.instant("closed_at")[members[here]]
