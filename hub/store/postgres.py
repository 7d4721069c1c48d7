"""The write path on PostgreSQL: COPY of rows built a column at a time, and set-based moves."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Engine

from hub.store.binary_copy import BEGIN, END, copy_rows
from hub.store.dialect import Last, StandingRow, kept_columns, listed, quoted, standing_columns
from hub.store.engine import hurry, tell, writing
from hub.store.fingerprint_log import JOINED, Fingerprints
from hub.store.rows import Rows
from hub.store.running_ahead import run_ahead
from hub.store.woken import note_woken

#: Rows of one write: few enough that the server works while the next ones are made.
CHUNK = 4_096
#: Keys as one text, because the driver makes an array one value after another.
_LISTED = "json_array_elements_text(%s::json)"
#: An array, because from PostgreSQL 17 on one walks the index once, and a join goes down it for each key.
_GIVEN = f'= ANY(ARRAY(SELECT {_LISTED} COLLATE "C"))'
_SAME = f"r.stream_id = %s AND r.key {_GIVEN}"
_FINGERPRINTS = f"SELECT {JOINED['postgresql']} FROM"
#: Statistics of a table just filled are those of an empty one, so the planner would read all of it; what
#: stands in this module reaches rows by their keys alone.
_BY_KEYS = tuple(f"enable_{way} = off" for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"))
#: ANALYZE reads a page for each row of its sample, by default nearly every page of half a million rows.
#: So many values are told apart as there are streams, with no fewer rows than a good estimate takes.
_BY_STREAMS = (
    b"SELECT set_config('default_statistics_target', greatest(10, least(100, count(*)))::text, true) "
    b"FROM streams"
)


def _driver(connection: Connection) -> "psycopg.Connection[Any]":
    return cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)


def copy_pieces(rows: Rows) -> Iterator[bytes]:
    """The rows as COPY takes them, some thousand at a time, in the order of ``rows.names``."""
    for piece in rows.pieces(CHUNK):
        yield copy_rows(list(rows.constants.values()), list(piece.values()))


class Postgres:
    """See Dialect."""

    def get_ready(self, columns: Iterable[Sequence[Any]]) -> None:
        """COPY takes columns as they are."""

    def insert(self, connection: Connection, rows: Rows) -> None:
        self._copy(connection, rows.table, rows.names, run_ahead(copy_pieces(rows)))

    @staticmethod
    def _copy(connection: Connection, table: str, names: Sequence[str], pieces: Iterable[bytes]) -> None:
        statement = f"COPY {table} ({quoted(names)}) FROM STDIN (FORMAT BINARY)"
        with _driver(connection).cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.write(BEGIN)
            for piece in pieces:
                copy.write(piece)
            copy.write(END)

    def move(
        self, connection: Connection, kind: str, stream_id: int, keys: Collection[str], last: Last
    ) -> Fingerprints:
        columns = kept_columns(kind)
        return self._fingerprints(
            connection,
            f"WITH moved AS (DELETE FROM {kind}_rows AS r WHERE {_SAME} RETURNING r.*), kept AS ("
            f"INSERT INTO {kind}_history ({columns}, arrived_at, superseded_at, superseded_run_id) "
            f"SELECT {columns}, last_changed_at, %s, %s FROM moved) "
            f"{_FINGERPRINTS} moved WHERE withdrawn_at IS NULL",
            (stream_id, listed(keys), *last),
        )

    def withdraw(
        self, connection: Connection, kind: str, stream_id: int, keys: Collection[str], last: Last
    ) -> Fingerprints:
        columns = kept_columns(kind)
        self._run(
            connection,
            f"INSERT INTO {kind}_history ({columns}, arrived_at, superseded_at, superseded_run_id) "
            f"SELECT {columns}, last_changed_at, %s, %s FROM {kind}_rows AS r WHERE {_SAME}",
            (*last, stream_id, listed(keys)),
        )
        return self._fingerprints(
            connection,
            f"WITH marked AS (UPDATE {kind}_rows AS r SET withdrawn_at = %s, last_changed_at = %s, "
            f"run_id = %s WHERE {_SAME} RETURNING r.raw_fp, r.value_fp) {_FINGERPRINTS} marked",
            (last[0], *last, stream_id, listed(keys)),
        )

    def touch(
        self, connection: Connection, kind: str, stream_id: int, raw_fps: dict[str, bytes], mapping_id: int
    ) -> Fingerprints:
        stood = self._fingerprints(
            connection, f"{_FINGERPRINTS} {kind}_rows AS r WHERE {_SAME}", (stream_id, listed(raw_fps))
        )
        self._run(
            connection,
            f"UPDATE {kind}_rows AS r SET raw_fp = t.raw_fp, mapping_id = %s "
            "FROM unnest(%s::text[], %s::bytea[]) AS t(key, raw_fp) "
            'WHERE r.stream_id = %s AND r.key = t.key COLLATE "C"',
            (mapping_id, list(raw_fps), list(raw_fps.values()), stream_id),
        )
        return stood

    def make_dossiers(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> None:
        self._run(
            connection,
            f"INSERT INTO dossiers (source_id, case_no) SELECT %s, {_LISTED} ON CONFLICT DO NOTHING",
            (source_id, listed(sorted(case_nos))),
        )

    def wake(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> None:
        self._run(
            connection,
            "INSERT INTO woken (source_id, first_dossier_id, last_dossier_id, dossier_ids) "
            "SELECT %s, min(dossier_id), max(dossier_id), json_agg(dossier_id) "
            f"FROM dossiers WHERE source_id = %s AND case_no {_GIVEN} HAVING count(*) > 0",
            (source_id, source_id, listed(case_nos)),
        )

    @contextmanager
    def opening(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> Iterator[None]:
        # In a session of its own, because rows and dossiers take one session a third longer. What makes
        # the new dossiers due is written with the rows (decision 18).
        with ThreadPoolExecutor(1, "hub-dossiers") as thread:
            opened = thread.submit(self._open, connection.engine, source_id, case_nos)
            yield
        note_woken(connection, source_id, *opened.result())

    def _open(self, engine: Engine, source_id: int, case_nos: Collection[str]) -> tuple[int, int]:
        """The first and the last of the numbers among which the new dossiers' are."""
        newest = "SELECT coalesce(max(dossier_id), 0) FROM dossiers"
        with writing(engine, "opening dossiers") as connection:
            hurry(connection)
            ((before,),) = self._all(connection, newest, (), by_keys=False)
            # In order, because neighbours in the index are then met one after another.
            columns = [copy_rows([source_id], [sorted(case_nos)])]
            self._copy(connection, "dossiers", ("source_id", "case_no"), columns)
            ((last,),) = self._all(connection, newest, (), by_keys=False)
        return before + 1, last

    def parents(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> list[str]:
        statement = (
            "SELECT DISTINCT parent_case_no FROM case_rows WHERE stream_id "
            f"= ANY(ARRAY(SELECT stream_id FROM streams WHERE source_id = %s)) AND key {_GIVEN}"
        )
        # Not sorted out there, because the index of those that have a lead would then be read whole.
        found = self._all(connection, statement, (source_id, listed(case_nos)))
        return [lead for (lead,) in found if lead is not None]

    def members(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> list[str]:
        statement = f"SELECT DISTINCT key FROM case_rows WHERE source_id = %s AND parent_case_no {_GIVEN}"
        return [row[0] for row in self._all(connection, statement, (source_id, listed(case_nos)))]

    def standing(
        self, connection: Connection, kind: str, stream_id: int, keys: Sequence[str], *, by_raw: bool
    ) -> list[StandingRow]:
        select = f"SELECT {standing_columns(kind)} FROM {kind}_rows WHERE stream_id = %s AND "
        values = (stream_id, listed(keys))
        found = self._all(connection, f"{select} key {_GIVEN}", values)
        if by_raw:
            found += self._all(connection, f"{select} raw_key {_GIVEN}", values)
        return found

    def past(
        self, connection: Connection, kind: str, stream_id: int, keys: Sequence[str]
    ) -> list[tuple[str, bytes]]:
        return self._all(
            connection,
            f"SELECT key, value_fp FROM {kind}_history AS r WHERE {_SAME}",
            (stream_id, listed(keys)),
        )

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
        _driver(connection).execute(_BY_STREAMS)
        tables = [f"{kind}_rows (source_id, stream_id, key)" for kind in kinds]
        for table in (*tables, "dossiers (source_id, case_no)", "due"):
            # Who has one locked is autovacuum, which takes stock itself, and a second to give way.
            _driver(connection).execute(f"ANALYZE (SKIP_LOCKED) {table}".encode())

    def page_ids(self, connection: Connection) -> list[int]:
        # Several, because an answer, however short, takes some milliseconds of each batch while others map.
        sequence = "SELECT nextval(pg_get_serial_sequence('raw_pages', 'page_id')) FROM generate_series(1, 8)"
        return [page_id for (page_id,) in self._all(connection, sequence, (), by_keys=False)]

    def _fingerprints(self, connection: Connection, statement: str, values: tuple[Any, ...]) -> Fingerprints:
        ((of_raw, of_values),) = self._all(connection, statement, values)
        return of_raw or b"", of_values or b""

    @staticmethod
    def _run(connection: Connection, statement: str, values: tuple[Any, ...]) -> None:
        tell(connection, *_BY_KEYS)
        with _driver(connection).cursor(binary=True) as cursor:
            cursor.execute(statement.encode(), values)

    @staticmethod
    def _all(
        connection: Connection, statement: str, values: tuple[Any, ...], *, by_keys: bool = True
    ) -> list[tuple[Any, ...]]:
        if by_keys:
            tell(connection, *_BY_KEYS)
        with _driver(connection).cursor(binary=True) as cursor:
            return cursor.execute(statement.encode(), values).fetchall()
