"""Office hours: the part of a working day that counts on the elapsed clock."""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hub.errors import Complaint, ConfigError

Micros = NDArray[np.int64]

DAY = 86_400_000_000
_MINUTE = 60_000_000
_INTERVAL = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–—~]\s*(\d{1,2}):(\d{2})\s*\Z")


class OfficeHours:
    """Several intervals a day, in order and apart. Half-open: at closing time the office is closed."""

    def __init__(self, intervals: Sequence[tuple[int, int]]) -> None:
        self.intervals = tuple(intervals)
        self._opens = np.array([a for a, _ in intervals], dtype=np.int64)
        lengths = np.array([b - a for a, b in intervals], dtype=np.int64)
        self._before = np.concatenate(([0], np.cumsum(lengths)))[:-1]
        self.per_day = int(lengths.sum())

    def worked(self, time_of_day: Micros) -> Micros:
        """Microseconds worked on a working day before each time of day."""
        if self.intervals == ((0, DAY),):
            return time_of_day
        total = np.zeros_like(time_of_day)
        for opening, closing in self.intervals:
            total += np.clip(time_of_day - opening, 0, closing - opening)
        return total

    def time_after(self, worked: Micros) -> Micros:
        """The last time of day by which no more than ``worked`` is worked (0 ≤ worked < per_day).

        Between two intervals that is the next opening: the second after it is one more worked.
        """
        if len(self.intervals) == 1:
            return worked + int(self._opens[0])
        interval = np.searchsorted(self._before, worked, side="right") - 1
        found: Micros = self._opens[interval] + worked - self._before[interval]
        return found


def parse_office_hours(texts: Sequence[str], where: str = "calendar.office_hours") -> OfficeHours:
    """Read intervals such as "08:30-12:00". Raises ConfigError: without hours nothing is ever late."""
    complaints: list[Complaint] = []
    intervals = [found for text in texts if (found := _interval(text, where, complaints))]
    intervals.sort()
    for (_, closing), (opening, _) in pairwise(intervals):
        if opening < closing:
            fault = f"{_clock(opening)} lies within the interval before, which ends {_clock(closing)}"
            complaints.append(Complaint("hub.toml", None, where, fault, "keep the intervals apart"))
    if not texts:
        remedy = 'give at least one interval, such as "08:30-12:00", or "00:00-24:00"'
        complaints.append(Complaint("hub.toml", None, where, "no office hours", remedy))
    if complaints:
        raise ConfigError("the office hours are wrong", complaints)
    return OfficeHours(_joined(intervals))


def _interval(text: str, where: str, complaints: list[Complaint]) -> tuple[int, int] | None:
    match = _INTERVAL.match(text)
    if match:
        h1, m1, h2, m2 = (int(part) for part in match.groups())
        opening, closing = (h1 * 60 + m1) * _MINUTE, (h2 * 60 + m2) * _MINUTE
        if m1 < 60 and m2 < 60 and opening < closing <= DAY:
            return opening, closing
    remedy = "write opening-closing on one day, such as 14:00-17:30"
    complaints.append(Complaint("hub.toml", None, where, f"{text!r} is no interval", remedy))
    return None


def _joined(intervals: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for opening, closing in intervals:
        if joined and joined[-1][1] == opening:
            joined[-1] = (joined[-1][0], closing)
        else:
            joined.append((opening, closing))
    return joined


def _clock(micros: int) -> str:
    return f"{micros // (60 * _MINUTE):02d}:{micros // _MINUTE % 60:02d}"
