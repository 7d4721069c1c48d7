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
from hub.model.instants import NEVER, NO_INSTANT
from hub.model.verdicts import SEVERITIES


def pauses_in_time(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """Warning while open near the length applied for, yellow and red past it; open on a closed case."""
    pauses = docket.children("pause")
    if pauses is None:
        return plain_outcome(np.zeros(0, dtype=np.int64), rule.severity_code, [])
    rows = np.flatnonzero(pauses.instants["started_at"] != NO_INSTANT)
    running = pauses.instants["ended_at"][rows] == NO_INSTANT
    limits = _limits(docket, pauses, rows)
    span = Span(pauses.owners()[rows], limits, "pause_over_applied", "pause_over_applied", borrowed=running)
    near, over, far = (_level(docket, rule, clock, span, running, level) for level in SEVERITIES)
    severity = np.maximum(over.severity, far.severity)
    warned = (severity == 0) & running & (near.severity > 0)
    severity = np.where(warned, near.severity, severity).astype(np.int8)
    reason = np.where(warned, code_of("pause_near_applied"), over.reason).astype(np.int16)
    outcome = replace(
        over,
        severity=severity,
        reason=reason,
        undecided=np.where(severity > 0, 0, over.undecided).astype(np.int16),
        judge_at=np.minimum.reduce([np.where(running, near.judge_at, NEVER), over.judge_at, far.judge_at]),
        details=lambda chosen: [_named(pauses, row) for row in rows[chosen].tolist()],
    )
    return _with_forgotten(docket, rule, outcome, running)


def _limits(docket: Docket, pauses: Children, rows: Cases) -> LimitColumns:
    ended = pauses.instants["ended_at"][rows]
    closed = docket.stopped_at("promised")[pauses.owners()[rows]]
    return LimitColumns(
        pauses.instants["started_at"][rows],
        np.where(ended == NO_INSTANT, closed, ended),
        pauses.numbers["applied_length"][rows],
        np.maximum(unit_codes(pauses.words["applied_unit"])[rows], 0),  # working days unless named
        np.ones(len(rows), dtype=np.bool_),
    )


def _level(docket: Docket, rule: Rule, clock: ClockName, span: Span, running: Flags, level: str) -> Outcome:
    """Strictly more time than the length applied for and this level's days beyond it."""
    length = span.limits.length + rule.param(level)
    span = replace(span, limits=replace(span.limits, length=np.where(length > 0, length, np.nan)))
    timing = span.measured(docket, clock, every=running)
    outcome = verdicts(docket, span, timing, clock, SEVERITY_CODES[level])
    if clock == "elapsed":
        return outcome
    # Not by the date alone, because a pause that ends on the weekend after its last day is no longer.
    severity = np.where(outcome.elapsed > length, outcome.severity, 0).astype(np.int8)
    return replace(outcome, severity=severity)


def _with_forgotten(docket: Docket, rule: Rule, outcome: Outcome, running: Flags) -> Outcome:
    """Also those still open though their case is closed, as far as the source was heard."""
    closed: Instants = docket.instant("closed_at")[outcome.cases]
    left = running & (closed != NO_INSTANT) & docket.supplied("pause.ended_at")[outcome.cases]
    left &= outcome.severity <= rule.severity_code
    heard = docket.absence_until[outcome.cases] >= closed
    unsure = left & ~heard & (outcome.severity == 0)
    sure = left & heard
    return replace(
        outcome,
        severity=np.where(sure, rule.severity_code, outcome.severity).astype(np.int8),
        reason=np.where(sure, code_of("pause_open_on_closed"), outcome.reason).astype(np.int16),
        undecided=np.where(unsure, code_of("source_behind"), np.where(sure, 0, outcome.undecided)).astype(
            np.int16
        ),
        judge_at=np.where(unsure, np.minimum(outcome.judge_at, closed), outcome.judge_at),
    )


def _named(pauses: Children, row: int) -> dict[str, object]:
    return {"kind": kinds_of(pauses).word(row), "from": int(pauses.instants["started_at"][row])}
