"""Local days as numbers, and how far each stands from UTC: what makes times a matter of lookup."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

FIRST_YEAR, LAST_YEAR = 1970, 2069
#: No such day, or one on which the clock is changed: left to the scalar.
NO_OFFSET = np.int64(2**40)


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
    days, offsets = np.zeros(size, np.int64), np.full(size, NO_OFFSET, np.int64)
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    before = _offset(first, zone)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        after = _offset(day + timedelta(days=1), zone)
        place = (day.year - FIRST_YEAR) * 372 + (day.month - 1) * 31 + day.day - 1
        days[place] = number * 86_400
        if before == after:
            offsets[place] = before
        before = after
    return DayTable(days, offsets)


def _offset(day: date, zone: tzinfo) -> int:
    """Seconds ahead of UTC at the start of a local day."""
    offset = datetime.combine(day, time.min, zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())
