"""M21: data quality: what a case lacks, or says that cannot be true."""

import numpy as np

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome, plain_outcome
from hub.audit.rules import Rule
from hub.clock.axes import ClockName
from hub.model.blocks import Flags


def data_quality(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """One row per case with any fault; ``faults`` in its detail names them all."""
    del clock
    faults = _faults(docket)
    cases = np.flatnonzero(np.logical_or.reduce(list(faults.values())))
    found = [[name for name, flags in faults.items() if flags[case]] for case in cases.tolist()]
    reasons = [names[0] if len(names) == 1 else "several_faults" for names in found]
    return plain_outcome(cases, rule.severity_code, reasons, detail=lambda row: {"faults": found[row]})


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
