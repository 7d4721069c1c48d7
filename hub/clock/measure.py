"""Measure limits: deadlines, lateness and elapsed time of whole columns of cases on either clock."""

import numpy as np

from hub.clock.axes import FAR, Axis, CalendarDays, ClockName, Reach, axis_for
from hub.clock.calendar import NO_DAY
from hub.clock.columns import (
    UNIT_CODES,
    Codes,
    ExtensionColumns,
    Flags,
    Ints,
    LimitColumns,
    PauseColumns,
    Timing,
    codes_in,
)
from hub.clock.extensions import Extended, weigh
from hub.clock.keeper import Timekeeper
from hub.clock.pauses import Run, Tally, tally
from hub.clock.reasons import ExtensionReason, PauseReason, Undecided
from hub.model.blocks import Instants, Numbers
from hub.model.instants import NO_INSTANT


def measure(
    keeper: Timekeeper,
    clock: ClockName,
    limits: LimitColumns,
    as_of: int | Instants,
    pauses: PauseColumns | None = None,
    extensions: ExtensionColumns | None = None,
) -> Timing:
    """Measure each limit as of one instant (or one per case).

    What is dated after ``as_of`` has not happened: a stop, a pause, an extension. For a threshold
    such as "3 days before the promise" measure again with that length.
    """
    now = _now(keeper, as_of, len(limits))
    units = codes_in(limits.unit)
    if len(units) == 1:
        return _measure_unit(keeper, clock, int(units[0]), limits, now, pauses, extensions)
    timing = _blank(len(limits), 0 if pauses is None else len(pauses), _count(extensions))
    for unit in units:
        cases = np.flatnonzero(limits.unit == unit)
        some_pauses, pause_rows = (None, None) if pauses is None else pauses.take(cases)
        some_extensions, extension_rows = (None, None) if extensions is None else extensions.take(cases)
        part = _measure_unit(
            keeper, clock, int(unit), limits.take(cases), now[cases], some_pauses, some_extensions
        )
        _put(timing, part, cases, pause_rows, extension_rows)
    return timing


def _now(keeper: Timekeeper, as_of: int | Instants, count: int) -> Instants:
    """A date without a time is judged at its end: whatever happened that day has happened."""
    now = np.atleast_1d(np.asarray(as_of, dtype=np.int64))
    by_date = (now & 1) == 1
    if bool(by_date.any()):
        end = keeper.start_of_days(keeper.local_days(now) + 1) - 1
        now = np.where(by_date & (now != NO_INSTANT), end, now)
    return np.broadcast_to(now, count)


def _measure_unit(
    keeper: Timekeeper,
    clock: ClockName,
    unit: int,
    limits: LimitColumns,
    as_of: Instants,
    pauses: PauseColumns | None,
    extensions: ExtensionColumns | None,
) -> Timing:
    known_unit = unit if unit >= 0 else UNIT_CODES["working_day"]
    axis = axis_for(keeper, clock, known_unit)
    undecided = _undecided(keeper, limits)
    run = _run(axis, limits, as_of)
    laid = None if pauses is None else tally(keeper, clock, axis, run, pauses)
    span = _span(axis, limits.started_at, limits.length, undecided)
    due = _due(keeper, clock, axis, limits, run, span, laid)
    extended = _no_extension(limits)
    if extensions is not None:
        extended = weigh(keeper, clock, axis, limits, due, extensions, as_of)
        extended.added[undecided != Undecided.DECIDED] = 0.0
        if bool(extended.added.any()):
            span = np.minimum(span + extended.steps, FAR)
            due = _due(keeper, clock, axis, limits, run, span, laid)
    undecided[(undecided == Undecided.DECIDED) & ~due.decided] = Undecided.BEYOND_TABLE
    return _timing(keeper, clock, axis, limits, run, (span, laid, due, extended), undecided)


