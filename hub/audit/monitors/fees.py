"""M23: fees against the standard, fees where none is due, fees before acceptance."""

import numpy as np

from hub.audit.docket import Docket
from hub.audit.monitors.order import after
from hub.audit.outcome import Outcome, awaited_outcome, joined, plain_outcome, told
from hub.audit.rules import Rule
from hub.clock.axes import ClockName
from hub.model.blocks import Flags, Numbers
from hub.model.instants import NO_INSTANT

_LESS_THAN_A_FEN = 0.005


def fees_hold(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """One row per case; the item's fee is the standard, else what the case says is due.

    A source that says nothing of a payment accuses nobody; one that says 0 where a fee is due does.
    """
    del clock
    standard, paid = _standard(docket), docket.number("fee_paid")
    took = paid > _LESS_THAN_A_FEN
    not_due = took & (standard < _LESS_THAN_A_FEN)
    differs = took & ~not_due & (np.abs(paid - standard) > _LESS_THAN_A_FEN)
    nothing, closed = _nothing_taken(docket, standard, paid), docket.instant("closed_at")
    awaited = docket.still_to_hear(nothing & docket.supplied("payment.amount"), closed)
    differs |= nothing & ~awaited
    early = _before_acceptance(docket)
    cases = np.flatnonzero(not_due | differs | early)
    reasons = [
        "fee_not_due" if not_due[case] else "fee_not_standard" if differs[case] else "fee_before_acceptance"
        for case in cases.tolist()
    ]
    details = [{"standard": _told(standard[case]), "paid": _told(paid[case])} for case in cases.tolist()]
    outcome = plain_outcome(cases, rule.severity_code, reasons, told(details))
    waiting = np.flatnonzero(awaited)
    return joined(outcome, awaited_outcome(waiting, closed[waiting]))


def _standard(docket: Docket) -> Numbers:
    of_item = docket.bench.catalogue.numbers("fee", docket.version)
    return np.where(np.isnan(of_item), docket.number("fee_due"), of_item)


def _nothing_taken(docket: Docket, standard: Numbers, paid: Numbers) -> Flags:
    """Granted and closed, a fee is due, and the record says 0: without a waiver, without a payment.

    A record that says 0 is due where the item has a fee tells of a waiver (减免). A 0 that the mapping
    supposes where the source is silent is not the source's word.
    """
    ended = docket.has_result("granted") & (docket.instant("closed_at") != NO_INSTANT)
    said_nothing: Flags = ended & (np.abs(paid) < _LESS_THAN_A_FEN) & (standard > _LESS_THAN_A_FEN)
    said_nothing &= ~(docket.number("fee_due") < _LESS_THAN_A_FEN) & ~docket.assumed("case.fee_paid")
    payments = docket.children("payment")
    if payments is not None:
        said_nothing[payments.owners()[payments.numbers["amount"] > _LESS_THAN_A_FEN]] = False
    return said_nothing


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
