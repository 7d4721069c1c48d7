"""Adding rows: many at once, the fastest way of each engine, with the ids they get; or one, if it lacks."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, func, select, text

#: The types of our columns in PostgreSQL's words: 12 is a double where its column holds doubles.
_KINDS = {int: "int8", float: "float8", str: "text"}


def append(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows of texts, numbers and None, given as columns of one length."""
    driver: Any = connection.connection.driver_connection
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    rows = zip(*columns.values(), strict=True)
    if connection.dialect.name == "postgresql":
        # Row by row, because what is in Python's values already goes no faster by columns, and an audit
        # of few cards would wait for pyarrow.
        statement = f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)"
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types([_KINDS[table.c[name].type.python_type] for name in columns])
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)


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
