"""Many rows in one INSERT of SQLite, and how their values are bound.

The interpreter is free while SQLite steps and is asked for again after every step, so what steps row by
row waits for whoever else computes, once a row. Binding needs the interpreter for every value, longest
for bytes and None, because the driver first looks whether anybody adapts them: so bytes of one size are
bound as one blob a statement, which SQLite cuts, and other bytes as bytearrays, which nobody adapts.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from hub.model.arrow_column import ArrowColumn
from hub.store.dialect import quoted
from hub.store.rows import Rows

#: So many rows have their values in memory at once while they are inserted, so many in one statement:
#: with more of them the values copied for a statement no longer fit the processor's own memory.
_ROWS, _ROWS_A_STATEMENT = 2_048, 128


def insert_rows(driver: sqlite3.Connection, rows: Rows) -> None:
    """Append rows, all of them new to the table."""
    room = driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // len(rows.names)
    for piece in rows.pieces(_ROWS):
        bound = _Bound.of(rows.constants, piece)
        for start, count in _spans(len(next(iter(piece.values()))), min(room, _ROWS_A_STATEMENT)):
            driver.execute(bound.statement(rows.table, count), bound.values(start, start + count))


def get_ready(column: Sequence[Any]) -> None:
    """Make the values that are bound one by one, which the column remembers."""
    if isinstance(column, ArrowColumn) and not column.width:
        _ = column.values


def _unadapted(column: Sequence[Any]) -> Sequence[Any]:
    """The values of a column that is not bound as one blob."""
    values = column.values if isinstance(column, ArrowColumn) else column
    if isinstance(values[0], bytes):
        return [value if value is None else bytearray(value) for value in values]
    return values


def _spans(size: int, most: int) -> Iterator[tuple[int, int]]:
    """Where each statement's rows begin, and how many: a power of two, so that few are ever prepared."""
    start = 0
    while start < size:
        count = 1 << (min(size - start, most).bit_length() - 1)
        yield start, count
        start += count


@dataclass(frozen=True, slots=True)
class _Bound:
    """A piece of rows as it is bound: what is the same in each row, bytes of one size, and all else."""

    constants: Mapping[str, Any]
    #: The size of each value, and all of them one after the other.
    blobs: Mapping[str, tuple[int, bytes]]
    columns: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, constants: Mapping[str, Any], piece: Mapping[str, Sequence[Any]]) -> Self:
        blobs = {
            name: (column.width, bytes(column.body))
            for name, column in piece.items()
            if isinstance(column, ArrowColumn) and column.width
        }
        columns = {name: _unadapted(column) for name, column in piece.items() if name not in blobs}
        return cls(constants, blobs, columns)

    def statement(self, table: str, count: int) -> str:
        sizes = tuple(size for size, _ in self.blobs.values())
        names = (*self.constants, *self.blobs, *self.columns)
        return _insert(table, names, len(self.constants), sizes, count)

    def values(self, start: int, stop: int) -> list[Any]:
        width = len(self.columns)
        across: list[Any] = [None] * (width * (stop - start))
        for place, column in enumerate(self.columns.values()):
            across[place::width] = column[start:stop]
        blobs = [blob[size * start : size * stop] for size, blob in self.blobs.values()]
        return [*self.constants.values(), *blobs, *across]


@lru_cache(64)
def _insert(table: str, names: tuple[str, ...], constants: int, sizes: tuple[int, ...], count: int) -> str:
    """The statement of ``count`` rows: its constants, then bytes of these sizes, then value by value."""
    same = [f"?{n + 1}" for n in range(constants)]
    rest = ["?"] * (len(names) - constants - len(sizes))
    rows = []
    for row in range(count):
        cut = [f"substr(?{constants + n + 1}, {size * row + 1}, {size})" for n, size in enumerate(sizes)]
        rows.append(f"({', '.join([*same, *cut, *rest])})")
    return f"INSERT INTO {table} ({quoted(names)}) VALUES {', '.join(rows)}"
