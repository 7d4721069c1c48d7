"""The limits beside which the Hub is measured: what the databases take when nothing is done to the data.

``python -m bench.limits copy|copy-keyed URL FILE`` sends ready COPY lines to a logged table;
``python -m bench.limits sqlite DB FILE`` upserts ready rows. Each is timed as a whole process.
"""

import itertools
import sqlite3
import sys
from pathlib import Path

import psycopg

from bench.data import FIELDS, ready_line

BATCH = 20_000
_COLUMNS = [f"f{n}" for n in range(FIELDS)]


def write_ready_rows(path: Path, count: int) -> None:
    """The bench's records as COPY text lines."""
    with path.open("w", encoding="utf-8") as out:
        for n in range(count):
            out.write(ready_line(n))


def copy(url: str, path: Path, *, keyed: bool) -> None:
    columns = ", ".join(f"{name} text{' PRIMARY KEY' if keyed and name == 'f0' else ''}" for name in _COLUMNS)
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS bench_limit")
        connection.execute(f"CREATE TABLE bench_limit ({columns})")
        connection.commit()
        with path.open("rb") as ready, connection.cursor().copy("COPY bench_limit FROM STDIN") as stream:
            while block := ready.read(1 << 20):
                stream.write(block)
        connection.commit()
        connection.execute("DROP TABLE bench_limit")


def sqlite(db: str, path: Path) -> None:
    assignments = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
    marks = ", ".join("?" * FIELDS)
    upsert = f"INSERT INTO bench_limit VALUES ({marks}) ON CONFLICT (f0) DO UPDATE SET {assignments}"
    columns = ", ".join(f"{name} TEXT" for name in _COLUMNS)
    with sqlite3.connect(db, isolation_level=None) as connection, path.open(encoding="utf-8") as ready:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"CREATE TABLE bench_limit ({columns}, PRIMARY KEY (f0)) STRICT")
        rows = (line.rstrip("\n").split("\t") for line in ready)
        while batch := list(itertools.islice(rows, BATCH)):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(upsert, batch)
            connection.execute("COMMIT")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["copy", url, file]:
            copy(url, Path(file), keyed=False)
        case ["copy-keyed", url, file]:
            copy(url, Path(file), keyed=True)
        case ["sqlite", db, file]:
            sqlite(db, Path(file))
        case _:
            sys.exit(__doc__)
