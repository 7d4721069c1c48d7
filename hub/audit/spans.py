"""Verdicts on spans of time: any start, stop and limit, with what is known of the stop's absence."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome
from hub.audit.reasons import code_of
from hub.clock.axes import ClockName
from hub.clock.columns import LimitColumns, PauseColumns, Timing
from hub.clock.reasons import Undecided
from hub.model.blocks import Flags, Instants
from hub.model.instants import NEVER, NO_INSTANT, TICKS_PER_SECOND

Cases = NDArray[np.int64]

_UNDECIDED: dict[int, str] = {
    Undecided.UNKNOWN_UNIT: "bad_limit",
    Undecided.BAD_LENGTH: "bad_limit",
    Undecided.BEYOND_TABLE: "beyond_calendar",
}


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of start, stop and limit; ``cases`` says whose each row is.

    ``late_open`` and ``late_closed`` are the reasons of a breach. ``own``: the stop is the Hub's own
    fact, whose absence needs no word from the source. ``excuses``: fields whose records, were they
    still to come, could put a late stop in time. ``borrowed``: rows whose stop is that of their case,
    because no end of their own has come.
    """

    cases: Cases
    limits: LimitColumns
    late_open: str
    late_closed: str
    pauses: PauseColumns | None = None
    own: bool = False
    excuses: tuple[str, ...] = ()
    borrowed: Flags | None = None

    def measured(self, docket: Docket, clock: ClockName, *, every: Flags | bool = False) -> Timing:
        return docket.measured(clock, self.limits, self.pauses, every=every)


def limits_of(
    started: Instants, stopped: Instants, length: float, unit: int = 0, *, roll: bool = True
) -> LimitColumns:
    """The same limit, in working days unless told otherwise, for every row."""
    n = len(started)
    return LimitColumns(
        started,
        stopped,
        np.full(n, length),
        np.full(n, unit, dtype=np.int8),
        np.full(n, roll, dtype=np.bool_),
    )


def verdicts(docket: Docket, span: Span, timing: Timing, clock: ClockName, severity: int) -> Outcome:
    """One row per span: late, in time, or undecided where the source is not heard far enough."""
    limits = span.limits
    is_open = limits.stopped_at == NO_INSTANT
    turns = first_late(clock, timing.due_at)
    unsure = timing.late & unheard(docket, span, timing, clock)
    undecided = _undecided(limits, timing, unsure)
    late_reason = np.where(is_open, code_of(span.late_open), code_of(span.late_closed))
    reason = np.where(timing.late, late_reason, code_of("in_time"))
    change = np.where(timing.change_at == NO_INSTANT, NEVER, timing.change_at)
    return Outcome(
        clock=clock,
        cases=span.cases,
        severity=np.where(timing.late & (undecided == 0), severity, 0).astype(np.int8),
        reason=np.where(undecided != 0, undecided, reason).astype(np.int16),
        undecided=undecided,
        started_at=limits.started_at,
        due_at=timing.due_at,
        stopped_at=limits.stopped_at,
        judge_at=np.where(unsure, turns, change),
        limit=timing.length,
        unit=limits.unit,
        elapsed=timing.elapsed,
        provisional=timing.provisional,
    )


def unheard(docket: Docket, span: Span, timing: Timing, clock: ClockName) -> Flags:
    """Rows whose source was not heard up to the deadline: open, or closed late with more to come."""
    may_come = np.zeros(len(docket), dtype=np.bool_)
    for name in span.excuses:
        may_come |= docket.supplied(name)
    leans = (span.limits.stopped_at == NO_INSTANT) | may_come[span.cases]
    if span.borrowed is not None:
        leans |= span.borrowed
    behind: Flags = leans & (docket.absence_until[span.cases] < first_late(clock, timing.due_at))
    return behind & (not span.own)


def first_late(clock: ClockName, due_at: Instants) -> Instants:
    """The first late instant: a whole-day deadline holds to the end of its last second."""
    return due_at + (TICKS_PER_SECOND if clock == "whole_day" else 2)


def _undecided(limits: LimitColumns, timing: Timing, unsure: Flags) -> NDArray[np.int16]:
    codes = np.where(unsure, code_of("source_behind"), 0).astype(np.int16)
    judged = (limits.started_at != NO_INSTANT) & ~np.isnan(limits.length)
    for code, word in _UNDECIDED.items():
        codes[judged & (timing.undecided == code)] = code_of(word)
    return codes
