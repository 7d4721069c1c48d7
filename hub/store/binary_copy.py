"""Rows as PostgreSQL's binary COPY takes them, built a column at a time.

The format: a signature, then for each row the number of its fields (int16) and each field as its size
(int32, -1 where absent) and its bytes, numbers big-endian; a row of -1 fields ends it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from hub.model.arrow_column import ArrowColumn
from hub.store.cells import NOTHING, array_of
from hub.store.joining import Joining, of_one_size

BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
_SIZE, _OF_NUMBER, _ABSENT = ">i4", 8, -1


def copy_rows(constants: Sequence[int | str], columns: Sequence[Sequence[Any]]) -> bytes:
    """Rows of one length: what is the same in each (bigint or text), then columns of bigint, double, text
    or bytea.

    TypeError where a column holds anything else.
    """
    rows = Joining(len(columns[0]))
    rows.constant((len(constants) + len(columns)).to_bytes(2) + b"".join(map(_same, constants)))
    for column in columns:
        _add(rows, array_of(column))
    return bytes(rows.made().body)


def _same(value: int | str) -> bytes:
    field = value.encode() if isinstance(value, str) else value.to_bytes(8, signed=True)
    return len(field).to_bytes(4) + field


def _add(rows: Joining, array: Any) -> None:
    """Add a column's fields: their sizes and values."""
    if array is NOTHING:
        rows.fixed(_SIZE, _ABSENT)
    elif pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        _add_numbers(rows, array)
    elif not (pa.types.is_string(array.type) or pa.types.is_binary(array.type)):
        raise TypeError(f"no column of {array.type} is kept")
    else:
        _add_texts(rows, ArrowColumn(array))


def _add_texts(rows: Joining, column: ArrowColumn) -> None:
    if size := column.size:
        rows.fixed(_SIZE, size)
        rows.sized(column, size)
    else:
        rows.fixed(_SIZE, _sizes(column.array, np.diff(column.offsets)))
        rows.varying(column.array)


def _add_numbers(rows: Joining, array: Any) -> None:
    kind = ">f8" if pa.types.is_floating(array.type) else ">i8"
    rows.fixed(_SIZE, _sizes(array, _OF_NUMBER))
    if not array.null_count:
        rows.fixed(kind, array.to_numpy())
        return
    values = np.asarray(array.fill_null(0).to_numpy(), kind)
    rows.varying(of_one_size(values, array.is_valid().buffers()[1]))


def _sizes(array: Any, sizes: Any) -> Any:
    """These sizes, but of absent values."""
    return np.where(array.is_valid(), sizes, _ABSENT) if array.null_count else sizes
