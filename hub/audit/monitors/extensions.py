"""M06: extensions that do not hold."""

import numpy as np

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome, plain_outcome, told
from hub.audit.rules import Rule
from hub.clock.axes import ClockName
from hub.clock.reasons import ExtensionReason, Undecided, code

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
    cases = np.unique(owners[at_fault])
    faulty = np.where(at_fault, timing.extension_reason, -1)
    details = [{"faults": _reasons(faulty[rows.offsets[case] : rows.offsets[case + 1]])} for case in cases]
    return plain_outcome(cases, rule.severity_code, ["extension_void"] * len(cases), told(details))


def _reasons(codes: np.ndarray[tuple[int], np.dtype[np.int8]]) -> list[str]:
    return [code(ExtensionReason(int(each))) for each in codes if each >= 0]
