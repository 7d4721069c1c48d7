"""One active run per source: a lock that its owner's death frees at once.

PostgreSQL: an advisory lock of the session that writes. SQLite: flock on a file beside the database.
"""

import fcntl
import json
import os
import socket
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import quote

from sqlalchemy import Connection, Engine, delete, insert, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from xxhash import xxh3_64_intdigest

from hub.errors import Busy
from hub.model.instants import to_datetime
from hub.store.engine import naming_faults, reading, writing
from hub.store.schema import source_locks

_PATIENCE_MS = 300


class SourceLock(Protocol):
    """Held until released or its process dies. ``session``: the connection that holds it, if one does;
    whoever writes under the lock writes through it, so that no write outlives the lock.
    """

    @property
    def session(self) -> Connection | None: ...

    def release(self) -> None: ...


def who_am_i() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def acquire(engine: Engine, source: str, now: int) -> SourceLock:
    """Take the lock of a source; Busy names who holds it and since when."""
    if engine.dialect.name == "postgresql":
        return _AdvisoryLock(engine, source, now)
    return _FileLock(str(engine.url.database), source, now)


def _busy(source: str, who: str, since: int) -> Busy:
    when = f" since {to_datetime(since, UTC).isoformat(timespec='seconds')}" if since else ""
    return Busy(
        f"another run of source {source!r} is active: {who}{when}",
        remedy="wait until it has finished; if its process is dead the lock is free at once",
    )


class _FileLock:
    session = None

    def __init__(self, database: str, source: str, now: int) -> None:
        folder = Path(f"{database}.locks")
        folder.mkdir(mode=0o700, exist_ok=True)
        self._file: IO[str] = (folder / quote(source, safe="")).open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise self._held(source) from None
        self._write({"who": who_am_i(), "since": now})

    def _held(self, source: str) -> Busy:
        self._file.seek(0)
        try:
            owner = json.loads(self._file.read())
        except ValueError:
            owner = {}
        self._file.close()
        return _busy(source, owner.get("who", "unknown"), owner.get("since", 0))

    def _write(self, owner: dict[str, object]) -> None:
        self._file.truncate(0)
        self._file.write(json.dumps(owner))
        self._file.flush()

    def release(self) -> None:
        if not self._file.closed:
            self._file.truncate(0)
            self._file.close()


class _AdvisoryLock:
    def __init__(self, engine: Engine, source: str, now: int) -> None:
        self._number = xxh3_64_intdigest(f"hub source {source}".encode()) >> 1
        with naming_faults("taking the lock of the source"):
            self._session: Connection = engine.connect()
            # Detached, so that closing it ends the session and with it the lock.
            self._session.detach()
            taken = self._take()
        if not taken:
            self._session.close()
            raise _owner_in_table(engine, source)
        with writing(engine, "noting who runs the source") as connection:
            connection.execute(delete(source_locks).where(source_locks.c.source == source))
            connection.execute(insert(source_locks), {"source": source, "who": who_am_i(), "since": now})

    @property
    def session(self) -> Connection:
        return self._session

    def _take(self) -> bool:
        """Wait a moment, because the server may need one to notice that the former owner died."""
        from psycopg.errors import LockNotAvailable

        try:
            with self._session.begin():
                self._session.execute(text(f"SET LOCAL lock_timeout = {_PATIENCE_MS}"))
                self._session.execute(text("SELECT pg_advisory_lock(:n)"), {"n": self._number})
        except OperationalError as error:
            if isinstance(error.orig, LockNotAvailable):
                return False
            raise
        return True

    def release(self) -> None:
        if not self._session.closed:
            if not self._session.invalidated:
                self._unlock()
            self._session.close()

    def _unlock(self) -> None:
        """Not left to the closing, because the server ends a session a little later than we do."""
        with suppress(SQLAlchemyError):
            self._session.rollback()
            with self._session.begin():
                self._session.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": self._number})


def _owner_in_table(engine: Engine, source: str) -> Busy:
    with reading(engine) as connection:
        found = connection.execute(select(source_locks).where(source_locks.c.source == source)).first()
    return _busy(source, found.who if found else "unknown", found.since if found else 0)