def _undecided(keeper: Timekeeper, limits: LimitColumns) -> Codes:
    reasons = Undecided
    started = limits.started_at != NO_INSTANT
    ladder = [
        (~started, reasons.NO_START),
        (np.isnan(limits.length), reasons.NO_LIMIT),
        (limits.unit < 0, reasons.UNKNOWN_UNIT),
        (~(limits.length >= 0), reasons.BAD_LENGTH),
        (~keeper.in_table(keeper.local_days(limits.started_at)), reasons.BEYOND_TABLE),
    ]
    conditions = [condition for condition, _ in ladder]
    return np.select(conditions, [np.int8(r) for _, r in ladder], np.int8(0)).astype(np.int8)


def run_of(keeper: Timekeeper, axis: Axis, limits: LimitColumns, as_of: int | Instants) -> Run:
    """The stretch on which each limit's clock runs, laid on its axis."""
    return _run(axis, limits, _now(keeper, as_of, len(limits)))


def _run(axis: Axis, limits: LimitColumns, as_of: Instants) -> Run:
    stopped = (limits.stopped_at != NO_INSTANT) & (limits.stopped_at <= as_of)
    cut_at = np.where(stopped, limits.stopped_at, as_of)
    return Run(axis.place(limits.started_at), limits.started_at, cut_at, as_of)


def _span(axis: Axis, started_at: Instants, length: Numbers, undecided: Codes) -> Ints:
    # Without a limit every pause counts, so that the elapsed time can still be told.
    return np.where(undecided == Undecided.DECIDED, np.minimum(axis.span(started_at, length), FAR), FAR)


def _due(
    keeper: Timekeeper,
    clock: ClockName,
    axis: Axis,
    limits: LimitColumns,
    run: Run,
    span: Ints,
    laid: Tally | None,
) -> Reach:
    places = run.place + span
    if laid is not None:
        places += laid.taken_off(span)
    reach = axis.reach(places, limits.roll if clock == "whole_day" else None)
    days = reach.days
    if clock == "whole_day":
        started = keeper.local_days(limits.started_at)
        if laid is not None and laid.on_the_edge:
            started = np.maximum(started, keeper.local_days(laid.held_until(span)))
        days = np.where(days == NO_DAY, NO_DAY, np.maximum(days, started))
        return Reach(keeper.end_of_days(days), days)
    # Not the computed instant where only the starting date is known: the whole last day is in time.
    by_date = (limits.started_at & 1 == 1) & reach.decided
    if bool(by_date.any()):
        return Reach(np.where(by_date, keeper.end_of_days(days), reach.at), days)
    return reach


def _no_extension(limits: LimitColumns) -> Extended:
    none = np.zeros(len(limits), dtype=np.int64)
    return Extended(np.zeros(len(limits)), none, np.zeros(0, dtype=np.int8))


def _timing(
    keeper: Timekeeper,
    clock: ClockName,
    axis: Axis,
    limits: LimitColumns,
    run: Run,
    found: tuple[Ints, Tally | None, Reach, Extended],
    undecided: Codes,
) -> Timing:
    span, laid, due, extended = found
    length = limits.length + extended.added
    decided = undecided == Undecided.DECIDED
    by_date = _by_date(clock, limits, run)
    late = decided & np.where(by_date, keeper.local_days(run.cut_at) > due.days, run.cut_at > due.at)
    running = (limits.stopped_at == NO_INSTANT) | (limits.stopped_at > run.as_of)
    whole = by_date & ((limits.started_at & 1 == 1) | (clock == "whole_day"))
    turns = np.where(whole, keeper.start_of_days(due.days + 1), due.at + 2)
    taken_off = np.zeros_like(span) if laid is None else laid.taken_off(span)
    used = axis.place(run.cut_at) - run.place - taken_off
    if clock == "whole_day" and isinstance(axis, CalendarDays):
        used -= np.where(decided, _rolled(run, used - span, due.days, taken_off + span), 0)
    elapsed = np.maximum(used, 0) / _unit(axis, limits.unit, length, span)
    return Timing(
        due_at=np.where(decided, due.at, NO_INSTANT),
        late=late,
        elapsed=np.where(limits.started_at == NO_INSTANT, np.nan, elapsed),
        length=length,
        extended=extended.added,
        span=span,
        provisional=decided & _provisional(keeper, clock, limits, due),
        undecided=undecided,
        change_at=np.where(decided & running & ~late, turns, NO_INSTANT),
        pause_counted=np.zeros(0) if laid is None else _counted(laid, span) / axis.unit,
        pause_reason=np.zeros(0, dtype=np.int8) if laid is None else laid.reasons(span),
        extension_reason=extended.reason,
    )


