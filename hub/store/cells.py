"""Columns written as text, and rows joined from them: what COPY reads and what fingerprints cover."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hub.model.arrow_column import ArrowColumn

#: Absent in every row.
NOTHING = pa.scalar(None, pa.string())


def array_of(column: Sequence[Any]) -> Any:
    """A column as an array, doubles as texts; NOTHING where all is absent.

    UnicodeEncodeError, TypeError, ValueError or OverflowError where a value is of another type.
    """
    if isinstance(column, ArrowColumn):
        return column.array
    kind = next((type(value) for value in column if value is not None), None)
    if kind is None:
        return NOTHING
    if kind is float:
        return pa.array([None if value is None else repr(value) for value in column], pa.string())
    return pa.array(column, {str: pa.string(), int: pa.int64()}.get(kind, pa.binary()))


def written(array: Any) -> Any:
    """Texts as they are, numbers in digits, bytes in hexadecimal digits."""
    if pa.types.is_string(array.type):
        return array
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
    options = pc.JoinOptions(null_handling="replace", null_replacement=absent)
    made = ArrowColumn(pc.binary_join_element_wise(*columns, pa.scalar(mark), options=options))
    return made.body, made.offsets - made.offsets[0]


def pieces(body: memoryview, ends: NDArray[np.int32]) -> Iterator[bytes]:
    """The rows one by one."""
    text, bounds = bytes(body), ends.tolist()
    return (text[a:b] for a, b in pairwise(bounds))
