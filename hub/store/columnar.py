"""Reading columns instead of rows: a query's result as numpy arrays, the fastest way of each engine."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select

from hub.model.instants import NO_INSTANT
from hub.store.columns import Columns, Shape, coded
from hub.store.names import Names
from hub.store.packed import fetch_packed


def fetch(connection: Connection, query: Select[Any] | str, shapes: Mapping[str, Shape]) -> Columns:
    """Run a query whose result columns are named in ``shapes``, in that order."""
    text = query if isinstance(query, str) else text_of(connection, query)
    return _fetch(connection, text, shapes, ())


def fetch_sparse(connection: Connection, text: str, shapes: Mapping[str, Shape], absent: set[str]) -> Columns:
    """The same of a table of which some columns are never filled: ``absent`` tells which were not so far.

    They are only asked whether that is still so; where it is not, all is read again in full.
    """
    unasked = [name for name in shapes if name in absent]
    if unasked:
        asked = {name: shape for name, shape in shapes.items() if name not in absent}
        found = _fetch(connection, text, asked, unasked)
        if not found.numbers.pop(_STRAY).any():
            for name in unasked:
                found.put_absent(name, shapes[name])
            return found
        absent.clear()
    found = _fetch(connection, text, shapes, ())
    absent.update(name for name in shapes if found.are_absent(name))
    return found


#: 1 where a row has a value in a column that was thought to have none.
_STRAY = "stray_"


def text_of(connection: Connection, query: Select[Any]) -> str:
    """A query written out."""
    # Literals and no parameters, because the two engines' drivers spell parameters differently;
    # only integers that the store itself made ever stand in these queries.
    return str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))


def _fetch(connection: Connection, text: str, shapes: Mapping[str, Shape], unasked: Sequence[str]) -> Columns:
    if connection.dialect.name == "postgresql":
        return fetch_packed(connection, text, shapes, unasked, _STRAY)
    if unasked:
        quote = connection.dialect.identifier_preparer.quote
        stray = f"coalesce({', '.join(map(quote, unasked))}, NULL) IS NOT NULL"
        text = f"SELECT {', '.join(map(quote, shapes))}, {stray} FROM ({text}) AS rows_"
        shapes = {**shapes, _STRAY: "integer"}
    return _fetch_tuples(connection, text, shapes)


def _fetch_tuples(connection: Connection, text: str, shapes: Mapping[str, Shape]) -> Columns:
    driver: Any = connection.connection.driver_connection
    rows = driver.execute(text).fetchall()
    columns = Columns(len(rows))
    for (name, shape), values in zip(shapes.items(), _transposed(rows, len(shapes)), strict=True):
        if shape == "word":
            columns.words[name] = coded(values)
        elif shape == "names":
            columns.names[name] = Names(values)
        elif shape == "real":
            columns.numbers[name] = np.array(values, dtype=np.float64)
        else:
            columns.numbers[name] = _integers(values)
    return columns


def _transposed(rows: Sequence[tuple[Any, ...]], width: int) -> Sequence[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


def _integers(values: Sequence[Any]) -> NDArray[np.int64]:
    if None in values:
        values = [NO_INSTANT if value is None else value for value in values]
    return np.fromiter(values, dtype=np.int64, count=len(values))
