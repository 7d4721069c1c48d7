"""M08: pauses against the length applied for, and pauses that nobody ended."""

from dataclasses import replace

import numpy as np

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome, plain_outcome
from hub.audit.pausing import kinds_of
from hub.audit.reasons import code_of
from hub.audit.rules import SEVERITY_CODES, Rule
from hub.audit.spans import Cases, Span, verdicts
from hub.clock.axes import ClockName
from hub.clock.columns import LimitColumns, unit_codes
from hub.model.blocks import Children, Flags, Instants
from hub.model.instants import NO_INSTANT


def pauses_in_time(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """Warning while open near the length applied for, yellow and red past it; open on a closed case."""
    pauses = docket.children("pause")
    if pauses is None:
        return plain_outcome(np.zeros(0, dtype=np.int64), rule.severity_code, [])
    rows = np.flatnonzero(pauses.instants["started_at"] != NO_INSTANT)
    limits = _limits(docket, pauses, rows)
    cases = pauses.owners()[rows]
    near, over, far = (
        _level(docket, rule, clock, cases, limits, level) for level in ("warning", "yellow", "red")
    )
    severity = np.maximum(over.severity, far.severity)
    running = pauses.instants["ended_at"][rows] == NO_INSTANT
    warned = (severity == 0) & running & (near.severity > 0)
    severity = np.where(warned, near.severity, severity)
    reason = np.where(warned, code_of("pause_near_applied"), over.reason)
    forgotten = _forgotten(docket, cases, running) & (severity <= rule.severity_code)
    severity = np.where(forgotten, rule.severity_code, severity).astype(np.int8)
    return replace(
        over,
        severity=severity,
        reason=np.where(forgotten, code_of("pause_open_on_closed"), reason).astype(np.int16),
        undecided=np.where(severity > 0, 0, over.undecided).astype(np.int16),
        judge_at=np.minimum(
            np.where(running, near.judge_at, over.judge_at), np.minimum(over.judge_at, far.judge_at)
        ),
        details=lambda chosen: [_named(pauses, row) for row in rows[chosen].tolist()],
    )


def _limits(docket: Docket, pauses: Children, rows: Cases) -> LimitColumns:
    ended = pauses.instants["ended_at"][rows]
    closed = docket.stops("promised").stopped_at[pauses.owners()[rows]]
    return LimitColumns(
        pauses.instants["started_at"][rows],
        np.where(ended == NO_INSTANT, closed, ended),
        pauses.numbers["applied_length"][rows],
        np.maximum(unit_codes(pauses.words["applied_unit"])[rows], 0),  # working days unless named
        np.ones(len(rows), dtype=np.bool_),
    )


def _level(
    docket: Docket, rule: Rule, clock: ClockName, cases: Cases, limits: LimitColumns, level: str
) -> Outcome:
    """Strictly more time than the length applied for and this level's days beyond it."""
    length = limits.length + rule.param(level)
    span = Span(
        cases,
        replace(limits, length=np.where(length > 0, length, np.nan)),
        "pause_over_applied",
        "pause_over_applied",
    )
    outcome = verdicts(docket, span, span.measured(docket, clock), clock, SEVERITY_CODES[level])
    if clock == "elapsed":
        return outcome
    # Not by the date alone, because a pause that ends on the weekend after its last day is no longer.
    severity = np.where(outcome.elapsed > length, outcome.severity, 0).astype(np.int8)
    return replace(outcome, severity=severity)


def _forgotten(docket: Docket, cases: Cases, running: Flags) -> Flags:
    """Pauses still open though their case is closed, as far as the source was heard."""
    closed: Instants = docket.instant("closed_at")[cases]
    heard = docket.absence_until[cases] >= closed
    found: Flags = running & (closed != NO_INSTANT) & heard & docket.supplied("pause.ended_at")[cases]
    return found


def _named(pauses: Children, row: int) -> dict[str, object]:
    return {"kind": kinds_of(pauses).word(row), "from": int(pauses.instants["started_at"][row])}
