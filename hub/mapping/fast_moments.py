"""Columns of times, converted at once: all values written in one shape are read as one matrix."""

import re
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

import numpy as np

from hub.mapping.day_table import FIRST_YEAR, LAST_YEAR, NO_OFFSET, day_table
from hub.mapping.moments import WORDS, compile_pattern
from hub.mapping.shapes import Flags, Matrix, Numbers, Shape
from hub.model.instants import TICKS_PER_SECOND

_ISO = re.compile(
    r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
    r"(?:[T ](?P<H>[0-9]{2}):(?P<M>[0-9]{2})(?::(?P<S>[0-9]{2})(?:\.(?P<f>[0-9]{1,6}))?)?"
    r"(?P<z>Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
Column = list[Any]

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

    def column(self, column: Column) -> tuple[Column, Sequence[int]] | None:
        """The instants, and the rows left over."""
        if self.epoch is not None:
            return self._epochs(column, self.epoch)
        if not self.shaped:
            return None
        found: Column = [None] * len(column)
        if column and column[0] and type(column[0]) is str:
            matrix = _matrix(column, len(column[0]))  # mostly all are written alike
            if matrix is not None:
                return found, self._same_length(matrix, column, range(len(column)), found)
        try:
            groups = _by_length(column)
        except TypeError:  # not texts
            return None
        rest: list[int] = []
        for length, rows in groups.items():
            values = [column[row] for row in rows]
            rest += self._same_length(_matrix(values, length), values, rows, found)
        return found, sorted(rest)

    def instants(self, matrix: Matrix, first: str) -> Numbers | None:
        """Texts of one length, a column each, the first given as text too; None unless all can be read."""
        if not self.shaped or len(first) != len(matrix) or len(first) > _LONGEST:
            return None
        instants, good = self._one_shape(matrix, first)
        return instants if good.all() else None

    def _epochs(self, column: Column, scale: int) -> tuple[Column, Sequence[int]] | None:
        if set(map(type, column)) - {int, type(None)}:
            return None
        limit = 250_000_000_000 * TICKS_PER_SECOND // scale
        if any(value is not None and not 0 <= value < limit for value in column):
            return None
        return [None if value is None else value * scale for value in column], ()

    def _same_length(
        self, matrix: Matrix | None, values: Column, rows: Sequence[int], found: Column
    ) -> Sequence[int]:
        """Convert values of one length, which stand at ``rows``; returns those that could not be."""
        if matrix is None:
            return rows
        for _ in range(_SHAPES):
            instants, good = self._one_shape(matrix, values[0])
            if good.all():
                _put(found, rows, instants)
                return []
            taken, left = np.flatnonzero(good).tolist(), np.flatnonzero(~good).tolist()
            _put(found, [rows[i] for i in taken], instants[taken])
            rows, values, matrix = [rows[i] for i in left], [values[i] for i in left], matrix[:, left]
            if not taken:
                break
        return rows

    def _one_shape(self, matrix: Matrix, first: str) -> tuple[Numbers, Flags]:
        """Read the rows that are written as ``first`` is, by each format in order."""
        instants = np.zeros(matrix.shape[1], np.int64)
        good = np.zeros(matrix.shape[1], np.bool_)
        for regex in self.regexes:
            match = regex.fullmatch(first)
            if match is None:
                if regex is _ISO and first[:4].isdigit() and first[4:5] in "-0123456789W":
                    break  # it may be ISO in a form only the scalar reads
                continue
            shape = Shape.of(match, first)
            if shape is None or (shape.zoned and self.day_only):
                break
            read, fits = self._read(shape, matrix)
            instants = read if not good.any() else np.where(good, instants, read)
            good |= fits
            if good.all():
                break
        return instants, good

    def _read(self, shape: Shape, matrix: Matrix) -> tuple[Numbers, Flags]:
        good = shape.written(matrix)
        digits = matrix.astype(np.uint8) - np.uint8(48)
        table = day_table(self.zone)
        place, fits = shape.places(digits, FIRST_YEAR, LAST_YEAR - FIRST_YEAR + 1)
        offset = table.offsets[place]
        good &= fits & (offset != NO_OFFSET)
        if shape.zoned:
            offset, fits = shape.offset(digits, matrix)
            good &= fits
        seconds = table.days[place] - offset
        if not shape.timed:
            return (seconds * TICKS_PER_SECOND) | 1, good
        clock, fits = shape.clock(digits, matrix)
        good &= fits
        if self.day_only:
            return (seconds * TICKS_PER_SECOND) | 1, good
        return (seconds + clock) * TICKS_PER_SECOND + shape.fraction(digits), good


def _by_length(column: Column) -> dict[int, Sequence[int]]:
    """The rows that hold something, by its length; TypeError where one is no text."""
    sizes = set(map(len, filter(None, column)))
    if len(sizes) == 1 and all(column):
        return {sizes.pop(): range(len(column))}
    groups: dict[int, list[int]] = {size: [] for size in sizes}
    for row, value in enumerate(column):
        if value:
            groups[len(value)].append(row)
        elif value is not None and value != "":
            raise TypeError(value)
    return dict(groups)


def _matrix(values: Sequence[Any], length: int) -> Matrix | None:
    """The values' characters, a column each; None where they are not all texts of this length."""
    if length > _LONGEST:
        return None
    try:
        joined = "\n".join(values) + "\n"
    except TypeError:
        return None
    if joined.isascii():
        units: Matrix = np.frombuffer(joined.encode(), np.uint8)
    else:  # beyond the basic plane a character is two units, and the sizes below do not match
        units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16)
    if len(units) != len(values) * (length + 1):
        return None
    matrix = np.ascontiguousarray(units.reshape(-1, length + 1).T)
    return matrix[:length] if (matrix[length] == ord("\n")).all() else None


def _put(found: Column, rows: Sequence[int], instants: Numbers) -> None:
    values = instants.tolist()
    if len(rows) == len(found):
        found[:] = values
    else:
        for row, value in zip(rows, values, strict=True):
            found[row] = value
