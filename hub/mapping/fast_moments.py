"""Columns of times, converted at once: all values written in one shape are read as one matrix."""

import re
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.mapping.day_table import FIRST_YEAR, LAST_YEAR, NO_OFFSET, day_table
from hub.mapping.moments import WORDS, compile_pattern
from hub.model.instants import TICKS_PER_SECOND

Matrix = NDArray[Any]
Numbers = NDArray[np.int64]
Span = tuple[int, int]

_ISO = re.compile(
    r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
    r"(?:[T ](?P<H>[0-9]{2}):(?P<M>[0-9]{2})(?::(?P<S>[0-9]{2})(?:\.(?P<f>[0-9]{1,6}))?)?"
    r"(?P<z>Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_NUMERIC = "YmdHIMSf"
_LONGEST = 40
#: How many shapes of one length are tried before the rest goes value by value.
_SHAPES = 4


class MomentColumn:
    """The fast road of one field's formats."""

    def __init__(self, formats: Sequence[str], zone: tzinfo, *, day_only: bool) -> None:
        self.zone = zone
        self.day_only = day_only
        self.epoch = {"epoch_s": TICKS_PER_SECOND, "epoch_ms": TICKS_PER_SECOND // 1000}.get(formats[0])
        if len(formats) > 1 or day_only:
            self.epoch = None
        self.regexes = [
            _ISO if form == "iso" else compile_pattern(form).regex
            for form in formats
            if form not in WORDS[1:]
        ]
        self.shaped = len(self.regexes) == len(formats)

    def column(self, column: list[Any]) -> tuple[list[Any], Sequence[int]] | None:
        """The instants, and the rows left over."""
        if self.epoch is not None:
            return self._epochs(column, self.epoch)
        if not self.shaped:
            return None
        lengths: dict[int, list[int]] = {}
        try:
            sizes = set(map(len, filter(None, column)))
            if len(sizes) <= 1 and all(column):
                lengths = {size: list(range(len(column))) for size in sizes}
            else:
                for row, value in enumerate(column):
                    if value:
                        lengths.setdefault(len(value), []).append(row)
        except TypeError:  # not texts
            return None
        found: list[Any] = [None] * len(column)
        rest: list[int] = []
        for length, rows in lengths.items():
            rest += self._same_length(column, length, rows, found)
        return found, sorted(rest)

    def _epochs(self, column: list[Any], scale: int) -> tuple[list[Any], Sequence[int]] | None:
        if set(map(type, column)) - {int, type(None)}:
            return None
        limit = 250_000_000_000 * TICKS_PER_SECOND // scale
        if any(value is not None and not 0 <= value < limit for value in column):
            return None
        return [None if value is None else value * scale for value in column], ()

    def _same_length(self, column: list[Any], length: int, rows: list[int], found: list[Any]) -> list[int]:
        """Convert the rows whose values have this length; the rows that could not be."""
        values = column if len(rows) == len(column) else [column[row] for row in rows]
        matrix = _matrix(values, length) if length <= _LONGEST else None
        if matrix is None:
            return rows
        for _ in range(_SHAPES):
            instants, good = self._one_shape(matrix, values[0])
            if good.all():
                _put(found, rows, instants)
                return []
            taken = np.flatnonzero(good)
            _put(found, [rows[i] for i in taken], instants[taken])
            left = np.flatnonzero(~good)
            rows, values, matrix = [rows[i] for i in left], [values[i] for i in left], matrix[left]
            if not len(taken):
                break
        return rows

    def _one_shape(self, matrix: Matrix, first: str) -> tuple[Numbers, NDArray[np.bool_]]:
        """Read the rows that are written as ``first`` is, by each format in order."""
        instants = np.zeros(len(matrix), np.int64)
        good = np.zeros(len(matrix), np.bool_)
        columns = np.ascontiguousarray(matrix.T)
        for regex in self.regexes:
            match = regex.fullmatch(first)
            if match is None:
                if regex is _ISO and first[:4].isdigit() and first[4:5] in "-0123456789W":
                    break  # it may be ISO in a form only the scalar reads
                continue
            spans = {name: match.span(name) for name, text in match.groupdict().items() if text is not None}
            read = self._read(columns, spans, first)
            if read is None:
                break
            fresh = read[1] & ~good
            instants = np.where(fresh, read[0], instants)
            good |= fresh
            if good.all():
                break
        return instants, good

    def _read(
        self, columns: Matrix, spans: dict[str, Span], first: str
    ) -> tuple[Numbers, NDArray[np.bool_]] | None:
        zoned = "z" in spans
        if "b" in spans or "y" in spans or (zoned and self.day_only):
            return None
        good = _as_written(columns, spans, first)
        part = {name: _number(columns, spans[name]) for name in _NUMERIC if name in spans}
        table = day_table(self.zone)
        year, month, day = part["Y"] - FIRST_YEAR, part["m"] - 1, part["d"] - 1
        good &= (year >= 0) & (year <= LAST_YEAR - FIRST_YEAR) & (month >= 0) & (month < 12)
        good &= (day >= 0) & (day < 31)
        place = np.where(good, year * 372 + month * 31 + day, 0)
        offset = table.offsets[place]
        good &= offset != NO_OFFSET
        whole_day = self.day_only or not spans.keys() & {"H", "I"}
        seconds = table.days[place] * 86_400
        if zoned:
            offset = _zone_offset(columns, spans["z"])
            good &= np.abs(offset) < 86_400
        clock, fits = _clock(part, columns, spans)
        good &= fits
        if whole_day:
            return ((seconds - offset) * TICKS_PER_SECOND) | 1, good
        ticks = (seconds + clock - offset) * TICKS_PER_SECOND
        if "f" in part:
            start, end = spans["f"]
            ticks += part["f"] * 10 ** (6 - (end - start)) * 2 if end - start <= 6 else 0
            good &= end - start <= 6
        return ticks, good


def _matrix(values: Sequence[str], length: int) -> Matrix | None:
    """The values' characters, a row each; None where one lies beyond the basic plane."""
    try:
        joined = "\n".join(values) + "\n"
    except TypeError:
        return None
    if joined.isascii():
        return np.frombuffer(joined.encode(), np.uint8).reshape(-1, length + 1)[:, :length]
    units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16)
    if len(units) != len(values) * (length + 1):
        return None
    return units.reshape(-1, length + 1)[:, :length]


def _put(found: list[Any], rows: Sequence[int], instants: Numbers) -> None:
    values = instants.tolist()
    if len(rows) == len(found):
        found[:] = values
    else:
        for row, value in zip(rows, values, strict=True):
            found[row] = value


def _as_written(columns: Matrix, spans: dict[str, Span], first: str) -> NDArray[np.bool_]:
    """The rows with digits where ``first`` has its numbers, and the same characters elsewhere."""
    good = np.ones(columns.shape[1], np.bool_)
    numeric = {i for name in _NUMERIC if name in spans for i in range(*spans[name])}
    loose = {i for name in ("p", "z") if name in spans for i in range(*spans[name])}
    for i, character in enumerate(first):
        if i in numeric:
            good &= (columns[i] >= 48) & (columns[i] <= 57)
        elif i not in loose:
            good &= columns[i] == ord(character)
    for name, check in (("p", _half_days), ("z", _offsets)):
        if name in spans:
            good &= check(columns, spans[name], first)
    return good


def _half_days(columns: Matrix, span: Span, first: str) -> NDArray[np.bool_]:
    if span[1] - span[0] != 2:
        return np.zeros(columns.shape[1], np.bool_)
    heads, tails = ("上下", "午") if first[span[0]] in "上下" else ("AaPp", "Mm")
    return np.isin(columns[span[0]], list(map(ord, heads))) & np.isin(
        columns[span[0] + 1], list(map(ord, tails))
    )


def _offsets(columns: Matrix, span: Span, _first: str) -> NDArray[np.bool_]:
    start, end = span
    if end - start == 1:
        return np.asarray(columns[start] == ord("Z"))
    if end - start != 6:
        return np.zeros(columns.shape[1], np.bool_)
    good = np.isin(columns[start], (ord("+"), ord("-"))) & (columns[start + 3] == ord(":"))
    for i in (1, 2, 4, 5):
        good &= (columns[start + i] >= 48) & (columns[start + i] <= 57)
    minutes = _number(columns, (start + 4, end))
    return np.asarray(good & (minutes < 60) & (_number(columns, (start + 1, start + 3)) < 24))


def _number(columns: Matrix, span: Span) -> Numbers:
    number: Numbers = columns[span[0]].astype(np.int64) - 48
    for i in range(span[0] + 1, span[1]):
        number = number * 10 + columns[i] - 48
    return number


def _zone_offset(columns: Matrix, span: Span) -> Numbers:
    start, end = span
    if end - start != 6:
        return np.zeros(columns.shape[1], np.int64)
    size = _number(columns, (start + 1, start + 3)) * 3600 + _number(columns, (start + 4, end)) * 60
    return np.where(columns[start] == ord("-"), -size, size)


def _clock(
    part: dict[str, Numbers], columns: Matrix, spans: dict[str, Span]
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Seconds since midnight, and where they are a time of day."""
    none = np.zeros(columns.shape[1], np.int64)
    hour, minute, second = part.get("H", none), part.get("M", none), part.get("S", none)
    good = (hour < 24) & (minute < 60) & (second < 60)
    if "I" in part:
        good &= (part["I"] >= 1) & (part["I"] <= 12)
        later = np.isin(columns[spans["p"][0]], list(map(ord, "Pp下")))
        hour = part["I"] % 12 + np.where(later, 12, 0)
    return hour * 3600 + minute * 60 + second, good
