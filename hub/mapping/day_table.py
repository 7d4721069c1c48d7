"""Local days as numbers, and how far each stands from UTC: what makes times a matter of lookup."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

FIRST_YEAR, LAST_YEAR = 1970, 2069
#: No such day, or one on which the clock is changed: left to the scalar.
NO_OFFSET = np.int64(2**40)
_WEEK = 7


@dataclass(frozen=True, slots=True)
class DayTable:
    """By (year − FIRST_YEAR) × 372 + (month − 1) × 31 + (day − 1): its start in local
    seconds since 1970, and how many seconds its clock is ahead of UTC."""

    days: NDArray[np.int64]
    offsets: NDArray[np.int64]


@lru_cache(maxsize=16)
def day_table(zone: tzinfo) -> DayTable:
    """The table of a zone, made when first asked for."""
    size = (LAST_YEAR - FIRST_YEAR + 1) * 372
    starts, offsets = np.zeros(size, np.int64), np.full(size, NO_OFFSET, np.int64)
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    months = days.astype("datetime64[M]")
    places = (months.astype(np.int64)) // 12 * 372 + months.astype(np.int64) % 12 * 31
    places += (days - months.astype("datetime64[D]")).astype(np.int64)
    starts[places] = np.arange(len(days)) * 86_400
    offsets[places] = _offsets(first, len(days), zone)
    return DayTable(starts, offsets)


def _offsets(first: date, count: int, zone: tzinfo) -> NDArray[np.int64]:
    """For each day its offset, NO_OFFSET where it changes within the day.

    Looked up week by week, and day by day only in weeks that end otherwise than they began: no zone
    has changed its clock and changed it back within one week since 1970.
    """
    found = np.empty(count, np.int64)
    before = _offset(first, zone)
    for week in range(0, count, _WEEK):
        end = min(week + _WEEK, count)
        after = _offset(first + timedelta(days=end), zone)
        found[week:end] = before
        if before != after:
            ends = [_offset(first + timedelta(days=day), zone) for day in range(week, end + 1)]
            found[week:end] = [one if one == other else NO_OFFSET for one, other in pairwise(ends)]
        before = after
    return found


def _offset(day: date, zone: tzinfo) -> int:
    """Seconds ahead of UTC at the start of a local day."""
    offset = datetime.combine(day, time.min, zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())
