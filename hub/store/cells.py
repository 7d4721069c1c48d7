"""Columns written as text, and rows joined from them: what COPY reads and what fingerprints cover."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from hub.model.arrow_column import ArrowColumn

#: Absent in every row.
NOTHING = pa.scalar(None, pa.string())
#: What no text holds, between cells of which one holds the mark itself: a key of several parts.
_STAND_IN = "\x01"


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


def rows_of(columns: Sequence[Any], mark: str) -> list[bytes]:
    """Rows of written columns, the first of them no NOTHING: their cells, a mark between each two.

    What is absent is an empty cell.
    """
    for between in (mark, _STAND_IN):
        with suppress(pa.ArrowInvalid):
            lines = _lines(columns, between)
            told = lines if between == mark else lines.replace(between.encode(), mark.encode())
            return told.split(b"\n")[:-1]
    made = row_by_row(columns, mark, "")
    text = bytes(made.body)
    return [text[a:b] for a, b in pairwise((made.offsets - made.offsets[0]).tolist())]


def _lines(columns: Sequence[Any], between: str) -> bytes:
    """The same as lines; ArrowInvalid where a cell holds a quote, the end of a line or what stands between.

    Column after column is written into all the rows: three times as fast as joining row after row.
    """
    from pyarrow import csv

    absent = pa.nulls(len(columns[0]), pa.string())
    arrays = [absent if column is NOTHING else column for column in columns]
    options = csv.WriteOptions(
        include_header=False, batch_size=len(absent), delimiter=between, quoting_style="none"
    )
    sink = pa.BufferOutputStream()
    csv.write_csv(pa.RecordBatch.from_arrays(arrays, [""] * len(arrays)), sink, options)
    lines: bytes = sink.getvalue().to_pybytes()
    return lines


def row_by_row(columns: Sequence[Any], mark: str | bytes, absent: str | bytes) -> ArrowColumn:
    """Texts, or bytes, of several columns as one; ``absent`` where a value is absent."""
    # Not above, because it takes as long to load as all the rest, and who brings nothing new needs it not.
    import pyarrow.compute as pc

    options = pc.JoinOptions(null_handling="replace", null_replacement=absent)
    return ArrowColumn(pc.binary_join_element_wise(*columns, pa.scalar(mark), options=options))
