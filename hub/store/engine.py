"""Opening the database: how each engine is told to be safe, and how writers begin."""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from hub.errors import StoreError

BUSY_TIMEOUT_MS = 60_000
#: Of a new store in SQLite.
_PAGE_BYTES = 16_384
#: Under which a connection keeps its transaction, and what that was told.
_TOLD = "hub_told"
#: Sent to PostgreSQL before anybody waits for it. By default, a fifth of that: what is under way then, when
#: we are told that there is room again, the server has worked off before we are there.
_SEND_BUFFER_BYTES = 1 << 20
#: Parameters are people's data: they stay out of errors and logs.
_OPTIONS = {"hide_parameters": True, "pool_pre_ping": True}
_CONNECT = {
    "connect_timeout": 10,
    "client_encoding": "utf8",
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


def make_engine(url: str) -> Engine:
    """An engine for a store URL; StoreError names what is wrong with the URL."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # not shown: a password with "/" in it is taken for a port
        raise StoreError("the store's url cannot be read", remedy=_URLS) from None
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return _sqlite(url, parsed.database)
    if parsed.drivername == "postgresql+psycopg":
        engine = create_engine(url, connect_args=_CONNECT, **_OPTIONS)
        event.listen(engine, "connect", _widen)
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    raise StoreError(f"the store cannot be kept in {parsed.drivername!r}", remedy=_URLS)


_URLS = "set [store] url to sqlite:///path/to/hub.db or postgresql+psycopg://user@host/database"


def _sqlite(url: str, database: str | None) -> Engine:
    if not database or database == ":memory:":
        raise StoreError("the store needs a file", remedy=_URLS)
    try:
        Path(database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the folder of {database} cannot be made: {error.strerror}", remedy=_URLS
        ) from error
    engine = create_engine(
        url, connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000}, **_OPTIONS
    )
    event.listen(engine, "do_connect", lambda *_: _make_private(Path(database)))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(file: Path) -> None:
    """A new store is its owner's alone: it holds people's data. SQLite gives -wal and -shm the same mode."""
    with suppress(OSError):  # SQLite will say what is wrong
        file.touch(mode=0o600)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Not the driver's own transactions, because they begin deferred and lose concurrent updates.
    connection.isolation_level = None
    cursor = connection.cursor()
    # First, because it counts only for a store without any page yet. Rows of half a kilobyte: with the
    # default of 4 KB, storing and reading them takes a sixth to a fifth longer.
    cursor.execute(f"PRAGMA page_size={_PAGE_BYTES}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA cache_size=-32768")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.close()


def _widen(connection: Any, _record: object) -> None:
    """Make room for what is sent; the system may grant less, and a refusal changes nothing."""
    import socket

    with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("hub_writing", False)
    connection.exec_driver_sql(f"PRAGMA query_only={0 if writing else 1}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    from psycopg import IsolationLevel

    # Said of the driver's connection, because it then says so in its BEGIN: no statement of its own.
    driver: Any = connection.connection.dbapi_connection  # also of one that left its pool
    writing = connection.get_execution_options().get("hub_writing", False)
    driver.isolation_level = None if writing else IsolationLevel.REPEATABLE_READ
    driver.read_only = None if writing else True


@contextmanager
def naming_faults(what: str) -> Iterator[None]:
    """Turn the database's own errors into a StoreError that says what was attempted."""
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig).strip().split("\n")[0]
        raise StoreError(f"{what}: {reason}", remedy=_remedy(reason)) from error
    except _drivers_errors() as error:
        reason = str(error).strip().split("\n")[0]
        raise StoreError(f"{what}: {reason}", remedy=_remedy(reason)) from error
    except SQLAlchemyError as error:
        raise StoreError(f"{what}: {error}") from error


def _drivers_errors() -> tuple[type[Exception], ...]:
    """What the drivers in use raise; a store in SQLite does not wait for the other one to load."""
    psycopg = sys.modules.get("psycopg")
    return (sqlite3.Error, psycopg.Error) if psycopg is not None else (sqlite3.Error,)


def _remedy(reason: str) -> str:
    lowered = reason.lower()
    if "locked" in lowered:
        return "another process holds the database for long; try again when it has finished"
    if "full" in lowered or "no space" in lowered:
        return "make room on the disk of the store; nothing of this batch was kept"
    if "connect" in lowered or "server" in lowered:
        return "start the database or correct [store] url"
    return "run `hub db check`; the store itself rolled this step back"


@contextmanager
def writing(engine: Engine, what: str) -> Iterator[Connection]:
    """One transaction that may write; committed at the end, rolled back on any error."""
    with naming_faults(what), engine.connect() as bare:
        connection = bare.execution_options(hub_writing=True)
        with connection.begin():
            yield connection


@contextmanager
def reading(engine: Engine, what: str = "reading the store") -> Iterator[Connection]:
    """One read-only transaction: a steady view of the store, and no lock that stops a writer."""
    with naming_faults(what), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing_on(connection: Connection, what: str) -> Iterator[Connection]:
    """The same on a connection that stays open, because its session holds a lock."""
    with naming_faults(what):
        connection.execution_options(hub_writing=True)
        with connection.begin():
            yield connection


def hurry(connection: Connection) -> None:
    """Do not wait until this transaction is on the disk: the next one that is waited for brings it there.

    Only for what nobody is told of before that: a crash of the server may lose it.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


def tell(connection: Connection, *settings: str) -> None:
    """Tell PostgreSQL how to work until the transaction ends, as in "jit = off", unless it was told so."""
    current = connection.get_transaction()
    transaction, told = connection.info.get(_TOLD, (None, frozenset()))
    told = told if transaction is current else frozenset()
    if wanted := [setting for setting in settings if setting not in told]:
        driver: Any = connection.connection.dbapi_connection  # also of one that left its pool
        driver.execute("; ".join(f"SET LOCAL {setting}" for setting in wanted), prepare=False)
        connection.info[_TOLD] = (current, told.union(wanted))
