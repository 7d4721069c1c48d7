"""Measuring only what is in question: a stop within N days of the clock's start is within N working days."""

from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hub.clock.axes import ClockName
from hub.clock.columns import ExtensionColumns, LimitColumns, PauseColumns, Timing
from hub.clock.keeper import Timekeeper
from hub.clock.measure import measure
from hub.clock.reasons import ExtensionReason, PauseReason
from hub.model.blocks import Flags, Numbers
from hub.model.instants import NO_INSTANT, TICKS_PER_SECOND
from hub.model.kinds import UNITS

Rows = NDArray[np.int64]
T = TypeVar("T", bound=np.generic)
_HOUR = 3600 * TICKS_PER_SECOND
_SHORTEST = {"working_day": 24, "calendar_day": 24, "working_hour": 1, "hour": 1, "month": 28 * 24}
_TICKS = np.array([*(_SHORTEST[unit] * _HOUR for unit in UNITS), 0], dtype=np.float64)
#: What a column of cases says of those not measured, where that is not nought.
_UNMEASURED = {"due_at": NO_INSTANT, "change_at": NO_INSTANT, "elapsed": np.nan}
_OF_PAUSES = ("pause_counted", "pause_reason")
_OF_EXTENSIONS = ("extension_reason",)
#: A local day may be that much shorter when the clocks change.
_SLACK = 2 * _HOUR


def settled(limits: LimitColumns) -> Flags:
    """Spans of which nothing need be measured: no start, no limit, or surely in time.

    In time they are when they stopped sooner than any calendar could let the limit pass; pauses and
    extensions only lengthen. So the many that end early need no calendar at all.
    """
    running = limits.stopped_at == NO_INSTANT
    timed = (limits.started_at > 0) & ~running
    took = np.where(timed, limits.stopped_at - np.where(timed, limits.started_at, 0), 0)
    least: Numbers = limits.length * _TICKS[limits.unit] - _SLACK
    nothing: Flags = (timed & (took <= least)) | np.isnan(limits.length) | (limits.started_at == NO_INSTANT)
    return nothing


def measure_unsettled(
    keeper: Timekeeper,
    clock: ClockName,
    limits: LimitColumns,
    as_of: int,
    pauses: PauseColumns | None = None,
    extensions: ExtensionColumns | None = None,
    *,
    every: Flags | bool = False,
) -> Timing:
    """Measure the spans in question and those flagged in ``every``.

    The settled ones are in time and have neither deadline nor elapsed time; nothing was extended.
    """
    rows = np.flatnonzero(~settled(limits) | every)
    if len(rows) == len(limits):
        return measure(keeper, clock, limits, as_of, pauses, extensions)
    some_pauses, pause_rows = (None, None) if pauses is None else pauses.take(rows)
    some_extensions, extension_rows = (None, None) if extensions is None else extensions.take(rows)
    part = measure(keeper, clock, limits.take(rows), as_of, some_pauses, some_extensions)
    columns = {each.name: getattr(part, each.name) for each in fields(Timing)}
    whole: dict[str, Any] = {"length": _over(limits.length, columns.pop("length"), rows)}
    for name in _OF_PAUSES:
        whole[name] = _children(columns.pop(name), pause_rows, pauses, PauseReason.COUNTED)
    for name in _OF_EXTENSIONS:
        whole[name] = _children(columns.pop(name), extension_rows, extensions, ExtensionReason.NOT_YET)
    for name, column in columns.items():
        whole[name] = _spread(column, rows, len(limits), _UNMEASURED.get(name, 0))
    return Timing(**whole)


def _spread(part: NDArray[T], rows: Rows, n: int, otherwise: float) -> NDArray[T]:
    whole = np.full(n, otherwise, dtype=part.dtype)
    whole[rows] = part
    return whole


def _over(whole: Numbers, part: Numbers, rows: Rows) -> Numbers:
    whole = whole.copy()
    whole[rows] = part
    return whole


def _children(
    part: NDArray[T], rows: Rows | None, columns: PauseColumns | ExtensionColumns | None, otherwise: float
) -> NDArray[T]:
    return part if rows is None or columns is None else _spread(part, rows, len(columns), otherwise)
