"""Columns written as text, and rows joined from them: what COPY reads and what fingerprints cover."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hub.model.arrow_column import ArrowColumn

#: Absent in every row.
NOTHING = pa.scalar(None, pa.string())


def array_of(column: Sequence[Any]) -> Any:
    """A column of texts, integers, doubles or bytes as an array; NOTHING where all is absent.

    UnicodeEncodeError, TypeError, ValueError or OverflowError where a value is of another type.
    """
    if isinstance(column, ArrowColumn):
        return column.array
    kind = next((type(value) for value in column if value is not None), None)
    return NOTHING if kind is None else pa.array(column, _TYPES.get(kind, pa.binary()))


_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64()}


def with_array(column: Sequence[Any]) -> Sequence[Any]:
    """The same with an array beside its values, which then is made only once."""
    array = array_of(column)
    return column if isinstance(column, ArrowColumn) or array is NOTHING else ArrowColumn(array, list(column))


def cells(column: Sequence[Any]) -> Any:
    """A column written; an ArrowColumn remembers that, and so do its parts."""
    if not isinstance(column, ArrowColumn):
        return _written(array_of(column))
    if column.written is None:
        column.written = _written(column.array)
    return column.written


def _written(array: Any) -> Any:
    """Texts as they are, numbers as Python writes them, bytes in hexadecimal digits."""
    if pa.types.is_string(array.type):
        return array
    if pa.types.is_floating(array.type):
        return pa.array([None if value is None else repr(value) for value in array.to_pylist()], pa.string())
    return array.cast(pa.string()) if pa.types.is_integer(array.type) else _hexed(array)


def _hexed(array: Any) -> Any:
    if array.offset:
        array = pa.concat_arrays([array])
    validity, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, np.int32)[: len(array) + 1]
    digits = memoryview(data)[: ends[-1]].hex().encode() if data is not None else b""
    twice = pa.py_buffer(ends * np.int32(2))
    return pa.Array.from_buffers(pa.string(), len(array), [validity, twice, pa.py_buffer(digits)])


def joined_rows(columns: Sequence[Any], mark: str, absent: str) -> tuple[memoryview, NDArray[np.int32]]:
    """Written columns of one length joined row by row: the rows one after the other, and where each ends."""
    made = row_by_row(columns, mark, absent)
    return made.body, made.offsets - made.offsets[0]


def row_by_row(columns: Sequence[Any], mark: str | bytes, absent: str | bytes) -> ArrowColumn:
    """Texts, or bytes, of several columns as one; ``absent`` where a value is absent."""
    # Not above, because it takes as long to load as all the rest, and who brings nothing new needs it not.
    import pyarrow.compute as pc

    options = pc.JoinOptions(null_handling="replace", null_replacement=absent)
    return ArrowColumn(pc.binary_join_element_wise(*columns, pa.scalar(mark), options=options))


def pieces(body: memoryview, ends: NDArray[np.int32]) -> Iterator[bytes]:
    """The rows one by one."""
    text, bounds = bytes(body), ends.tolist()
    return (text[a:b] for a, b in pairwise(bounds))
