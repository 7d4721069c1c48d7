"""The values of records that were cut, as columns: texts as they stand, all else read as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hub.mapping.form import Places
from hub.model.arrow_column import ArrowColumn

Flags = NDArray[np.bool_]

_NULL, _COMMA = int.from_bytes(b"null", "little"), ord(",")
#: What numbers, true, false and null are written with, and what may follow them.
_LETTERS, _ENDS = b"0123456789+-.Eaeflnrstu", (b",", b"}")
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the values of some records lie: a row for each record, a column for each of ``names``.

    ``clean``: no text holds what would have to be cleaned away, but perhaps blanks at its ends, and what it
    escapes. ``escaped``: a text somewhere escapes something, though no quote.
    """

    body: bytes
    names: tuple[str, ...]
    start: Places
    stop: Places
    text: Flags
    clean: bool
    escaped: bool

    def __len__(self) -> int:
        return len(self.start)

    def columns(self, names: Iterable[str]) -> dict[str, Sequence[Any]]:
        """The values of these names; an ArrowColumn where all are texts or null, an empty text being null.

        ValueError where a value is not readable JSON, also of a name that is not asked for.
        """
        found: dict[str, Sequence[Any]] = dict.fromkeys(names, [None] * len(self))
        null = None if self.text.all() else self._null()
        others = () if null is None else np.flatnonzero(~(self.text | null).all(axis=0)).tolist()
        # Escapes are looked at wherever they stand: a record with one that is none cannot be read.
        told = [at for at, name in enumerate(self.names) if self.escaped or name in found]
        texts = [at for at in told if at not in others]
        found.update((self.names[at], self._read(at)) for at in others)
        if texts:
            found.update(zip((self.names[at] for at in texts), self._texts(texts, null), strict=True))
        return found

    def _null(self) -> Flags:
        """Which values are null."""
        null = np.zeros(self.text.shape, np.bool_)
        four = np.flatnonzero(~self.text & (self.stop - self.start == 4))
        windows = np.ndarray((len(self.body) - 3,), "V4", self.body, 0, (1,))
        null.reshape(-1)[four] = windows[self.start.reshape(-1)[four]].view(np.uint32) == _NULL
        return null

    def _texts(self, columns: Sequence[int], null: Flags | None) -> list[ArrowColumn]:
        first, last = (self.start + 1, self.stop - 1) if null is None else self._bounds(null)
        absent = first == last
        absent_anywhere = bool(absent.any())
        bounds, data = _taken(self.body, first, last, columns)
        size, made = len(self), []
        for turn, at in enumerate(columns):
            lacking = np.ascontiguousarray(absent[:, at]) if absent_anywhere else _NONE
            valid = pa.py_buffer(np.packbits(~lacking, bitorder="little")) if lacking.any() else None
            part = pa.py_buffer(bounds[turn * size : (turn + 1) * size + 1])
            given = pa.Array.from_buffers(pa.string(), size, [valid, part, data])
            column = ArrowColumn(given, clean=self.clean)
            made.append(self._unescaped(at) if self.escaped and b"\\" in bytes(column.body) else column)
        return made

    def _unescaped(self, at: int) -> ArrowColumn:
        """A column of texts and null, of which one or more escape something."""
        bounds, data = _taken(self.body, self.start[:, at : at + 1], self.stop[:, at : at + 1] + 1, [0])
        told = bytearray(memoryview(data)[: bounds[-1]])
        np.frombuffer(told, np.uint8)[bounds[1:] - 1] = _COMMA
        told[-1:] = b"]"
        values = [value or None for value in _decode(b"[" + told)]
        return ArrowColumn(pa.array(values, pa.string()), values)

    def _bounds(self, null: Flags) -> tuple[Places, Places]:
        """Where the insides of texts begin and end; all else is as if it were empty."""
        first, last = self.start + self.text, self.stop - self.text
        np.copyto(last, first, where=null)
        return first, last

    def _read(self, at: int) -> list[Any]:
        """One column, value by value unless all are plain words and numbers."""
        start, stop = self.start[:, at : at + 1], self.stop[:, at : at + 1]
        bounds, data = _taken(self.body, start, stop + 1, [0])
        told = bytes(memoryview(data)[: bounds[-1]])
        if not told.translate(None, _LETTERS + b"".join(_ENDS)) and sum(map(told.count, _ENDS)) == len(self):
            values: list[Any] = _decode(b"[" + told[:-1].replace(b"}", b",") + b"]")
            return values
        places = zip(start[:, 0].tolist(), stop[:, 0].tolist(), strict=True)
        return [_decode(self.body[a:b]) for a, b in places]


_NONE = np.zeros(0, np.bool_)


def _taken(body: bytes, start: Places, stop: Places, columns: Sequence[int]) -> tuple[NDArray[np.int32], Any]:
    """What lies between these places, column after column, and where each of it ends and the next begins."""
    # Every other one of the pieces into which these places part the body.
    ends = np.empty(2 * start.size + 1, np.int32)
    ends[0:-1:2], ends[1::2] = start.reshape(-1), stop.reshape(-1)
    ends[-1] = ends[-2]
    pieces = pa.Array.from_buffers(pa.string(), len(ends) - 1, [None, pa.py_buffer(ends), pa.py_buffer(body)])
    rows = np.arange(0, len(ends) - 1, 2 * start.shape[1])
    wanted = rows + 2 * np.asarray(columns, np.intp)[:, np.newaxis]
    taken = pc.take(pieces, pa.array(wanted.reshape(-1)), boundscheck=False)
    _, bounds, data = taken.buffers()
    return np.frombuffer(bounds, np.int32)[: wanted.size + 1], data
