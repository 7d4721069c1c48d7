"""M27: the deadline that the source itself supplies, judged by the instant."""

import numpy as np

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome
from hub.audit.reasons import code_of
from hub.audit.rules import Rule
from hub.clock.axes import ClockName
from hub.clock.starts import clock_stops
from hub.model.blocks import Flags, Instants, Numbers
from hub.model.instants import NEVER, NO_INSTANT, TICKS_PER_SECOND


def past_given_deadline(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """Red once past ``due_at``, open or closed late; ``elapsed`` in seconds, no limit."""
    del clock  # by the instant, whatever the calendar's clock
    cases = np.flatnonzero(docket.instant("due_at") != NO_INSTANT)
    due, stopped = docket.instant("due_at")[cases], _stopped(docket)[cases]
    is_open = stopped == NO_INSTANT
    stop_or_now = np.where(is_open, docket.bench.as_of, stopped)
    turns = _turns_late(docket, due, by_date=((due & 1) | (~is_open & (stopped & 1))) == 1)
    past = (stop_or_now & ~1) >= turns
    unsure = is_open & past & (docket.absence_until[cases] < turns)
    late = past & ~unsure
    undecided = np.where(unsure, code_of("source_behind"), 0).astype(np.int16)
    late_reason = np.where(
        is_open, code_of("past_given_deadline_open"), code_of("past_given_deadline_closed")
    )
    reason = np.where(unsure, undecided, np.where(late, late_reason, code_of("in_time")))
    started = _opened(docket)[cases]
    return Outcome(
        clock="instant",
        cases=cases,
        severity=np.where(late, rule.severity_code, 0).astype(np.int8),
        reason=reason.astype(np.int16),
        undecided=undecided,
        started_at=started,
        due_at=due,
        stopped_at=stopped,
        judge_at=np.where(is_open & ~late, turns, NEVER),
        limit=np.full(len(cases), np.nan),
        unit=np.full(len(cases), -1, dtype=np.int8),
        elapsed=_seconds(started, stop_or_now),
        provisional=np.zeros(len(cases), dtype=np.bool_),
    )


def _stopped(docket: Docket) -> Instants:
    """At refusal, else at closing; at the decision only where the source never tells of closing."""
    closed = clock_stops(docket.block, docket.bench.as_of, order=("closed_at",))
    return np.where(docket.supplied("case.closed_at"), closed, docket.stopped_at("promised"))


def _opened(docket: Docket) -> Instants:
    accepted = docket.instant("accepted_at")
    return np.where(accepted == NO_INSTANT, docket.instant("received_at"), accepted)


def _turns_late(docket: Docket, due: Instants, by_date: Flags) -> Instants:
    """The first instant past each deadline; compared by date, it holds to the end of its day."""
    turns = (due & ~1) + 2
    keeper = docket.bench.keeper
    turns[by_date] = keeper.end_of_days(keeper.local_days(due[by_date])) + TICKS_PER_SECOND
    return turns


def _seconds(started: Instants, until: Instants) -> Numbers:
    known = started != NO_INSTANT
    ticks = np.where(known, (until & ~1) - np.where(known, started & ~1, 0), 0)
    return np.where(known, np.maximum(ticks, 0) / TICKS_PER_SECOND, np.nan)
