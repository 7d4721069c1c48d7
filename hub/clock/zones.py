"""UTC and the city's wall clock, whole columns at a time, through a table of the zone's transitions."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Micros = NDArray[np.int64]

_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FROM = int((datetime(1900, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
_TO = int((datetime(2201, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
_STEP = 3 * 86_400  # no zone changes its offset twice within three days
_THREE_DAYS = timedelta(seconds=_STEP)


class ZoneTable:
    """Offsets of a zone between its transitions; before 1900 and after 2200 the outermost hold.

    A wall time that occurs twice is the first of the two; one that is skipped is read with the
    offset before the change (both as ``datetime`` does with fold = 0).
    """

    def __init__(self, zone: tzinfo) -> None:
        transitions, offsets = _transitions(zone)
        self._offsets = np.array(offsets, dtype=np.int64) * _SECOND
        self._utc = np.array(transitions, dtype=np.int64) * _SECOND
        later = np.maximum(self._offsets[:-1], self._offsets[1:])
        self._local = self._utc + later

    def to_local(self, utc: Micros) -> Micros:
        """Wall clock in microseconds since 1970-01-01 00:00 of the wall clock."""
        local: Micros = utc + self._offset(self._utc, utc)
        return local

    def to_utc(self, local: Micros) -> Micros:
        """Microseconds UTC of a wall clock."""
        utc: Micros = local - self._offset(self._local, local)
        return utc

    def _offset(self, changes: Micros, at: Micros) -> Micros:
        if len(changes) == 0:
            return self._offsets[:1]
        if at.size and int(at.min()) >= changes[-1]:
            return self._offsets[-1:]
        return self._offsets[np.searchsorted(changes, at, side="right")]


@lru_cache(maxsize=8)
def zone_table(zone: tzinfo) -> ZoneTable:
    """The zone's table, built once."""
    return ZoneTable(zone)


def _transitions(zone: tzinfo) -> tuple[list[int], list[int]]:
    transitions: list[int] = []
    # UTC in the zone's clothes, as ``fromutc`` wants it: what it adds is the offset. Not by way of
    # ``_offset_at``, because every process looks thirty-seven thousand times before it can judge.
    utc = (_EPOCH + timedelta(seconds=_FROM)).replace(tzinfo=zone)
    offsets = [zone.fromutc(utc) - utc]
    for second in range(_FROM + _STEP, _TO, _STEP):
        utc += _THREE_DAYS
        offset = zone.fromutc(utc) - utc
        if offset != offsets[-1]:
            transitions.append(_change(zone, second - _STEP, second))
            offsets.append(offset)
    return transitions, [round(offset.total_seconds()) for offset in offsets]


def _change(zone: tzinfo, before: int, after: int) -> int:
    """The first second with the later offset."""
    old = _offset_at(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_at(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset_at(zone: tzinfo, second: int) -> int:
    offset = (_EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
    assert offset is not None
    return round(offset.total_seconds())
