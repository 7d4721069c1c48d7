"""M23: fees against the standard, fees where none is due, fees before acceptance."""

import numpy as np

from hub.audit.docket import Docket
from hub.audit.monitors.order import after
from hub.audit.outcome import Outcome, plain_outcome, told
from hub.audit.rules import Rule
from hub.clock.axes import ClockName
from hub.model.blocks import Flags, Numbers

_LESS_THAN_A_FEN = 0.005


def fees_hold(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """One row per case; the item's fee is the standard, else what the case says is due."""
    del clock
    standard, paid = _standard(docket), docket.number("fee_paid")
    took = paid > _LESS_THAN_A_FEN
    not_due = took & (standard < _LESS_THAN_A_FEN)
    differs = took & ~not_due & (np.abs(paid - standard) > _LESS_THAN_A_FEN)
    early = _before_acceptance(docket)
    cases = np.flatnonzero(not_due | differs | early)
    reasons = [
        "fee_not_due" if not_due[case] else "fee_not_standard" if differs[case] else "fee_before_acceptance"
        for case in cases.tolist()
    ]
    details = [{"standard": _told(standard[case]), "paid": _told(paid[case])} for case in cases.tolist()]
    return plain_outcome(cases, rule.severity_code, reasons, told(details))


def _standard(docket: Docket) -> Numbers:
    of_item = docket.bench.catalogue.numbers("fee", docket.version)
    return np.where(np.isnan(of_item), docket.number("fee_due"), of_item)


def _before_acceptance(docket: Docket) -> Flags:
    found = np.zeros(len(docket), dtype=np.bool_)
    payments = docket.children("payment")
    if payments is not None:
        owners = payments.owners()
        early = after(docket, docket.instant("accepted_at")[owners], payments.instants["paid_at"])
        found[owners[early]] = True
    return found


def _told(amount: float) -> float | None:
    return None if np.isnan(amount) else round(float(amount), 2)
