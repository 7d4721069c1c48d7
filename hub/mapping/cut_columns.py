"""The values of records that were cut, as columns: texts as they stand, all else read as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hub.mapping.spec import SourcePath
from hub.model.arrow_column import ArrowColumn

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

_NULL, _COMMA = int.from_bytes(b"null", "little"), ord(",")
#: What numbers, true, false and null are written with, and what may follow them.
_LETTERS, _ENDS = b"0123456789+-.Eaeflnrstu", (b",", b"}")
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the values of some records lie: ``start`` and ``stop`` of each, and whether it is a text.

    ``cell``: for each of ``paths`` and each record the number of the value that stands there; where none
    does, that of one which starts where it stops. ``objects``: the places where, in one record or
    another, an object stands that was cut itself. ``clean``: no text holds what would have to be cleaned
    away, but perhaps blanks at its ends, and what it escapes. ``escaped``: a text somewhere escapes
    something, though no quote.
    """

    body: bytes
    paths: tuple[SourcePath, ...]
    start: Places
    stop: Places
    text: Flags
    cell: Places
    clean: bool
    escaped: bool
    objects: frozenset[SourcePath] = frozenset()

    def __len__(self) -> int:
        return int(self.cell.shape[1])

    def only(self, rows: Places) -> "Cut":
        """The same of some of the records."""
        return replace(self, cell=self.cell[:, rows])

    def having(self, path: SourcePath) -> Flags:
        """Which records say anything at this place."""
        cells = self.cell[self.paths.index(path)]
        given: Flags = self.stop[cells] > self.start[cells]
        return given

    def columns(self, paths: Iterable[SourcePath]) -> dict[SourcePath, Sequence[Any]]:
        """The values at these places; an ArrowColumn where all are texts or null, an empty text being null.

        ValueError where a value is not readable JSON, also at a place that is not asked for.
        """
        found: dict[SourcePath, Sequence[Any]] = dict.fromkeys(paths, [None] * len(self))
        null = None if self.text.all() else self._null()
        others = () if null is None else self._others(self.text | null)
        # Escapes are looked at wherever they stand: a record with one that is none cannot be read.
        told = [at for at, path in enumerate(self.paths) if self.escaped or path in found]
        texts = [at for at in told if at not in others]
        found.update((self.paths[at], self._read(at)) for at in others)
        if texts:
            found.update(zip((self.paths[at] for at in texts), self._texts(texts, null), strict=True))
        return found

    def _null(self) -> Flags:
        """Which values are null, or none at all."""
        size = self.stop - self.start
        null: Flags = size == 0
        four = np.flatnonzero(~self.text & (size == 4))
        windows = np.ndarray((len(self.body) - 3,), "V4", self.body, 0, (1,))
        null[four] = windows[self.start[four]].view(np.uint32) == _NULL
        return null

    def _others(self, plain: Flags) -> Sequence[int]:
        """The columns where a value is neither a text nor null."""
        if plain.all():
            return ()
        found: list[int] = np.flatnonzero(~plain[self.cell].all(axis=1)).tolist()
        return found

    def _texts(self, columns: Sequence[int], null: Flags | None) -> list[ArrowColumn]:
        first, last = (self.start + 1, self.stop - 1) if null is None else self._bounds(null)
        absent = first == last
        absent_anywhere = bool(absent.any())
        bounds, data = self._taken(first, last, self.cell[columns])
        size, made = len(self), []
        for turn, at in enumerate(columns):
            lacking = absent[self.cell[at]] if absent_anywhere else _NONE
            valid = pa.py_buffer(np.packbits(~lacking, bitorder="little")) if lacking.any() else None
            part = pa.py_buffer(bounds[turn * size : (turn + 1) * size + 1])
            given = pa.Array.from_buffers(pa.string(), size, [valid, part, data])
            column = ArrowColumn(given, clean=self.clean)
            made.append(self._unescaped(at) if self.escaped and b"\\" in bytes(column.body) else column)
        return made

    def _unescaped(self, at: int) -> ArrowColumn:
        """A column of texts and null, of which one or more escape something."""
        given, told, bounds = self._followed(at)
        np.frombuffer(told, np.uint8)[bounds[1:] - 1] = _COMMA
        told[-1:] = b"]"
        values = self._spread(given, [value or None for value in _decode(b"[" + told)])
        return ArrowColumn(pa.array(values, pa.string()), values)

    def _bounds(self, null: Flags) -> tuple[Places, Places]:
        """Where the insides of texts begin and end; all else is as if it were empty."""
        first, last = self.start + self.text, self.stop - self.text
        np.copyto(last, first, where=null)
        return first, last

    def _read(self, at: int) -> list[Any]:
        """One column, value by value unless all are plain words and numbers."""
        given, told, bounds = self._followed(at)
        if not told.translate(None, _LETTERS + b"".join(_ENDS)) and sum(map(told.count, _ENDS)) == len(given):
            values: list[Any] = _decode(b"[" + told[:-1].replace(b"}", b",") + b"]")
        else:
            places = zip(bounds[:-1].tolist(), (bounds[1:] - 1).tolist(), strict=True)
            values = [_decode(told[a:b]) for a, b in places]
        return self._spread(given, values)

    def _followed(self, at: int) -> tuple[Places, bytearray, NDArray[np.int32]]:
        """The rows with a value in a column, these values each with the byte after it, and their bounds."""
        start, stop = self.start[self.cell[at]], self.stop[self.cell[at]]
        given = np.flatnonzero(stop > start)
        bounds, data = self._taken(start, stop + 1, given)
        return given, bytearray(memoryview(data)[: bounds[-1]]), bounds

    def _spread(self, given: Places, values: list[Any]) -> list[Any]:
        if len(given) == len(self):
            return values
        spread: list[Any] = [None] * len(self)
        for row, value in zip(given.tolist(), values, strict=True):
            spread[row] = value
        return spread

    def _taken(self, start: Places, stop: Places, which: Places) -> tuple[NDArray[np.int32], Any]:
        """What lies between some of these places, one after the other, and the bounds of each."""
        # Every other one of the pieces into which these places part the body.
        ends = np.empty(2 * start.size + 1, np.int32)
        ends[0:-1:2], ends[1::2] = start, stop
        ends[-1] = ends[-2]
        buffers = [None, pa.py_buffer(ends), pa.py_buffer(self.body)]
        pieces = pa.Array.from_buffers(pa.string(), len(ends) - 1, buffers)
        taken = pieces.take(pa.array((2 * which).reshape(-1)))
        _, bounds, data = taken.buffers()
        return np.frombuffer(bounds, np.int32)[: which.size + 1], data


_NONE = np.zeros(0, np.bool_)
