"""The proof of one deadline: every day counted or not and why, every pause and extension weighed.

It reads the same axis, union and timing that the verdict was computed from; nothing is counted twice.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from hub.clock.axes import Axis, CalendarDays, ClockName, WorkingDays, WorkingTime, axis_for
from hub.clock.calendar import TABLE_TO, as_date
from hub.clock.columns import NO_UNIT, ExtensionColumns, Ints, LimitColumns, PauseColumns, Timing
from hub.clock.keeper import Timekeeper
from hub.clock.measure import measure, run_of
from hub.clock.pauses import Tally, tally
from hub.clock.reasons import ExtensionReason, PauseReason, Undecided, code
from hub.model.kinds import UNITS

#: A proof longer than this is cut: nobody reads it, and a clock may run for centuries.
MOST_DAYS = 4000


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day. ``reason``: weekday, make_up, local_working, calendar_day (counted); weekend,
    holiday, local_off, starting_day, pause, rolled, closed (not). ``amount``: days on the
    whole-day clock, seconds on the elapsed one. ``pause``: number of the pause that took (part of) it.
    """

    date: date
    counted: bool
    reason: str
    name: str
    notice: str
    pause: int | None
    amount: float
    provisional: bool
    after_deadline: bool


@dataclass(frozen=True, slots=True)
class PauseLine:
    """One pause: counted in the limit's unit, and why so much. ``capped``: a length was applied for."""

    index: int
    started_at: int
    ended_at: int
    counted: float
    reason: str
    capped: bool


