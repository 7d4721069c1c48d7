"""The write path on SQLite: many rows a statement, each statement one step."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection

from hub.store.dialect import Last, StandingRow, kept_columns, listed, standing_columns
from hub.store.fingerprint_log import JOINED, Fingerprints
from hub.store.many_rows import get_ready, insert_rows
from hub.store.rows import Rows
from hub.store.woken import note_woken

_GIVEN = "IN (SELECT value FROM json_each(?))"
#: With a condition, because SQLite would take ON CONFLICT for one of a join.
_INTO_DOSSIERS = "INSERT INTO dossiers (source_id, case_no) SELECT ?, value FROM json_each(?) WHERE true"
_PIECE = 20_000


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def _fingerprints(connection: Connection, some: str, values: tuple[Any, ...]) -> Fingerprints:
    """Those of some rows."""
    found = _driver(connection).execute(f"SELECT {JOINED['sqlite']} FROM {some}", values)
    of_raw, of_values = found.fetchone()
    return of_raw or b"", of_values or b""


class Sqlite:
    """See Dialect."""

    def get_ready(self, columns: Iterable[Sequence[Any]]) -> None:
        for column in columns:
            get_ready(column)

    def insert(self, connection: Connection, rows: Rows) -> None:
        insert_rows(_driver(connection), rows)

    def move(
        self, connection: Connection, kind: str, stream_id: int, keys: Collection[str], last: Last
    ) -> Fingerprints:
        stood = self._copy_to_history(connection, kind, stream_id, keys, last)
        _driver(connection).execute(
            f"DELETE FROM {kind}_rows WHERE stream_id = ? AND key {_GIVEN}", (stream_id, listed(keys))
        )
        return stood

    def withdraw(
        self, connection: Connection, kind: str, stream_id: int, keys: Collection[str], last: Last
    ) -> Fingerprints:
        stood = self._copy_to_history(connection, kind, stream_id, keys, last)
        _driver(connection).execute(
            f"UPDATE {kind}_rows SET withdrawn_at = ?, last_changed_at = ?, run_id = ? "
            f"WHERE stream_id = ? AND key {_GIVEN}",
            (last[0], *last, stream_id, listed(keys)),
        )
        return stood

    def _copy_to_history(
        self, connection: Connection, kind: str, stream_id: int, keys: Collection[str], last: Last
    ) -> Fingerprints:
        """Keep rows in history; the fingerprints of those that stood."""
        columns = kept_columns(kind)
        copied = _driver(connection).execute(
            f"INSERT INTO {kind}_history ({columns}, arrived_at, superseded_at, superseded_run_id) "
            f"SELECT {columns}, last_changed_at, ?, ? FROM {kind}_rows WHERE stream_id = ? AND key {_GIVEN}",
            (*last, stream_id, listed(keys)),
        )
        last_id = copied.lastrowid or 0
        copies = f"{kind}_history WHERE version_id BETWEEN ? AND ? AND withdrawn_at IS NULL"
        return _fingerprints(connection, copies, (last_id - copied.rowcount + 1, last_id))

    def touch(
        self, connection: Connection, kind: str, stream_id: int, raw_fps: dict[str, bytes], mapping_id: int
    ) -> Fingerprints:
        touched = f"{kind}_rows WHERE stream_id = ? AND key {_GIVEN}"
        stood = _fingerprints(connection, touched, (stream_id, listed(raw_fps)))
        _driver(connection).executemany(
            f"UPDATE {kind}_rows SET raw_fp = ?, mapping_id = ? WHERE stream_id = ? AND key = ?",
            [(raw_fp, mapping_id, stream_id, key) for key, raw_fp in raw_fps.items()],
        )
        return stood

    def make_dossiers(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> None:
        _driver(connection).execute(f"{_INTO_DOSSIERS} ON CONFLICT DO NOTHING", (source_id, listed(case_nos)))

    def wake(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> None:
        _driver(connection).execute(
            "INSERT INTO woken (source_id, first_dossier_id, last_dossier_id, dossier_ids) "
            "SELECT ?, min(dossier_id), max(dossier_id), json_group_array(dossier_id) "
            f"FROM dossiers WHERE source_id = ? AND case_no {_GIVEN} HAVING count(*) > 0",
            (source_id, source_id, listed(case_nos)),
        )

    @contextmanager
    def opening(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> Iterator[None]:
        yield  # one after the other, because SQLite has one writer
        driver = _driver(connection)
        last = driver.execute("SELECT coalesce(max(dossier_id), 0) FROM dossiers").fetchone()[0]
        driver.execute(_INTO_DOSSIERS, (source_id, listed(case_nos)))
        newest = driver.execute("SELECT max(dossier_id) FROM dossiers").fetchone()[0]
        note_woken(connection, source_id, last + 1, newest)

    def parents(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> list[str]:
        statement = (
            "SELECT DISTINCT parent_case_no FROM case_rows WHERE source_id = ? "
            f"AND parent_case_no IS NOT NULL AND key {_GIVEN}"
        )
        return [row[0] for row in _driver(connection).execute(statement, (source_id, listed(case_nos)))]

    def members(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> list[str]:
        statement = f"SELECT DISTINCT key FROM case_rows WHERE source_id = ? AND parent_case_no {_GIVEN}"
        return [row[0] for row in _driver(connection).execute(statement, (source_id, listed(case_nos)))]

    def standing(
        self, connection: Connection, kind: str, stream_id: int, keys: Sequence[str], *, by_raw: bool
    ) -> list[StandingRow]:
        select = f"SELECT {standing_columns(kind)} FROM {kind}_rows WHERE stream_id = ? AND "
        values = (stream_id, listed(keys))
        found = _driver(connection).execute(f"{select} key {_GIVEN}", values).fetchall()
        if by_raw:
            found += _driver(connection).execute(f"{select} raw_key {_GIVEN}", values).fetchall()
        return found

    def past(
        self, connection: Connection, kind: str, stream_id: int, keys: Sequence[str]
    ) -> list[tuple[str, bytes]]:
        statement = f"SELECT key, value_fp FROM {kind}_history WHERE stream_id = ? AND key {_GIVEN}"
        return _driver(connection).execute(statement, (stream_id, listed(keys))).fetchall()

    def current(
        self, connection: Connection, kind: str, stream_id: int
    ) -> Iterator[list[tuple[str, str | None, bytes]]]:
        statement = (
            f"SELECT key, raw_key, raw_fp FROM {kind}_rows WHERE stream_id = ? AND withdrawn_at IS NULL"
        )
        found = _driver(connection).execute(statement, (stream_id,))
        while piece := found.fetchmany(_PIECE):
            yield piece

    def take_stock(self, connection: Connection, kinds: Collection[str]) -> None:
        """Nothing to do: without statistics SQLite goes by the indexes, which is what we want."""

    def page_ids(self, connection: Connection) -> list[int]:
        found = _driver(connection).execute("SELECT coalesce(max(page_id), 0) + 1 FROM raw_pages")
        return [int(found.fetchone()[0])]
