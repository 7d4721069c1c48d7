"""Backup, and the check that the store is whole."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import zstandard
from sqlalchemy import Connection, Engine, func, select

from hub.errors import ConfigError, StoreError
from hub.store import fingerprint_log
from hub.store.engine import reading
from hub.store.raw_pages import unpack
from hub.store.schema import (
    HISTORY,
    ROWS,
    dossiers,
    quarantine,
    raw_pages,
    run_streams,
    stream_kinds,
    streams,
)


def backup(engine: Engine, path: Path) -> str:
    """Copy the store to a new file: SQLite online, PostgreSQL by pg_dump."""
    if engine.dialect.name == "postgresql":
        return _dump(engine, path)
    _make_private(path)
    try:
        with reading(engine, "backing up the store") as connection:
            source = cast("sqlite3.Connection", connection.connection.dbapi_connection)
            target = sqlite3.connect(path)
            try:
                source.backup(target)
            finally:
                target.close()
    except OSError as error:
        raise StoreError(f"the backup cannot be written to {path}: {error.strerror}") from error
    return f"the store was copied to {path}"


def _make_private(path: Path) -> None:
    """The new file, its owner's alone before anything stands in it."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise ConfigError(
            f"the backup cannot be written to {path}: that file exists already",
            remedy="name a new file; a backup never overwrites",
        ) from error
    except OSError as error:
        raise StoreError(f"the backup cannot be written to {path}: {error.strerror}") from error


def _dump(engine: Engine, path: Path) -> str:
    url = engine.url.set(drivername="postgresql")
    # The password goes by the environment, because arguments are there for all to see.
    password = url.password or url.query.get("password")
    shown = url._replace(password=None).difference_update_query(["password"]).render_as_string()
    program = shutil.which("pg_dump")
    command = f"pg_dump --format=custom --file={path} '{shown}'"
    if program is None:
        raise StoreError("pg_dump is not installed here", remedy=f"run on the database's machine: {command}")
    arguments = [program, "--format=custom", f"--file={path}", shown]
    # Nothing of the sources' secrets, because another process of this user can read its environment.
    environment = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG") or k.startswith("PG")}
    environment |= {"PGPASSWORD": str(password)} if password else {}
    _make_private(path)
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        path.unlink(missing_ok=True)
        reason = (done.stderr.strip().split("\n") or [""])[0]
        raise StoreError(f"pg_dump failed: {reason}", remedy=f"run it yourself: {command}")
    return f"the store was dumped to {path}; restore it with pg_restore"


def problems(connection: Connection) -> list[str]:
    """Everything that does not hold, in words."""
    return [
        *_engine_problems(connection),
        *_unbalanced(connection),
        *_miscounted(connection),
        *_mistold(connection),
        *_orphans(connection),
        *_damaged_pages(connection),
    ]


def _engine_problems(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        for (told,) in connection.exec_driver_sql("PRAGMA integrity_check").all():
            if told != "ok":
                yield f"SQLite: {told}"


def _unbalanced(connection: Connection) -> Iterator[str]:
    c = run_streams.c
    wrong = c.received != c.inserted + c.updated + c.unchanged + c.quarantined
    for row in connection.execute(select(c.run_id, c.stream_id).where(wrong)):
        yield f"run {row.run_id}, stream {row.stream_id}: the counts do not add up"


def _miscounted(connection: Connection) -> Iterator[str]:
    for kind, table in ROWS.items():
        query = select(table.c.stream_id, func.count()).group_by(table.c.stream_id)
        found = {row[0]: row[1] for row in connection.execute(query)}
        told = select(stream_kinds.c.stream_id, stream_kinds.c.rows).where(stream_kinds.c.kind == kind)
        noted = {stream: count for stream, count in connection.execute(told) if count}
        for stream in found.keys() | noted.keys():
            there, said = found.get(stream, 0), noted.get(stream, 0)
            if there != said:
                yield f"stream {stream}: {said} {kind} rows noted, {there} there"


def _mistold(connection: Connection) -> Iterator[str]:
    for stream_id in connection.scalars(select(streams.c.stream_id)).all():
        if not fingerprint_log.is_true(connection, stream_id):
            yield f"stream {stream_id}: what is noted to stand is not what its rows say"


def _orphans(connection: Connection) -> Iterator[str]:
    pages = select(raw_pages.c.page_id)
    for table in (*ROWS.values(), *HISTORY.values(), quarantine):
        lost = connection.execute(
            select(func.count()).select_from(table).where(table.c.page_id.not_in(pages))
        ).scalar_one()
        if lost:
            yield f"{table.name}: {lost} rows whose raw page is missing"
    for kind, table in ROWS.items():
        if kind == "item":
            continue
        case_no = table.c.key if kind == "case" else table.c.case_no
        join = table.outerjoin(
            dossiers, (dossiers.c.source_id == table.c.source_id) & (dossiers.c.case_no == case_no)
        )
        lost = connection.execute(
            select(func.count()).select_from(join).where(dossiers.c.dossier_id.is_(None))
        ).scalar_one()
        if lost:
            yield f"{table.name}: {lost} rows without a dossier"


def _damaged_pages(connection: Connection) -> Iterator[str]:
    pages = select(raw_pages.c.page_id, raw_pages.c.ends, raw_pages.c.body)
    for row in connection.execute(pages, execution_options={"yield_per": 16}):
        try:
            unpack(bytes(row.ends), bytes(row.body))
        except zstandard.ZstdError:
            yield f"raw page {row.page_id} is damaged"