@dataclass(frozen=True, slots=True)
class ExtensionLine:
    """One extension: valid, or why it is void. ``unit``: the limit's own where it names none."""

    index: int
    approved_at: int
    length: float
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The timing of a block of one, and the lines that add up to it.

    ``days_left_out``: how many days after the last line are not told, because a proof has its length.
    """

    timing: Timing
    days: tuple[DayLine, ...]
    days_left_out: int
    pauses: tuple[PauseLine, ...]
    extensions: tuple[ExtensionLine, ...]


def prove(
    keeper: Timekeeper,
    clock: ClockName,
    limits: LimitColumns,
    as_of: int,
    pauses: PauseColumns | None = None,
    extensions: ExtensionColumns | None = None,
) -> Proof:
    """Prove the one limit in ``limits``, from its start to its deadline or to its stop, the later."""
    if len(limits) != 1:
        raise ValueError(f"a proof is of one limit, not of {len(limits)}")
    timing = measure(keeper, clock, limits, as_of, pauses, extensions)
    return Proof(
        timing,
        *_day_lines(keeper, clock, limits, as_of, pauses, timing),
        _pause_lines(pauses, timing),
        _extension_lines(extensions, timing, max(int(limits.unit[0]), 0)),
    )


@dataclass(frozen=True, slots=True)
class _Ground:
    """What day lines are read from: the axis, its union of pauses, the ends of the stretch."""

    keeper: Timekeeper
    axis: Axis
    spans: tuple[tuple[int, int, int], ...]  # begin, end, number of each pause that counts
    start: int
    start_day: int
    due_day: int
    due: int


def _day_lines(
    keeper: Timekeeper,
    clock: ClockName,
    limits: LimitColumns,
    as_of: int,
    pauses: PauseColumns | None,
    timing: Timing,
) -> tuple[tuple[DayLine, ...], int]:
    """The lines, and how many days more there would be."""
    if timing.undecided[0] != Undecided.DECIDED:
        return (), 0
    axis = axis_for(keeper, clock, int(limits.unit[0]))
    run = run_of(keeper, axis, limits, as_of)
    laid = None if pauses is None else tally(keeper, clock, axis, run, pauses)
    taken_off = 0 if laid is None else laid.taken_off(timing.span)[0]
    due = int(run.place[0] + timing.span[0] + taken_off)
    start_day = int(keeper.local_days(limits.started_at)[0])
    due_day = int(keeper.local_days(timing.due_at)[0])
    ground = _Ground(keeper, axis, _spans(laid, timing.span), int(run.place[0]), start_day, due_day, due)
    last = max(due_day, min(int(keeper.local_days(run.cut_at)[0]), TABLE_TO))
    told = min(last, start_day + MOST_DAYS - 1)
    days = np.arange(start_day, told + 2)
    edges = [int(place) for place in axis.place(keeper.start_of_days(days))]
    stretches = zip((int(day) for day in days), pairwise(edges), strict=False)
    if isinstance(axis, WorkingDays | CalendarDays):
        return tuple(_whole_line(ground, day, place) for day, (place, _) in stretches), last - told
    end = max(int(axis.place(run.cut_at)[0]), due)
    return tuple(_elapsed_line(ground, day, edge, end) for day, edge in stretches), last - told


def _spans(laid: Tally | None, span: Ints) -> tuple[tuple[int, int, int], ...]:
    if laid is None:
        return ()
    rows = np.flatnonzero(laid.counting(span))
    return tuple((int(laid.begin[r]), int(laid.begin[r] + laid.length[r]), int(r)) for r in rows)


def _whole_line(ground: _Ground, day: int, place: int) -> DayLine:
    why = ground.keeper.calendar.reason(as_date(day))
    pause = next((number for begin, end, number in ground.spans if begin < place <= end), None)
    by_calendar = isinstance(ground.axis, CalendarDays)
    if day == ground.start_day:
        reason, counted = "starting_day", False
    elif not by_calendar and not why.working:
        reason, counted, pause = str(why.kind), False, None
    elif pause is not None:
        reason, counted = "pause", False
    elif by_calendar and ground.due < day <= ground.due_day:
        reason, counted = "rolled", False
    else:
        reason, counted = "calendar_day" if by_calendar else str(why.kind), True
    named = (why.name, why.notice) if reason != "calendar_day" else ("", "")
    after = day > ground.due_day
    return DayLine(as_date(day), counted, reason, *named, pause, float(counted), why.provisional, after)


def _elapsed_line(ground: _Ground, day: int, edges: tuple[int, int], end: int) -> DayLine:
    why = ground.keeper.calendar.reason(as_date(day))
    first, last = max(edges[0], ground.start), min(edges[1], end)
    paused = 0
    number = None
    for begin, until, k in ground.spans:
        overlap = min(until, last) - max(begin, first)
        if overlap > 0:
            paused, number = paused + overlap, k
    amount = max(last - first, 0) - paused
    if amount > 0:
        reason = str(why.kind) if isinstance(ground.axis, WorkingTime) else "calendar_day"
    elif paused:
        reason = "pause"
    else:
        reason = "closed" if why.working else str(why.kind)
    after = day > ground.due_day
    seconds = amount / 1_000_000
    return DayLine(
        as_date(day), amount > 0, reason, why.name, why.notice, number, seconds, why.provisional, after
    )


def _pause_lines(pauses: PauseColumns | None, timing: Timing) -> tuple[PauseLine, ...]:
    if pauses is None:
        return ()
    return tuple(
        PauseLine(
            i,
            int(pauses.started_at[i]),
            int(pauses.ended_at[i]),
            float(timing.pause_counted[i]),
            code(PauseReason(int(timing.pause_reason[i]))),
            not bool(np.isnan(pauses.applied_length[i])),
        )
        for i in range(len(pauses))
    )


def _extension_lines(
    extensions: ExtensionColumns | None, timing: Timing, own: int
) -> tuple[ExtensionLine, ...]:
    if extensions is None:
        return ()
    return tuple(
        ExtensionLine(
            i,
            int(extensions.approved_at[i]),
            float(extensions.length[i]),
            UNITS[own if extensions.unit[i] == NO_UNIT else int(extensions.unit[i])],
            code(ExtensionReason(int(timing.extension_reason[i]))),
        )
        for i in range(len(extensions))
    )
