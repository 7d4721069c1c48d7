"""Rows as PostgreSQL's binary COPY takes them, built a column at a time.

The format: a signature, then for each row the number of its fields (int16) and each field as its size
(int32, -1 where absent) and its bytes, numbers big-endian; a row of -1 fields ends it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hub.model.arrow_column import ArrowColumn
from hub.store.cells import NOTHING, array_of, row_by_row

BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
_ABSENT = b"\xff\xff\xff\xff"
_NUMBER = {
    "i": np.dtype([("size", ">i4"), ("value", ">i8")]),
    "f": np.dtype([("size", ">i4"), ("value", ">f8")]),
}


def copy_rows(constants: Sequence[int | str], columns: Sequence[Sequence[Any]]) -> bytes:
    """Rows of one length: what is the same in each (bigint or text), then columns of bigint, double, text
    or bytea.

    TypeError where a column holds anything else.
    """
    same = (len(constants) + len(columns)).to_bytes(2) + b"".join(map(_same, constants))
    fields = [field for column in columns for field in _fields(column)]
    return bytes(row_by_row([pa.scalar(same), *fields], b"", _ABSENT).body)


def _same(value: int | str) -> bytes:
    field = value.encode() if isinstance(value, str) else value.to_bytes(8, signed=True)
    return len(field).to_bytes(4) + field


def _fields(column: Sequence[Any]) -> list[Any]:
    """A column's fields, their sizes perhaps apart; null where absent."""
    array = array_of(column)
    if array is NOTHING:
        return [pa.nulls(len(column), pa.binary())]
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        return [_numbers(array)]
    if not (pa.types.is_string(array.type) or pa.types.is_binary(array.type)):
        raise TypeError(f"no column of {array.type} is kept")
    sizes = np.diff(ArrowColumn(array).offsets).astype(">i4")
    values = array.cast(pa.binary())
    return [_cells(sizes, array), values.fill_null(b"") if array.null_count else values]


def _numbers(array: Any) -> Any:
    kind = "f" if pa.types.is_floating(array.type) else "i"
    cells = np.empty(len(array), _NUMBER[kind])
    cells["size"] = 8
    cells["value"] = (array.fill_null(0) if array.null_count else array).to_numpy()
    return _cells(cells, array)


def _cells(cells: NDArray[Any], array: Any) -> Any:
    """Cells of one size as an array of bytes, null where the other array is."""
    ends = np.arange(0, cells.nbytes + 1, cells.itemsize, dtype=np.int32)
    given = array.is_valid().buffers()[1] if array.null_count else None
    return pa.Array.from_buffers(pa.binary(), len(cells), [given, pa.py_buffer(ends), pa.py_buffer(cells)])
