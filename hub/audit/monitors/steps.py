"""M07: steps over their own limits, and steps whose limits cannot fit the promise."""

import numpy as np

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome, joined, plain_outcome, told
from hub.audit.rules import SEVERITY_CODES, Rule
from hub.audit.spans import Cases, Span, verdicts
from hub.clock.axes import ClockName
from hub.clock.columns import LimitColumns, unit_codes
from hub.model.blocks import Children, Flags, Instants
from hub.model.instants import NO_INSTANT


def steps_in_time(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """A step over its limit though the case is in time; a catalogue whose steps exceed the promise."""
    steps = docket.children("step")
    if steps is None:
        return plain_outcome(np.zeros(0, dtype=np.int64), rule.severity_code, [])
    return joined(_over_limit(docket, rule, clock, steps), _over_promise(docket, steps))


def _over_limit(docket: Docket, rule: Rule, clock: ClockName, steps: Children) -> Outcome:
    owners = steps.owners()
    limited = (steps.instants["started_at"] != NO_INSTANT) & ~np.isnan(steps.numbers["limit"])
    rows = np.flatnonzero(limited & ~_case_late(docket, clock)[owners])
    ended, closed = steps.instants["ended_at"][rows], docket.instant("closed_at")[owners[rows]]
    limits = LimitColumns(
        steps.instants["started_at"][rows],
        np.where(ended == NO_INSTANT, closed, ended),
        steps.numbers["limit"][rows],
        _units(steps, rows),
        np.full(len(rows), rule.roll, dtype=np.bool_),
    )
    pauses = docket.question("promised", rule).pauses
    own_pauses = None if pauses is None else pauses.take(owners[rows])[0]
    excuses = ("pause.started_at",)
    reason, open_ended = "step_over_limit", ended == NO_INSTANT
    span = Span(owners[rows], limits, reason, reason, own_pauses, excuses=excuses, borrowed=open_ended)
    outcome = verdicts(docket, span, span.measured(docket, clock), clock, rule.severity_code)
    return outcome.with_details(lambda chosen: [_named(steps, row) for row in rows[chosen].tolist()])


def _units(steps: Children, rows: Cases) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    return np.maximum(unit_codes(steps.words["limit_unit"])[rows], 0)  # working days unless named


def _named(steps: Children, row: int) -> dict[str, object]:
    names = (name for name in ("kind", "name", "handler") if name in steps.words)
    return {name: steps.words[name].word(row) for name in names}


def _case_late(docket: Docket, clock: ClockName) -> Flags:
    rules = docket.bench.rulebook
    late: Flags = docket.timing("promised", rules["M04"], clock).late
    return late | docket.timing("statutory", rules["M05"], clock).late


def _over_promise(docket: Docket, steps: Children) -> Outcome:
    promised, unit = docket.bench.catalogue.promised(docket.version)
    owners = steps.owners()
    limit = steps.numbers["limit"]
    every = np.arange(len(steps))
    comparable = ~np.isnan(limit) & (_units(steps, every) == unit[owners])
    total = np.bincount(owners[comparable], limit[comparable], minlength=len(docket))
    cases: Instants = np.flatnonzero(total > np.where(np.isnan(promised), np.inf, promised))
    details = [{"steps": float(total[case]), "promise": float(promised[case])} for case in cases.tolist()]
    reasons = ["steps_exceed_promise"] * len(cases)
    return plain_outcome(cases, SEVERITY_CODES["warning"], reasons, told(details))
