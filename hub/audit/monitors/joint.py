"""M13: joint approval: a late member, or a lead closed before its members."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from hub.audit.docket import Docket
from hub.audit.monitors.deadlines import EXCUSES
from hub.audit.monitors.order import after
from hub.audit.outcome import Outcome, awaited_outcome, joined, plain_outcome
from hub.audit.rules import Rule
from hub.audit.spans import Span, unheard
from hub.clock.axes import ClockName
from hub.model.blocks import Children, Flags, Instants
from hub.model.instants import NO_INSTANT

_LIMITS = {"M04": "promised", "M05": "statutory"}


def joint_approval(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """The late member is told on the member, the lead's haste on the lead."""
    late_by, provisional = _late_members(docket, clock)
    late = np.logical_or.reduce(list(late_by.values()))
    hasty, awaited, by_quarantine = _hasty_leads(docket)
    cases = np.flatnonzero(late | hasty)
    reasons = ["lead_closed_first" if hasty[case] else "member_late" for case in cases.tolist()]

    def details(rows: Instants) -> list[dict[str, object]]:
        return [_parties(docket, case, late_by, hasty) for case in cases[rows].tolist()]

    outcome = plain_outcome(cases, rule.severity_code, reasons, details)
    outcome = replace(outcome, provisional=(provisional & ~hasty)[cases])
    waiting = np.flatnonzero(awaited & ~hasty)
    why = ["member_held" if held else "source_behind" for held in by_quarantine[waiting].tolist()]
    return joined(outcome, awaited_outcome(waiting, docket.instant("closed_at")[waiting], why))


def _parties(docket: Docket, case: int, late_by: Mapping[str, Flags], hasty: Flags) -> dict[str, object]:
    """Beside whom: the lead of a late member and the limits it passed, a lead's open members."""
    if hasty[case]:
        return {"members": _open_members(docket, case)}
    passed: dict[str, object] = {"limits": [monitor for monitor, late in late_by.items() if late[case]]}
    return passed | {"lead_dossier": int(docket.block.parents[case])}


def _open_members(docket: Docket, case: int) -> list[str | None]:
    """The case numbers of a lead's members that were open when it was closed, as the store tells them."""
    members: Children | None = docket.block.children.get("member")
    if members is None:
        return []
    own = np.arange(*members.offsets[case : case + 2])
    closed, lead_closed = members.instants["closed_at"][own], docket.instant("closed_at")[[case] * len(own)]
    left = (closed == NO_INSTANT) | after(docket, closed, lead_closed)
    return [members.words["case_no"].word(row) for row in own[left].tolist()]


def _late_members(docket: Docket, clock: ClockName) -> tuple[dict[str, Flags], Flags]:
    """Members past a limit of theirs, by monitor, and those that are so only by days not settled yet."""
    rules = docket.bench.rulebook
    is_member = docket.block.parents >= 0
    late: dict[str, Flags] = {name: np.zeros(len(docket), dtype=np.bool_) for name in _LIMITS}
    settled = np.zeros(len(docket), dtype=np.bool_)
    if not is_member.any():
        return late, settled
    for monitor, which in _LIMITS.items():
        timing, asked = docket.timing(which, rules[monitor], clock), docket.question(which, rules[monitor])
        span = Span(np.arange(len(docket)), asked.limits, "member_late", "member_late", excuses=EXCUSES)
        late[monitor] = is_member & timing.late & ~unheard(docket, span, timing, clock)
        settled |= late[monitor] & ~timing.provisional
    return late, np.logical_or.reduce(list(late.values())) & ~settled


def _hasty_leads(docket: Docket) -> tuple[Flags, Flags, Flags]:
    """Leads closed while a member was open, those of which that cannot be said yet, and which of these by
    quarantine.

    The source was not heard up to the lead's closing, or a record of the member is in quarantine.
    """
    hasty, awaited, by_quarantine = np.zeros((3, len(docket)), dtype=np.bool_)
    leads, closed, held = _members(docket)
    lead_closed = docket.instant("closed_at")[leads]
    is_open = (closed == NO_INSTANT) & (lead_closed != NO_INSTANT)
    unsure = held | (docket.absence_until[leads] < lead_closed)
    hasty[leads[(is_open & ~unsure) | (after(docket, closed, lead_closed) & ~held)]] = True
    awaited[leads[is_open & unsure]] = True
    by_quarantine[leads[is_open & held]] = True
    return hasty, awaited, by_quarantine


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
