"""The write path on PostgreSQL: COPY of text lines built a column at a time, and set-based moves."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, cast

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection

from hub.model.arrow_column import ArrowColumn
from hub.store.cells import NOTHING, array_of, cells, joined_rows
from hub.store.dialect import Last, StandingRow, kept_columns, quoted, standing_columns
from hub.store.opened import note_opened
from hub.store.rows import Rows
from hub.store.running_ahead import run_ahead

#: Lines of one write: small enough that the server works while the next ones are made.
CHUNK = 4_096
#: The first one first: what the others are written with.
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_KEYS = '(SELECT unnest(%s::text[]) COLLATE "C" AS key) AS k'
_SAME = "r.key = k.key AND r.stream_id = %s"
#: Statistics of a table just filled are those of an empty one, so the planner would read all of it; what
#: stands in this module reaches rows by their keys alone.
_BY_KEYS = b"".join(
    b"SET LOCAL enable_%s = off; " % way for way in (b"seqscan", b"bitmapscan", b"hashjoin", b"mergejoin")
)
_DUE = (
    "INSERT INTO due SELECT dossier_id, 0 FROM woken "
    "ON CONFLICT (dossier_id) DO UPDATE SET judge_at = 0 WHERE due.judge_at <> 0"
)


def _driver(connection: Connection) -> "psycopg.Connection[Any]":
    return cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)


def copy_lines(rows: Rows) -> Iterator[bytes]:
    """The rows as COPY text, some thousand lines at a time, in the order of ``rows.names``."""
    # The constants begin each line after the first; what ends the one before them ends with them.
    same = "\n" + "\t".join(map(str, rows.constants.values()))
    for piece in rows.pieces(CHUNK):
        body, _ = joined_rows([pa.scalar(same), *map(_cells, piece.values())], "\t", "\\N")
        yield bytes(body[1:]) + b"\n"


def _cells(column: Sequence[Any]) -> Any:
    """A column as COPY wants it: bytes marked as such, texts escaped."""
    array = array_of(column)
    if pa.types.is_binary(array.type):
        return pc.binary_join_element_wise(pa.scalar("\\\\x"), cells(column), pa.scalar(""))
    if pa.types.is_string(array.type) and array is not NOTHING:
        return _escaped(array)
    return cells(column)


def _escaped(texts: Any) -> Any:
    body = bytes(ArrowColumn(texts).body)
    for odd, escaped in _ESCAPES.items():
        if odd.encode() in body:
            texts = pc.replace_substring(texts, odd, escaped)
    return texts


def _of_row(columns: str) -> str:
    """The same columns, said to be those of the row."""
    return ", ".join(c if c.startswith("NULL") else f"r.{c}" for c in columns.split(", "))


class Postgres:
    """See Dialect."""

    def insert(self, connection: Connection, rows: Rows) -> None:
        statement = f"COPY {rows.table} ({quoted(rows.names)}) FROM STDIN"
        with _driver(connection).cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for lines in run_ahead(copy_lines(rows)):
                copy.write(lines)

    def move(
        self, connection: Connection, kind: str, stream_id: int, keys: Collection[str], last: Last
    ) -> None:
        columns = kept_columns(kind)
        self._run(
            connection,
            f"WITH moved AS (DELETE FROM {kind}_rows AS r USING {_KEYS} WHERE {_SAME} RETURNING r.*) "
            f"INSERT INTO {kind}_history ({columns}, arrived_at, superseded_at, superseded_run_id) "
            f"SELECT {columns}, last_changed_at, %s, %s FROM moved",
            (list(keys), stream_id, *last),
        )

    def withdraw(
        self, connection: Connection, kind: str, stream_id: int, keys: Collection[str], last: Last
    ) -> None:
        columns = kept_columns(kind)
        self._run(
            connection,
            f"INSERT INTO {kind}_history ({columns}, arrived_at, superseded_at, superseded_run_id) "
            f"SELECT {_of_row(columns)}, r.last_changed_at, %s, %s "
            f"FROM {_KEYS} JOIN {kind}_rows AS r ON {_SAME}",
            (*last, list(keys), stream_id),
        )
        self._run(
            connection,
            f"UPDATE {kind}_rows AS r SET withdrawn_at = %s, last_changed_at = %s, run_id = %s "
            f"FROM {_KEYS} WHERE {_SAME}",
            (last[0], *last, list(keys), stream_id),
        )

    def touch(
        self, connection: Connection, kind: str, stream_id: int, raw_fps: dict[str, bytes], mapping_id: int
    ) -> None:
        self._run(
            connection,
            f"UPDATE {kind}_rows AS r SET raw_fp = t.raw_fp, mapping_id = %s "
            "FROM unnest(%s::text[], %s::bytea[]) AS t(key, raw_fp) "
            'WHERE r.stream_id = %s AND r.key = t.key COLLATE "C"',
            (mapping_id, list(raw_fps), list(raw_fps.values()), stream_id),
        )

    def bump(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> None:
        self._run(
            connection,
            "WITH woken AS (INSERT INTO dossiers AS d (source_id, case_no) SELECT %s, unnest(%s::text[]) "
            "ON CONFLICT (source_id, case_no) DO UPDATE SET changed_seq = d.changed_seq + 1 "
            f"RETURNING dossier_id) {_DUE}",
            (source_id, sorted(case_nos)),
        )

    def wake(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> None:
        self._run(
            connection,
            "WITH woken AS (UPDATE dossiers SET changed_seq = changed_seq + 1 "
            f"FROM {_KEYS} WHERE source_id = %s AND case_no = k.key RETURNING dossier_id) {_DUE}",
            (list(case_nos), source_id),
        )

    def open_dossiers(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> None:
        last = self._all(connection, "SELECT coalesce(max(dossier_id), 0) FROM dossiers", ())[0][0]
        # In order, because neighbours in the index are then met one after another.
        numbers = iter(sorted(case_nos))
        with (
            _driver(connection).cursor() as cursor,
            cursor.copy(b"COPY dossiers (source_id, case_no) FROM STDIN") as copy,
        ):
            while part := list(islice(numbers, CHUNK)):
                body, _ = joined_rows([pa.scalar(f"\n{source_id}"), _cells(part)], "\t", "\\N")
                copy.write(bytes(body[1:]) + b"\n")
        newest = self._all(connection, "SELECT max(dossier_id) FROM dossiers", ())[0][0]
        note_opened(connection, source_id, last, newest)

    def parents(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> list[str]:
        return [
            row[0]
            for row in self._all(
                connection,
                f"SELECT DISTINCT r.parent_case_no FROM streams AS s CROSS JOIN {_KEYS} JOIN case_rows AS r "
                "ON r.stream_id = s.stream_id AND r.key = k.key "
                "WHERE s.source_id = %s AND r.parent_case_no IS NOT NULL",
                (list(case_nos), source_id),
            )
        ]

    def members(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> list[str]:
        statement = (
            f"SELECT DISTINCT r.key FROM {_KEYS} JOIN case_rows AS r "
            "ON r.parent_case_no = k.key WHERE r.source_id = %s"
        )
        return [row[0] for row in self._all(connection, statement, (list(case_nos), source_id))]

    def standing(
        self, connection: Connection, kind: str, stream_id: int, keys: Sequence[str], *, by_raw: bool
    ) -> list[StandingRow]:
        columns = _of_row(standing_columns(kind))
        select = f"SELECT {columns} FROM {_KEYS} JOIN {kind}_rows AS r ON r.stream_id = %s AND "
        found = self._all(connection, select + "r.key = k.key", (list(keys), stream_id))
        if by_raw:
            found += self._all(connection, select + "r.raw_key = k.key", (list(keys), stream_id))
        return found

    def past(
        self, connection: Connection, kind: str, stream_id: int, keys: Sequence[str]
    ) -> list[tuple[str, bytes]]:
        return self._all(
            connection,
            f"SELECT r.key, r.value_fp FROM {_KEYS} JOIN {kind}_history AS r ON {_SAME}",
            (list(keys), stream_id),
        )

    def fingerprints(
        self, connection: Connection, kind: str, stream_id: int, mapping_id: int, column: str
    ) -> Iterator[bytes]:
        rows = self._all(
            connection,
            f"SELECT string_agg({column}, ''::bytea) FROM {kind}_rows "
            "WHERE stream_id = %s AND mapping_id = %s AND withdrawn_at IS NULL",
            (stream_id, mapping_id),
            by_keys=False,
        )
        return (row[0] for row in rows if row[0] is not None)

    def current(
        self, connection: Connection, kind: str, stream_id: int
    ) -> Iterator[list[tuple[str, str | None, bytes]]]:
        statement = (
            f"SELECT key, raw_key, raw_fp FROM {kind}_rows WHERE stream_id = %s AND withdrawn_at IS NULL"
        )
        with _driver(connection).cursor(name="hub_current") as cursor:
            cursor.execute(statement.encode(), (stream_id,), binary=True)
            while piece := cursor.fetchmany(20_000):
                yield piece

    def take_stock(self, connection: Connection, kinds: Collection[str]) -> None:
        # Only the columns that tables are joined by: the size is what matters, and it costs a tenth.
        for kind in kinds:
            _driver(connection).execute(f"ANALYZE {kind}_rows (source_id, stream_id, key)".encode())
        _driver(connection).execute(b"ANALYZE dossiers (source_id, case_no)")
        _driver(connection).execute(b"ANALYZE due")

    def next_page_id(self, connection: Connection) -> int:
        sequence = "SELECT nextval(pg_get_serial_sequence('raw_pages', 'page_id'))"
        return int(self._all(connection, sequence, ())[0][0])

    @staticmethod
    def _run(connection: Connection, statement: str, values: tuple[Any, ...]) -> None:
        _driver(connection).execute(_BY_KEYS, prepare=False)
        with _driver(connection).cursor(binary=True) as cursor:
            cursor.execute(statement.encode(), values)

    @staticmethod
    def _all(
        connection: Connection, statement: str, values: tuple[Any, ...], *, by_keys: bool = True
    ) -> list[tuple[Any, ...]]:
        if by_keys:
            _driver(connection).execute(_BY_KEYS, prepare=False)
        with _driver(connection).cursor(binary=True) as cursor:
            return cursor.execute(statement.encode(), values).fetchall()
