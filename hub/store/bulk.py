"""Adding rows: many at once, the fastest way of each engine, with the ids they get; or one, if it lacks."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Table, func, select, text

#: Lines of one write: small enough that the server works while the next ones are made.
_PIECE = 5_000


def append(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows of texts, numbers and None, given as columns of one length."""
    driver: Any = connection.connection.driver_connection
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    if connection.dialect.name == "postgresql":
        lines = map("\t".join, zip(*map(_lines, columns.values()), strict=True))
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            while piece := list(islice(lines, _PIECE)):
                piece.append("")
                copy.write("\n".join(piece))
        return
    marks = ", ".join("?" * len(columns))
    rows = zip(*columns.values(), strict=True)
    driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)


def _lines(column: Sequence[Any]) -> Iterable[str]:
    """The values of a column as COPY's text format wants them."""
    types = set(map(type, column))
    if str in types:
        return map(_Escaped().__getitem__, column)
    if type(None) in types:
        return ["\\N" if value is None else str(value) for value in column]
    return map(str, column)


class _Escaped(dict[str | None, str]):
    """Texts as COPY wants them, each distinct one made once."""

    def __missing__(self, told: str | None) -> str:
        made = told
        if told is None:
            made = "\\N"
        # Not str.translate, because it takes fifteen times as long on Chinese text.
        elif "\\" in told or "\n" in told or "\t" in told or "\r" in told:
            made = told.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
        self[told] = str(made)
        return str(made)


def add_unless_there(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row, unless a key of it is taken: whoever came first is right. False where it was."""
    # In words, because SQLAlchemy's own would have to be loaded for both engines.
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"
    return connection.execute(text(statement), dict(row)).rowcount > 0


def next_id(connection: Connection, column: Column[int]) -> int:
    """One above the largest id; only under a lock that keeps other writers of the table out."""
    return int(connection.scalar(select(func.coalesce(func.max(column), 0))) or 0) + 1


def shut_out_writers(connection: Connection, *tables: Table) -> None:
    """Let no other transaction write these tables until this one ends (on SQLite none writes anyway)."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in tables)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
