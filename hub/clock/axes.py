"""The lines on which limits are counted: each clock and unit places instants on one integer axis.

On every axis: deadline = place(start) + span(limit) + what pauses take away; ``reach`` tells the
instant of a place. Pauses, caps and extensions are arithmetic on places, the same for all units.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from hub.clock.calendar import NO_DAY, TABLE_FROM, TABLE_TO, Days
from hub.clock.columns import UNIT_CODES, Flags, Ints
from hub.clock.hours import DAY
from hub.clock.keeper import Timekeeper
from hub.model.blocks import Instants, Numbers
from hub.model.instants import NO_INSTANT

ClockName = Literal["whole_day", "elapsed"]

#: Longer than any table, yet two of them can be added without overflow.
FAR = 2**59
_HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Reach:
    """Where places lie: the instant, its local day (NO_DAY past the table)."""

    at: Instants
    days: Days

    @property
    def decided(self) -> Flags:
        decided: Flags = self.days != NO_DAY
        return decided


class Axis(Protocol):
    """One way of counting. ``unit``: axis steps in one unit of the limit (in a day, for months)."""

    unit: int

    def place(self, instants: Instants) -> Ints:
        """The place of each instant."""
        ...

    def span(self, starts: Instants, length: Numbers) -> Ints:
        """How far a limit of that length reaches from each start."""
        ...

    def reach(self, places: Ints, roll: Flags | None = None) -> Reach:
        """The instant of each place."""
        ...


class WorkingDays:
    """Whole days: the ordinal of the working day. A part of a day ends with that day."""

    unit = 1

    def __init__(self, keeper: Timekeeper) -> None:
        self._keeper = keeper

    def place(self, instants: Instants) -> Ints:
        return self._keeper.working_ordinal(self._keeper.local_days(instants))

    def span(self, starts: Instants, length: Numbers) -> Ints:  # noqa: ARG002 - other axes need the start
        return _whole(length)

    def reach(self, places: Ints, roll: Flags | None = None) -> Reach:  # noqa: ARG002 - never on a day off
        days = self._keeper.nth_working_day(places)
        return Reach(self._keeper.end_of_days(days), days)


class CalendarDays:
    """Whole days: every day counts; a last day off may roll to the next working day."""

    unit = 1

    def __init__(self, keeper: Timekeeper, months: bool) -> None:
        self._keeper = keeper
        self._months = months

    def place(self, instants: Instants) -> Ints:
        return np.clip(self._keeper.local_days(instants), TABLE_FROM - 1, TABLE_TO + 1)

    def span(self, starts: Instants, length: Numbers) -> Ints:
        return _month_days(self.place(starts), length) if self._months else _whole(length)

    def reach(self, places: Ints, roll: Flags | None = None) -> Reach:
        days = _within(self._keeper, places)
        if roll is not None and bool(roll.any()):
            days = np.where(roll & (days != NO_DAY), self._keeper.calendar.rolled(days), days)
        return Reach(self._keeper.end_of_days(days), days)


class WorkingTime:
    """Elapsed: microseconds of office hours."""

    def __init__(self, keeper: Timekeeper, unit: int) -> None:
        self._keeper = keeper
        self.unit = unit

    def place(self, instants: Instants) -> Ints:
        return self._keeper.worked(self._keeper.local(instants))

    def span(self, starts: Instants, length: Numbers) -> Ints:  # noqa: ARG002 - other axes need the start
        return _scaled(length, self.unit)

    def reach(self, places: Ints, roll: Flags | None = None) -> Reach:  # noqa: ARG002 - never on a day off
        wall, inside = self._keeper.wall_after(places)
        at = self._keeper.instants(np.where(inside, wall, 0))
        return Reach(np.where(inside, at, NO_INSTANT), np.where(inside, wall // DAY, NO_DAY))


class WallTime:
    """Elapsed: the wall clock, so a day later is the same time of day, daylight saving or not."""

    unit = DAY

    def __init__(self, keeper: Timekeeper, months: bool) -> None:
        self._keeper = keeper
        self._months = months

    def place(self, instants: Instants) -> Ints:
        return np.clip(self._keeper.local(instants), (TABLE_FROM - 1) * DAY, (TABLE_TO + 2) * DAY)

    def span(self, starts: Instants, length: Numbers) -> Ints:
        if self._months:
            return np.minimum(_month_days(self.place(starts) // DAY, length), FAR // DAY) * DAY
        return _scaled(length, DAY)

    def reach(self, places: Ints, roll: Flags | None = None) -> Reach:  # noqa: ARG002 - runs from the instant
        return _reach_local(self._keeper, places, self._keeper.instants)


class PhysicalTime:
    """Hours on any clock: time that passes, from the hour."""

    unit = _HOUR

    def __init__(self, keeper: Timekeeper) -> None:
        self._keeper = keeper

    def place(self, instants: Instants) -> Ints:
        place: Ints = np.clip(instants >> 1, (TABLE_FROM - 1) * DAY, (TABLE_TO + 2) * DAY)
        return place

    def span(self, starts: Instants, length: Numbers) -> Ints:  # noqa: ARG002 - other axes need the start
        return _scaled(length, _HOUR)

    def reach(self, places: Ints, roll: Flags | None = None) -> Reach:  # noqa: ARG002 - runs from the hour
        inside = np.abs(places) < FAR // 2
        at = np.where(inside, places, 0) << 1
        days = np.where(inside, _within(self._keeper, self._keeper.local_days(at)), NO_DAY)
        return Reach(np.where(days == NO_DAY, NO_INSTANT, at), days)


def axis_for(keeper: Timekeeper, clock: ClockName, unit: int) -> Axis:
    """The axis on which a clock counts a unit (a code of UNIT_CODES)."""
    if unit == UNIT_CODES["hour"]:
        return PhysicalTime(keeper)
    if unit == UNIT_CODES["working_hour"]:
        return WorkingTime(keeper, _HOUR)
    months = unit == UNIT_CODES["month"]
    if unit == UNIT_CODES["working_day"]:
        return WorkingDays(keeper) if clock == "whole_day" else WorkingTime(keeper, keeper.hours.per_day)
    return CalendarDays(keeper, months) if clock == "whole_day" else WallTime(keeper, months)


def _within(keeper: Timekeeper, days: Days) -> Days:
    return np.where(keeper.in_table(days), days, NO_DAY)


def _reach_local(keeper: Timekeeper, wall: Ints, back: Callable[[Ints], Instants]) -> Reach:
    days = _within(keeper, wall // DAY)
    at = back(np.where(days == NO_DAY, 0, wall))
    return Reach(np.where(days == NO_DAY, NO_INSTANT, at), days)


def _finite(length: Numbers) -> Numbers:
    return np.nan_to_num(length, nan=0.0, posinf=FAR, neginf=-FAR)


def _whole(length: Numbers) -> Ints:
    """Whole steps: a limit of 1½ days is not used up before the second day has ended."""
    return np.ceil(np.clip(_finite(length) - 1e-9, -1.0, FAR)).astype(np.int64)


def _scaled(length: Numbers, unit: int) -> Ints:
    return np.rint(np.clip(_finite(length) * unit, -FAR, FAR)).astype(np.int64)


def _month_days(days: Days, length: Numbers) -> Ints:
    """Days to the same day n months on, or to that month's last day; a part of a month is of 30 days."""
    months = np.clip(np.floor(_finite(length) + 1e-9), -1, 12_000).astype(np.int64)
    rest = np.ceil(np.clip(_finite(length) - months, 0, 1) * 30 - 1e-6).astype(np.int64)
    safe = np.clip(days, TABLE_FROM, TABLE_TO).astype("datetime64[D]")
    month = safe.astype("datetime64[M]")
    day_of_month = (safe - month.astype("datetime64[D]")).astype(np.int64)
    target = _first_of_month(month, months)
    longest = _first_of_month(month, months + 1) - target - 1
    reached: Ints = target + np.minimum(day_of_month, longest) + rest
    return reached - safe.astype(np.int64)


def _first_of_month(month: NDArray[np.datetime64], later: Ints) -> Ints:
    moved = (month.astype(np.int64) + later).astype("datetime64[M]")
    return moved.astype("datetime64[D]").astype(np.int64)
