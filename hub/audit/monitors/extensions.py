"""M06: extensions that do not hold."""

from dataclasses import replace

import numpy as np

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome, awaited_outcome, joined, plain_outcome, told
from hub.audit.rules import Rule
from hub.audit.spans import first_late
from hub.clock.axes import ClockName
from hub.clock.columns import Timing
from hub.clock.reasons import ExtensionReason, Undecided, code
from hub.model.blocks import Flags

#: Void by its own fault; not so: excluded by a rule, in another unit, or not yet approved.
_FAULTS = (
    ExtensionReason.REPEATED,
    ExtensionReason.LATE,
    ExtensionReason.TOO_LONG,
    ExtensionReason.NO_REASON,
    ExtensionReason.NO_AUTHORITY,
    ExtensionReason.BAD_LENGTH,
    ExtensionReason.NO_DATE,
)


def extensions_hold(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """Too long, repeated, after the statutory deadline, without reason or authority: void."""
    rows = docket.children("extension")
    if rows is None:
        return plain_outcome(np.zeros(0, dtype=np.int64), rule.severity_code, [])
    timing = docket.timing("statutory", rule, clock)
    owners = rows.owners()
    at_fault = np.isin(timing.extension_reason, _FAULTS) & (timing.undecided[owners] == Undecided.DECIDED)
    by_deadline = at_fault & (timing.extension_reason == ExtensionReason.LATE)
    awaited = by_deadline & _may_move(docket, timing, clock)[owners]
    at_fault &= ~awaited
    cases, surely = np.unique(owners[at_fault]), np.zeros(len(docket), dtype=np.bool_)
    surely[owners[at_fault & ~by_deadline]] = True
    faulty = np.where(at_fault, timing.extension_reason, -1)
    details = [{"faults": _reasons(faulty[rows.offsets[case] : rows.offsets[case + 1]])} for case in cases]
    outcome = plain_outcome(cases, rule.severity_code, ["extension_void"] * len(cases), told(details))
    outcome = replace(outcome, provisional=(timing.provisional & ~surely)[cases])
    waiting = np.unique(owners[awaited])
    return joined(outcome, awaited_outcome(waiting, first_late(clock, timing.due_at[waiting])))


def _may_move(docket: Docket, timing: Timing, clock: ClockName) -> Flags:
    """Cases whose deadline a pause or notice, not heard of yet, could still move."""
    more = docket.supplied("pause.started_at") | docket.supplied("supplement.issued_at")
    return docket.still_to_hear(more, first_late(clock, timing.due_at))


def _reasons(codes: np.ndarray[tuple[int], np.dtype[np.int8]]) -> list[str]:
    return [code(ExtensionReason(int(each))) for each in codes if each >= 0]
