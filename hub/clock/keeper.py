"""Calendar, zone and office hours together: instants to days and working time, and back."""

from collections.abc import Sequence
from datetime import tzinfo

import numpy as np
from numpy.typing import NDArray

from hub.clock.calendar import NO_DAY, TABLE_FROM, TABLE_TO, Calendar, Days
from hub.clock.hours import DAY, Micros, parse_office_hours
from hub.clock.zones import zone_table
from hub.model.instants import NO_INSTANT

Instants = NDArray[np.int64]
Flags = NDArray[np.bool_]

_SECOND = 1_000_000
#: Working positions past every table: a deadline there is not decided.
BEYOND = 2**60


class Timekeeper:
    """The tables of one audit. Raises ConfigError when there are no office hours."""

    def __init__(self, calendar: Calendar, zone: tzinfo, office_hours: Sequence[str]) -> None:
        self.calendar = calendar
        self.zone = zone
        self.hours = parse_office_hours(office_hours)
        self._table = zone_table(zone)

    def local(self, instants: Instants) -> Micros:
        """Wall clock of each instant, in microseconds."""
        return self._table.to_local(instants >> 1)

    def instants(self, local: Micros) -> Instants:
        """Instants of wall-clock microseconds."""
        return self._table.to_utc(local) << 1

    def local_days(self, instants: Instants) -> Days:
        """Local epoch day of each instant; absent instants give a day before every table."""
        return self.local(instants) // DAY

    def start_of_days(self, days: Days) -> Instants:
        """Local midnight at which each day begins."""
        return self.instants(days * DAY)

    def end_of_days(self, days: Days) -> Instants:
        """23:59:59 local of each day, NO_INSTANT for NO_DAY: how a whole-day deadline is told."""
        told = self.instants((np.where(days == NO_DAY, 0, days) + 1) * DAY - _SECOND)
        return np.where(days == NO_DAY, NO_INSTANT, told)

    def in_table(self, days: Days) -> Flags:
        """Whether each day lies in the calendar's table."""
        return (days >= TABLE_FROM) & (days <= TABLE_TO)

    def working_ordinal(self, days: Days) -> Days:
        """w(d): cumulative working days up to and including each day."""
        return self.calendar.ordinal(days)

    def nth_working_day(self, ordinals: Days) -> Days:
        """The day of each ordinal, NO_DAY past the table."""
        return self.calendar.nth(ordinals)

    def add_working_days(self, instants: Instants, n: int | Days) -> Days:
        """Epoch day of the n-th working day strictly after each instant's date; NO_DAY where absent."""
        days = self.local_days(instants)
        found = self.calendar.nth(self.calendar.ordinal(days) + n)
        return np.where((instants == NO_INSTANT) | ~self.in_table(days), NO_DAY, found)

    def working_days_between(self, start: Instants, end: Instants) -> Days:
        """Working days d with date(start) < d ≤ date(end); negative where end lies before."""
        return self.calendar.ordinal(self.local_days(end)) - self.calendar.ordinal(self.local_days(start))

    def worked(self, local: Micros) -> Micros:
        """Working microseconds from the table's beginning up to each wall clock."""
        days = local // DAY
        before = self.calendar.ordinal(days) * self.hours.per_day
        working = self.calendar.are_working(days)
        today = self.hours.worked(local - days * DAY) - self.hours.per_day
        return before + np.where(working, today, 0)

    def wall_after(self, worked: Micros) -> tuple[Micros, Flags]:
        """The last wall clock by which no more than ``worked`` is worked, and whether the table has it."""
        full, rest = np.divmod(np.clip(worked, 0, BEYOND), self.hours.per_day)
        days = self.calendar.nth(full + 1)
        return days * DAY + self.hours.time_after(rest), days != NO_DAY
