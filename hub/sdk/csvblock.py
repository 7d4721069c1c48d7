"""Many plain lines of delimited text to JSON at once: cells are copied from where they lie, never looked at.

Plain: as many cells as there are names, no quote, nothing to be escaped, no line blank. What is not
surely so is not read here; then the lines are read one by one, and that road decides.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hub.model.utf8 import is_utf8
from hub.sdk.csvlines import Lines

Units = NDArray[np.uint8]
Places = NDArray[np.intp]
Offsets = NDArray[np.int32]

_FEED, _RETURN, _BLANK, _LAST_ASCII = 10, 13, 32, 127
_encode = msgspec.json.Encoder().encode
#: Not the default one, because that sets aside a gigabyte of addresses, of which a plugin has two.
_pool = pa.system_memory_pool()


class Blocks:
    """The records of some lines, as far as these come in plain blocks."""

    def __init__(self, source: Lines, delimiter: str) -> None:
        self._source = source
        self._delimiter = delimiter
        self._form: _Form | None = None

    def take(self, names: Sequence[str]) -> list[bytes] | None:
        """The next block's records; None where the next line is to be read by itself."""
        if self._form is None:
            self._form = _Form(names)
        if not self._form.sound or ord(self._delimiter) > _LAST_ASCII:
            return None
        while (body := self._source.block()) is not None:
            found = _Block.of(body, ord(self._delimiter), len(names))
            if found is not None:
                self._source.passed(len(found.marks))
                return self._form.records(found)
            self._source.refused()
        return None


class _Block:
    """Plain lines. ``marks``: where the delimiter or line feed after each cell is, a row for each line."""

    def __init__(self, body: bytes, marks: Places, returned: bool) -> None:
        self.body, self.marks = body, marks
        self._returned = returned

    @classmethod
    def of(cls, body: bytes, delimiter: int, width: int) -> "_Block | None":
        """None unless all of it is plain."""
        if b"\\" in body or not is_utf8(body):
            return None
        units = np.frombuffer(body, np.uint8)
        feeds = units == _FEED
        found = np.flatnonzero((units == delimiter) | feeds)
        count = int(np.count_nonzero(feeds))
        if len(found) != count * width:
            return None
        marks = found.reshape(count, width)
        returned = bool(units[marks[0, -1] - 1] == _RETURN)
        controls = count * (1 + returned + (width - 1 if delimiter < _BLANK else 0))
        if not feeds[marks[:, -1]].all() or np.count_nonzero(units < _BLANK) != controls:
            return None
        if returned and not (units[marks[:, -1] - 1] == _RETURN).all():
            return None
        return cls(body, marks, returned) if _all_told(body, units, marks, delimiter) else None

    def offsets(self) -> Offsets:
        """Where each cell begins and ends, by turns."""
        made = np.empty(2 * self.marks.size, np.int32)
        made[0], made[2::2] = 0, self.marks.reshape(-1)[:-1] + 1
        made[1::2] = self.marks.reshape(-1)
        if self._returned:
            made[2 * self.marks.shape[1] - 1 :: 2 * self.marks.shape[1]] -= 1
        return made


def _all_told(body: bytes, units: Units, marks: Places, delimiter: int) -> bool:
    """Whether every line says something: a cell that begins with a letter of ASCII, or more than blanks."""
    starts = np.concatenate((np.zeros(1, np.intp), marks[:-1, -1] + 1))
    open_ = np.arange(len(marks))
    for column in range(marks.shape[1]):
        first = units[starts[open_] if column == 0 else marks[open_, column - 1] + 1]
        open_ = open_[(first <= _BLANK) | (first >= _LAST_ASCII) | (first == delimiter)]
        if not len(open_):
            return True
    lines = zip(starts[open_].tolist(), marks[open_, -1].tolist(), strict=True)
    return all(body[a:b].decode().replace(chr(delimiter), "").strip() for a, b in lines)


class _Form:
    """What stands between the cells of a record. Not ``sound`` where the names make no plain object."""

    def __init__(self, names: Sequence[str]) -> None:
        self.sound = len(set(names)) == len(names) and all(isinstance(name, str) for name in names)
        try:
            quoted = [_encode(name) for name in names]
        except UnicodeEncodeError:
            self.sound, quoted = False, []
        between = [(b'","' if at else b'{"') + name[1:] + b':"' for at, name in enumerate(quoted)]
        between.append(b'"}\n')
        self._body = b"".join(between)
        self._starts = np.cumsum([0, *map(len, between)], dtype=np.int32)[:-1]
        self._order = pa.array([], pa.int32())

    def records(self, block: _Block) -> list[bytes]:
        """The block's lines as JSON objects."""
        offsets = np.concatenate((self._starts, block.offsets() + np.int32(len(self._body))))
        pieces = pa.Array.from_buffers(
            pa.binary(),
            len(offsets) - 1,
            [None, pa.py_buffer(offsets), pa.py_buffer(self._body + block.body)],
        )
        made = pc.take(pieces, self._by_turns(len(block.marks)), boundscheck=False, memory_pool=_pool)
        _, ends, joined = made.buffers()
        size = np.frombuffer(ends, np.int32)[len(made)]
        whole: bytes = joined.slice(0, size).to_pybytes()
        return whole.split(b"\n")[:-1]

    def _by_turns(self, lines: int) -> pa.Array:
        """Which piece follows which: what stands between, and each cell, for so many lines."""
        between, width = len(self._starts), len(self._starts) - 1
        if len(self._order) < lines * (between + width):
            order = np.empty((lines, between + width), np.int32)
            order[:, 0::2] = np.arange(between)
            order[:, 1::2] = (between + 2 * np.arange(lines * width)).reshape(lines, width)
            self._order = pa.array(order.reshape(-1))
        return self._order[: lines * (between + width)]
