"""The write path on PostgreSQL: COPY of text lines built a column at a time, and set-based moves."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, cast

import msgspec
import psycopg
from sqlalchemy import Connection

from hub.store.dialect import Last, StandingRow, kept_columns, quoted, standing_columns
from hub.store.preparing import Texts
from hub.store.rows import Piece, Rows
from hub.store.schema import BYTES, INT, REAL, ROWS

#: Lines of one write: small enough that the server works while the next ones are made.
CHUNK = 2_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
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
_json = msgspec.json.Encoder().encode


def _driver(connection: Connection) -> "psycopg.Connection[Any]":
    return cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)


def _numbers(column: Sequence[Any]) -> list[str]:
    """Numbers as COPY wants them; one pass of a JSON encoder is the fastest way to write them all."""
    text = _json(column).decode()[1:-1]
    return (text.replace("null", "\\N") if "null" in text else text).split(",")


def _bytes(column: Sequence[bytes | None]) -> list[str]:
    try:
        widths = set(map(len, cast("Sequence[bytes]", column)))
    except TypeError:  # some are absent
        widths = set()
    if len(widths) != 1:
        return ["\\N" if value is None else "\\\\x" + value.hex() for value in column]
    # One pass over all of them: hex() itself sets the separators.
    digits = b"".join(cast("Sequence[bytes]", column)).hex("\n", widths.pop())
    return ("\\\\x" + digits.replace("\n", "\n\\\\x")).split("\n")


def _odd_texts(column: Sequence[str | None]) -> list[str]:
    return ["\\N" if value is None else value.translate(_ESCAPES) for value in column]


def _texts(column: Sequence[str | None]) -> list[str]:
    return ["\\N" if value is None else value for value in column]


def _cells(rows: Rows, piece: Piece) -> list[Sequence[str]]:
    """A piece's columns as COPY text."""
    return [_cells_of(rows.kind, name, column, piece.texts) for name, column in piece.columns.items()]


def _cells_of(kind: str, name: str, column: Sequence[Any], texts: Texts) -> Sequence[str]:
    stored = ROWS[kind].c.get(name)
    if stored is None or stored.type is INT or stored.type is REAL:
        return _numbers(column)
    if stored.type is BYTES:
        return _bytes(column)
    if name not in texts.plain:
        return _odd_texts(column)
    return column if name in texts.whole else _texts(column)


def copy_lines(rows: Rows) -> Iterator[str]:
    """The rows as COPY text, some thousand lines at a time, in the order of ``copy_names``."""
    single, several = rows.parted()
    same = "".join(f"{value}\t" for value in rows.constants.values())
    same += "".join(f"{cell}\t" for piece in single.pieces(1) for (cell,) in _cells(single, piece)[1:])
    for piece in several.pieces(CHUNK):
        lines = map("\t".join, zip(*_cells(several, piece), strict=True))
        yield same + f"\n{same}".join(lines) + "\n"


def copy_names(rows: Rows) -> list[str]:
    """The columns of ``copy_lines``: what is the same in every row comes first."""
    single, several = rows.parted()
    return [*rows.constants, *list(single.columns)[1:], *several.names]


def _of_row(columns: str) -> str:
    """The same columns, said to be those of the row."""
    return ", ".join(c if c.startswith("NULL") else f"r.{c}" for c in columns.split(", "))


class Postgres:
    """See Dialect."""

    def insert(self, connection: Connection, rows: Rows) -> None:
        statement = f"COPY {rows.table} ({quoted(copy_names(rows))}) FROM STDIN"
        with _driver(connection).cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for lines in copy_lines(rows):
                copy.write(lines.encode())

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
                joined = "".join(part)
                clean = _odd_texts(part) if any(odd in joined for odd in "\\\t\n\r") else part
                copy.write("".join([f"{source_id}\t{case_no}\n" for case_no in clean]).encode())
        # Dossiers of other sources made meanwhile are their writers' to wake. Not by the index on
        # source_id, because that holds every case of the source.
        self._run(
            connection,
            "INSERT INTO due (dossier_id) SELECT dossier_id FROM dossiers "
            "WHERE dossier_id > %s AND source_id + 0 = %s",
            (last, source_id),
        )

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
