"""M21: data quality: what a case lacks, or says that cannot be true."""

import numpy as np

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome, plain_outcome, told
from hub.audit.rules import Rule
from hub.clock.axes import ClockName
from hub.model.blocks import Flags


def data_quality(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """One row per case with any fault; ``faults`` in its detail names them all."""
    del clock
    faults = _faults(docket)
    cases = np.flatnonzero(np.logical_or.reduce(list(faults.values())) & ~docket.to_come)
    names = list(faults)
    table = np.array([faults[name][cases] for name in names]).T.tolist()
    found = [[name for name, is_so in zip(names, row, strict=True) if is_so] for row in table]
    reasons = [of_case[0] if len(of_case) == 1 else "several_faults" for of_case in found]
    return plain_outcome(cases, rule.severity_code, reasons, told([{"faults": of_case} for of_case in found]))


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
