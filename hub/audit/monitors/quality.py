"""M21: data quality: what a case lacks, or says that cannot be true."""

import numpy as np

from hub.audit.docket import Docket
from hub.audit.monitors.lateness import last_event
from hub.audit.outcome import Outcome, awaited_outcome, joined, plain_outcome, told
from hub.audit.rules import Rule
from hub.clock.axes import ClockName
from hub.model.blocks import Flags
from hub.model.instants import NO_INSTANT


def data_quality(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """One row per case with any fault; ``faults`` in its detail names them all."""
    del clock
    faults, last = _faults(docket), last_event(docket)
    lacking = (faults["item_missing"] | faults["dates_missing"]) & ~docket.to_come
    # Another stream than the one heard may tell it. Without any event: if it was ever heard.
    awaited = docket.still_to_hear(lacking, np.maximum(last, NO_INSTANT + 1))
    for name in ("item_missing", "dates_missing"):
        faults[name] &= ~awaited
    cases = np.flatnonzero(np.logical_or.reduce(list(faults.values())) & ~docket.to_come)
    names = list(faults)
    table = np.array([faults[name][cases] for name in names]).T.tolist()
    found = [[name for name, is_so in zip(names, row, strict=True) if is_so] for row in table]
    reasons = [of_case[0] if len(of_case) == 1 else "several_faults" for of_case in found]
    details = told([{"faults": of_case} for of_case in found])
    outcome = plain_outcome(cases, rule.severity_code, reasons, details)
    waiting = np.flatnonzero(awaited)
    until = np.where(last == NO_INSTANT, docket.bench.as_of, last)
    return joined(outcome, awaited_outcome(waiting, until[waiting]))


def _faults(docket: Docket) -> dict[str, Flags]:
    items = docket.block.words["item_code"]
    named = items.codes >= 0
    known = docket.bench.catalogue.knows(items)
    return {
        "item_missing": ~named,
        "item_unknown": named & ~known,
        "item_not_in_force": known & docket.dated & (docket.version < 0),
        "dates_missing": ~docket.dated,
        "bad_identifier": docket.block.applicant_id_valid == 0,
    }