def _rolled(run: Run, beyond: Ints, due_days: Ints, reached: Ints) -> Ints:
    """Days by which a last day off moved the end: they use up nothing, so late is elapsed over limit."""
    moved = due_days - (run.place + reached)
    return np.clip(beyond, 0, np.maximum(moved, 0))


def _by_date(clock: ClockName, limits: LimitColumns, run: Run) -> Flags:
    if clock == "whole_day":
        return np.ones(len(limits), dtype=bool)
    by_date: Flags = ((limits.started_at | run.cut_at) & 1) == 1
    return by_date


def _unit(axis: Axis, unit: Codes, length: Numbers, span: Ints) -> Numbers:
    """Steps in one unit; months differ in length, so theirs is the limit's own span over its length."""
    steps = np.full(len(length), float(axis.unit))
    months = unit == UNIT_CODES["month"]
    steps[months] *= 30
    told = months & (length > 0) & (length < np.inf)
    steps[told] = span[told] / length[told]
    return steps


def _counted(laid: Tally, span: Ints) -> Numbers:
    return np.where(laid.counting(span), laid.length, 0).astype(np.float64)


def _provisional(keeper: Timekeeper, clock: ClockName, limits: LimitColumns, due: Reach) -> Flags:
    """Whether a day between start and deadline is not settled, where the deadline rests on days worked."""
    unit = limits.unit
    rests = (unit == UNIT_CODES["working_day"]) | (unit == UNIT_CODES["working_hour"])
    if clock == "whole_day":  # the elapsed clock does not roll
        rests |= limits.roll & ((unit == UNIT_CODES["calendar_day"]) | (unit == UNIT_CODES["month"]))
    started = keeper.local_days(limits.started_at)
    provisional: Flags = rests & keeper.calendar.rest_on_provisional(started, due.days)
    return provisional


_BY_CASE = (
    "due_at",
    "late",
    "elapsed",
    "length",
    "extended",
    "span",
    "provisional",
    "undecided",
    "change_at",
)


def _blank(cases: int, pauses: int, extensions: int) -> Timing:
    return Timing(
        due_at=np.full(cases, NO_INSTANT, dtype=np.int64),
        late=np.zeros(cases, dtype=bool),
        elapsed=np.full(cases, np.nan),
        length=np.full(cases, np.nan),
        extended=np.zeros(cases),
        span=np.zeros(cases, dtype=np.int64),
        provisional=np.zeros(cases, dtype=bool),
        undecided=np.zeros(cases, dtype=np.int8),
        change_at=np.full(cases, NO_INSTANT, dtype=np.int64),
        pause_counted=np.zeros(pauses),
        pause_reason=np.full(pauses, PauseReason.NOT_ALLOWED, dtype=np.int8),
        extension_reason=np.full(extensions, ExtensionReason.EXCLUDED, dtype=np.int8),
    )


def _put(
    whole: Timing, part: Timing, cases: Ints, pause_rows: Ints | None, extension_rows: Ints | None
) -> None:
    for name in _BY_CASE:
        getattr(whole, name)[cases] = getattr(part, name)
    if pause_rows is not None:
        whole.pause_counted[pause_rows] = part.pause_counted
        whole.pause_reason[pause_rows] = part.pause_reason
    if extension_rows is not None:
        whole.extension_reason[extension_rows] = part.extension_reason


def _count(extensions: ExtensionColumns | None) -> int:
    return 0 if extensions is None else len(extensions)
