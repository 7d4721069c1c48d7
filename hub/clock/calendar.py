"""One calendar as known at one time: for each day whether it is worked, why, and whether that is settled.

Days are epoch days (days since 1970-01-01) and arrays of them; the table spans 1900 to 2200 and
everything past it answers ``NO_DAY`` instead of an error.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hub.clock.rules import DayRule

Days = NDArray[np.int64]
Flags = NDArray[np.bool_]
DayKind = Literal["weekday", "weekend", "holiday", "make_up", "local_working", "local_off"]

EPOCH = date(1970, 1, 1)
NO_DAY = -(2**40)


def epoch_day(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def as_date(day: int) -> date:
    """The date of an epoch day."""
    return EPOCH + timedelta(days=int(day))


TABLE_FROM = epoch_day(date(1900, 1, 1))
TABLE_TO = epoch_day(date(2200, 12, 31))
TABLE_SIZE = TABLE_TO - TABLE_FROM + 1


@dataclass(frozen=True, slots=True)
class DayReason:
    """Why a day is worked or not. ``provisional``: no published notice settles it."""

    kind: DayKind
    working: bool
    name: str
    notice: str
    provisional: bool


class Calendar:
    """Working days as a table of ordinals: ``wd[w(d)] = d`` for a working day d, counting from 1.

    ``years`` are those that notices settle; ``first`` to ``horizon`` is their longest unbroken run.
    """

    def __init__(
        self,
        version: str,
        years: Iterable[int],
        state: Mapping[date, DayRule],
        local: Mapping[date, DayRule],
    ) -> None:
        self.version = version
        self.years = frozenset(years)
        self.first, self.horizon = _longest_run(self.years)
        self.state = dict(state)
        self.local = dict(local)
        self._unsettled = _unsettled_table(self.years)
        self._unsettled_before = np.concatenate(([0], np.cumsum(self._unsettled, dtype=np.int64)))
        self.working = _working_table({**self.state, **self.local})
        self.ordinals = np.cumsum(self.working, dtype=np.int64)
        self.working_days = np.flatnonzero(self.working).astype(np.int64) + TABLE_FROM

    @property
    def base(self) -> str:
        """What the calendar is built on: "cn" or "weekdays"."""
        return self.version.partition("-")[0]

    @property
    def last_year(self) -> int:
        """The last year whose days are settled."""
        return self.horizon.year

    def places(self, days: Days) -> Days:
        """Index of each day in the table, clamped to its ends."""
        return np.clip(days, TABLE_FROM, TABLE_TO) - TABLE_FROM

    def are_working(self, days: Days) -> Flags:
        """Whether each day is a working day (past the table: as at its end)."""
        working: Flags = self.working[self.places(days)]
        return working

    def are_provisional(self, days: Days) -> Flags:
        """Whether each day lies outside the years that published notices settle."""
        outside = (days < TABLE_FROM) | (days > TABLE_TO)
        provisional: Flags = outside | self._unsettled[self.places(days)]
        return provisional

    def rest_on_provisional(self, starts: Days, ends: Days) -> Flags:
        """Whether any day from each start to its end, both included, is provisional."""
        before = self._unsettled_before[self.places(starts)]
        upto = self._unsettled_before[self.places(np.maximum(starts, ends)) + 1]
        return (upto > before) | self.are_provisional(starts) | self.are_provisional(ends)

    def ordinal(self, days: Days) -> Days:
        """w(d): working days up to and including each day."""
        return self.ordinals[self.places(days)]

    def nth(self, ordinals: Days) -> Days:
        """wd[w]: the day of each ordinal, NO_DAY past the table."""
        inside = (ordinals >= 1) & (ordinals <= len(self.working_days))
        found = self.working_days[np.clip(ordinals, 1, len(self.working_days)) - 1]
        return found if bool(inside.all()) else np.where(inside, found, NO_DAY)

    def rolled(self, days: Days) -> Days:
        """Each day itself where worked, else the next working day."""
        return np.where(self.are_working(days), days, self.nth(self.ordinal(days) + 1))

    def is_working(self, day: date) -> bool:
        """Whether the day is a working day."""
        return self.reason(day).working

    def is_provisional(self, day: date) -> bool:
        """Whether no published notice settles the day."""
        return day.year not in self.years

    def any_provisional(self, start: date, end: date) -> bool:
        """Whether any day from the one to the other, both included, is not settled."""
        first, last = sorted((epoch_day(start), epoch_day(end)))
        return bool(self.rest_on_provisional(np.array([first]), np.array([last]))[0])

    def reason(self, day: date) -> DayReason:
        """Why the day is worked or not."""
        provisional = self.is_provisional(day)
        if rule := self.local.get(day):
            kind: DayKind = "local_working" if rule.working else "local_off"
            return DayReason(kind, rule.working, rule.name, rule.notice, provisional)
        weekend = day.weekday() >= 5
        if rule := self.state.get(day):
            return DayReason(_state_kind(rule, weekend), rule.working, rule.name, rule.notice, provisional)
        return DayReason("weekend" if weekend else "weekday", not weekend, "", "", provisional)

    def add(self, day: date, n: int) -> tuple[date | None, bool]:
        """The n-th working day strictly after ``day`` (before it for n < 0), and whether provisional.

        n = 0 is the day itself. None past the table.
        """
        if n == 0:
            return day, self.is_provisional(day)
        start = epoch_day(day)
        if not TABLE_FROM <= start <= TABLE_TO or abs(n) > TABLE_SIZE:
            return None, True
        found = int(self.nth(np.array([self._ordinal_from(start, n)]))[0])
        if found == NO_DAY:
            return None, True
        ends = np.array([[min(start, found)], [max(start, found)]])
        return as_date(found), bool(self.rest_on_provisional(*ends)[0])

    def between(self, start: date, end: date) -> int:
        """Working days d with start < d ≤ end; negative when end lies before start."""
        before, upto = self.ordinal(np.array([epoch_day(start), epoch_day(end)]))
        return int(upto - before)

    def _ordinal_from(self, start: int, n: int) -> int:
        place = start - TABLE_FROM
        before = int(self.ordinals[place]) - (int(self.working[place]) if n < 0 else 0)
        return before + n + (1 if n < 0 else 0)


def _state_kind(rule: DayRule, weekend: bool) -> DayKind:
    if rule.working:
        return "make_up" if weekend else "weekday"
    return "holiday"


def _longest_run(years: frozenset[int]) -> tuple[date, date]:
    """First and last day of the longest run of years; an empty stretch where there are none."""
    first, last = 1970, 1969
    for year in sorted(years):
        if year - 1 not in years:
            upto = year
            while upto + 1 in years:
                upto += 1
            if upto - year > last - first:
                first, last = year, upto
    return date(first, 1, 1), date(last, 12, 31)


def _unsettled_table(years: frozenset[int]) -> Flags:
    unsettled: Flags = np.ones(TABLE_SIZE, dtype=bool)
    for year in years:
        begin, end = epoch_day(date(year, 1, 1)) - TABLE_FROM, epoch_day(date(year, 12, 31)) - TABLE_FROM
        unsettled[max(begin, 0) : max(end + 1, 0)] = False
    return unsettled


def _working_table(rules: Mapping[date, DayRule]) -> Flags:
    days = np.arange(TABLE_FROM, TABLE_TO + 1, dtype=np.int64)
    working: Flags = (days + 3) % 7 < 5  # 1970-01-01 was a Thursday
    for day, rule in rules.items():
        place = epoch_day(day) - TABLE_FROM
        if 0 <= place < TABLE_SIZE:
            working[place] = rule.working
    return working
