"""A column of values outside of Python: read like any sequence, worked on as a whole without its values."""

from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


class ArrowColumn(Sequence[Any]):
    """Texts, integers or bytes, absent ones null. Its values are made when the first is asked for.

    A text is never empty, because nothing said is absent. ``clean``: its texts are known to hold nothing
    that would have to be cleaned away, but perhaps blanks at their ends.
    """

    __slots__ = ("_alike", "_values", "array", "clean", "written")

    def __init__(self, array: pa.Array, values: list[Any] | None = None, *, clean: bool = False) -> None:
        self.array = array
        self.clean = clean
        #: The same as texts, once somebody needed them so.
        self.written: pa.Array | None = None
        self._values = values
        self._alike: bool | None = None

    @classmethod
    def of_integers(cls, numbers: NDArray[np.int64], absent: NDArray[np.bool_] | None = None) -> Self:
        """Numbers, null where ``absent``."""
        return cls(pa.array(numbers, pa.int64(), mask=absent))

    @property
    def values(self) -> list[Any]:
        """Every value; None where absent."""
        if self._values is None and self.alike:
            self._values = self.array[:1].to_pylist() * len(self)
        if self._values is None:
            plain = pa.types.is_integer(self.array.type) and not self.array.null_count
            self._values = self.array.to_numpy().tolist() if plain else self.array.to_pylist()
        return self._values

    @property
    def alike(self) -> bool:
        """Whether every row has the same text or number."""
        if self._alike is None:
            self._alike = bool(len(self)) and self.whole and self._repeats()
        return self._alike

    def _repeats(self) -> bool:
        if pa.types.is_integer(self.array.type):
            numbers = self.array.to_numpy()
            return bool(numbers[0] == numbers[-1] and (numbers == numbers[0]).all())
        size = self.size if self.is_text else 0
        if not size:
            return False
        body = bytes(self.body)
        return body[:size] == body[-size:] and body == body[:size] * len(self)

    @property
    def width(self) -> int:
        """How long every value of a column of bytes is; 0 where they are no bytes, or differ."""
        return self.size if pa.types.is_binary(self.array.type) else 0

    @property
    def size(self) -> int:
        """How many bytes every text, or value of bytes, takes; 0 where they differ or one is absent."""
        ends = self.offsets
        size, rest = divmod(int(ends[-1] - ends[0]), max(len(self), 1))
        if rest or not self.whole:
            return 0
        return size if bool((ends[1:] - ends[:-1] == size).all()) else 0

    @property
    def whole(self) -> bool:
        """Whether no value is absent."""
        return not self.array.null_count

    @property
    def is_text(self) -> bool:
        return bool(pa.types.is_string(self.array.type))

    @property
    def body(self) -> memoryview:
        """The bytes of its texts, one after the other."""
        offsets = self.offsets
        _, _, data = self.array.buffers()
        return memoryview(data if data is not None else b"")[offsets[0] : offsets[-1]]

    @property
    def offsets(self) -> NDArray[np.int32]:
        """Where each text begins and, at last, the last one ends, in the buffer of ``body``."""
        _, offsets, _ = self.array.buffers()
        return np.frombuffer(offsets, np.int32)[self.array.offset : self.array.offset + len(self.array) + 1]

    def with_values(self, rows: Sequence[int], values: Sequence[Any]) -> "ArrowColumn":
        """The column with these values at these rows; an error of pyarrow's where it cannot hold one."""
        which = np.arange(len(self))
        which[rows] = len(self) + np.arange(len(rows))
        both = pa.concat_arrays([self.array, pa.array(values, self.array.type)])
        return ArrowColumn(both.take(pa.array(which)), clean=self.clean)

    def take(self, positions: Sequence[int] | NDArray[np.intp]) -> "ArrowColumn":
        """The values at these positions, in this order."""
        return ArrowColumn(self.array.take(pa.array(np.asarray(positions, np.int64))), clean=self.clean)

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            start, stop, step = at.indices(len(self))
            whole = step == 1 and start == 0 and stop == len(self)
            return self if whole else self._part(at)
        return self.values[at]

    def _part(self, at: slice) -> "ArrowColumn":
        values = None if self._values is None else self._values[at]
        part = ArrowColumn(self.array[at], values, clean=self.clean)
        part.written = None if self.written is None else self.written[at]
        return part

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values)

    def __contains__(self, value: object) -> bool:
        return not self.whole if value is None else value in self.values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.values == list(other)

    __hash__ = None  # type: ignore[assignment] # as of a list

    def __repr__(self) -> str:
        return f"ArrowColumn({self.values!r})"


def joined(parts: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """Columns one after the other; an ArrowColumn where all of them are, of one type."""
    if len(parts) == 1:
        return parts[0]
    arrays = [part.array for part in parts if isinstance(part, ArrowColumn)]
    if len(arrays) == len(parts) and len({array.type for array in arrays}) == 1:
        clean = all(part.clean for part in parts if isinstance(part, ArrowColumn))
        return ArrowColumn(pa.concat_arrays(arrays), clean=clean)
    return [value for part in parts for value in part]


def taken(column: Sequence[Any], positions: Sequence[int] | NDArray[np.intp]) -> Sequence[Any]:
    """The values of a column at these positions, in this order."""
    return column.take(positions) if isinstance(column, ArrowColumn) else [column[p] for p in positions]
