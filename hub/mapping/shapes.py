"""The shape of a written time: where its numbers stand; all values of that shape are read at once."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[Any]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Span = tuple[int, int]

_NUMERIC = ("Y", "m", "d", "H", "I", "M", "S", "f", "zh", "zm")
#: Heads and tails of the words for the halves of a day, and which heads mean the later half.
_HALVES = (("AaPp", "Mm"), ("上下", "午"))
_LATER = [ord(character) for character in "Pp下"]


@dataclass(frozen=True, slots=True)
class Shape:
    """Derived from one value: ``spans`` of its parts, bounds for every character of its like.

    The matrix it reads has a column for each value and a row for each character.
    """

    spans: dict[str, Span]
    low: Matrix
    high: Matrix

    @staticmethod
    def of(match: re.Match[str], first: str) -> "Shape | None":
        """The shape of ``first``, which matched; None where only the scalar can read its like."""
        spans = {name: match.span(name) for name, text in match.groupdict().items() if text is not None}
        if {"b", "y"} & spans.keys() or not _readable(spans, first):
            return None
        low = np.array([min(ord(character), 0xFFFF) for character in first], np.uint16)
        high = low.copy()
        start, end = spans.get("z", (0, 0))
        if end - start == 6:
            spans |= {"zh": (start + 1, start + 3), "zm": (start + 4, end)}
            low[start], high[start] = ord("+"), ord("-")
        for name in spans.keys() & _NUMERIC:
            low[slice(*spans[name])], high[slice(*spans[name])] = ord("0"), ord("9")
        for place in range(*spans.get("p", (0, 0))):
            low[place], high[place] = 0, 0xFFFF
        return Shape(spans, low[:, None], high[:, None])

    @property
    def zoned(self) -> bool:
        return "z" in self.spans

    @property
    def timed(self) -> bool:
        return "H" in self.spans or "I" in self.spans

    def written(self, matrix: Matrix) -> Flags:
        """The values written as the first was: digits for its digits, elsewhere its characters."""
        top = np.iinfo(matrix.dtype).max
        low, high = (np.minimum(bound, top).astype(matrix.dtype) for bound in (self.low, self.high))
        good: Flags = np.asarray(((matrix >= low) & (matrix <= high)).all(axis=0))
        return good & self._halves(matrix) if "p" in self.spans else good

    def _halves(self, matrix: Matrix) -> Flags:
        start = self.spans["p"][0]
        good = np.zeros(matrix.shape[1], np.bool_)
        for heads, tails in _HALVES:
            head = np.isin(matrix[start], list(map(ord, heads)))
            good |= head & np.isin(matrix[start + 1], list(map(ord, tails)))
        return good

    def number(self, name: str, digits: Matrix) -> Matrix:
        """One number, in the smallest type that holds it; meaningless where not so written."""
        start, end = self.spans[name]
        found: Matrix = digits[start]
        if end - start > 2:
            found = found.astype(np.int32)
        for place in range(start + 1, end):
            found = found * found.dtype.type(10) + digits[place]
        return found

    def places(self, digits: Matrix, first_year: int, years: int) -> tuple[Numbers, Flags]:
        """Indexes into a table of days, 372 a year; and where they are within it."""
        year = self.number("Y", digits) - first_year
        month, day = (self.number(name, digits) - np.uint8(1) for name in ("m", "d"))
        # Below zero an unsigned number turns large: one comparison bounds both ends.
        good = (year >= 0) & (year < years) & (month < 12) & (day < 31)
        return (year * 372 + month * np.int32(31) + day) * good, good

    def clock(self, digits: Matrix, matrix: Matrix) -> tuple[Numbers, Flags]:
        """Seconds since midnight, and where they are a time of day."""
        if "I" in self.spans:
            half = self.number("I", digits)
            good = (half >= 1) & (half <= 12)
            hour = half % 12 + np.isin(matrix[self.spans["p"][0]], _LATER) * np.uint8(12)
        else:
            hour = self.number("H", digits)
            good = hour < 24
        seconds = hour * np.int32(3600)
        for name, length in (("M", 60), ("S", 1)):
            if name in self.spans:
                part = self.number(name, digits)
                good &= part < 60
                seconds += part * np.int32(length)
        return seconds, good

    def offset(self, digits: Matrix, matrix: Matrix) -> tuple[Any, Any]:
        """Seconds ahead of UTC, and where they are an offset."""
        start, end = self.spans["z"]
        if end - start == 1:
            return 0, True
        hours, minutes = self.number("zh", digits), self.number("zm", digits)
        good = (matrix[start] != ord(",")) & (hours < 24) & (minutes < 60)
        size = hours * np.int32(3600) + minutes * np.int32(60)
        return np.where(matrix[start] == ord("-"), -size, size), good

    def fraction(self, digits: Matrix) -> Any:
        """Ticks beyond the second."""
        if "f" not in self.spans:
            return 0
        start, end = self.spans["f"]
        return self.number("f", digits).astype(np.int64) * (2 * 10 ** (6 - (end - start)))


def _readable(spans: dict[str, Span], first: str) -> bool:
    width = {name: end - start for name, (start, end) in spans.items()}
    zone_like = width.get("z", 1) == 1 or (width["z"] == 6 and first[spans["z"][0] + 3] == ":")
    return zone_like and width.get("p", 2) == 2 and width.get("f", 1) <= 6
