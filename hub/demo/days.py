"""The city's own wall clock and working calendar, counted the plain way: day by day.

Times in the city are whole local seconds since 1970-01-01T00:00 on the wall; a day is ``seconds // 86400``.
Nothing here knows the Hub's clock room: the truth must not be judged by the judge.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

DAY = 86_400
CITY_ZONE = ZoneInfo("Asia/Shanghai")
#: Working days before now at which the city is pulled: the first load, the eve, now.
PULLED_AGO = (8, 1, 0)
_EPOCH = date(1970, 1, 1)


def day_of(day: date) -> int:
    """Number of a calendar day."""
    return (day - _EPOCH).days


def date_of(day: int) -> date:
    """Calendar day of a number."""
    return _EPOCH + timedelta(days=day)


def wall(moment: datetime) -> int:
    """Wall seconds of a local moment, its zone left out."""
    return day_of(moment.date()) * DAY + moment.hour * 3600 + moment.minute * 60 + moment.second


def wall_of(text: str) -> int:
    """Wall seconds of an ISO text; with an offset it is brought to the city's clock first."""
    moment = datetime.fromisoformat(text)
    return wall(moment.astimezone(CITY_ZONE) if moment.tzinfo else moment)


class WorkCalendar:
    """Working days of some years around the demo's now, by the State Council's notices."""

    def __init__(self, first: date, last: date) -> None:
        days = range(day_of(first), day_of(last) + 1)
        self.working = [d for d in days if _works(date_of(d))]
        self._set = frozenset(self.working)
        self._index: dict[int, int] = {}
        index = -1
        for d in days:
            index += d in self._set
            self._index[d] = index

    def is_working(self, day: int) -> bool:
        return day in self._set

    def index(self, day: int) -> int:
        """Place in ``working`` of this day or, on a day off, of the last working day before it."""
        return self._index[day]

    def walk(self, start: int, length: int, skipped: Iterable[tuple[int, int]] = ()) -> int:
        """The ``length``-th working day after ``start``, days in ``skipped`` (p, q] not counted."""
        pauses = tuple(skipped)
        if not pauses:
            return self.working[self._index[start] + length] if length > 0 else start
        day, left = start, length
        while left > 0:
            day += 1
            if day in self._set and not any(p < day <= q for p, q in pauses):
                left -= 1
        return day

    def between(self, start: int, stop: int) -> int:
        """Working days d with start < d <= stop."""
        return sum(1 for d in range(start + 1, stop + 1) if d in self._set)


def _works(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # beyond the published notices
        return day.weekday() < 5


_DATES: dict[int, str] = {}
_TIMES: dict[int, str] = {}


def stamp(second: int | None) -> str | None:
    """``2012-10-26 09:30:00``, or None."""
    if second is None:
        return None
    day, rest = divmod(second, DAY)
    text = _DATES.get(day)
    if text is None:
        text = _DATES[day] = date_of(day).isoformat()
    clock = _TIMES.get(rest)
    if clock is None:
        clock = _TIMES[rest] = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{text} {clock}"
