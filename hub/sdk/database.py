"""A department's database: read without leaving a trace, written only to set a flag back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, Connection, Engine, make_url

from hub.errors import AuthError, ConfigError, SourceChanged, SourceError, Unavailable
from hub.sdk.surroundings import Surroundings

_FETCH = 2_000
_REFUSED = ("password authentication", "access denied", "ora-01017", "login failed", "authentication failed")
_MISSING = (
    "no such",
    "does not exist",
    "unknown column",
    "doesn't exist",
    "invalid column",
    "syntax error",
)


class Database:
    """The connection of one source; one transaction a time, rolled back unless it acknowledges."""

    def __init__(self, ctx: Surroundings) -> None:
        self._ctx = ctx
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            self._engine = _engine(self._ctx)
        return self._engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that cannot write, where the database knows how to see to it."""
        with _sorted_errors(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(postgresql_readonly=True)
            elif connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = ON")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def acknowledging(self) -> Iterator[Connection]:
        """A connection that may write; committed at the end."""
        with _sorted_errors(), self.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = OFF")
            yield connection
            connection.commit()

    def rows(self, statement: Any, params: Mapping[str, Any] | None = None) -> Iterator[list[Any]]:
        """The rows of a query in lists of a few thousand, streamed where the driver can."""
        query = sa.text(statement) if isinstance(statement, str) else statement
        with self.reading() as connection:
            streaming = connection.execution_options(stream_results=True, max_row_buffer=_FETCH)
            result = streaming.execute(query, dict(params or {}))
            names = list(result.keys())
            yield names
            while rows := result.fetchmany(_FETCH):
                yield list(rows)

    def columns(self, table: str, schema: str | None) -> tuple[dict[str, Any], list[str]]:
        """A table's columns with their types, and its primary key."""
        with _sorted_errors():
            inspector = sa.inspect(self.engine)
            found = inspector.get_columns(table, schema=schema)
            if not found:
                raise SourceChanged(f"there is no table {table}", remedy="check `table` and `schema`")
            key = inspector.get_pk_constraint(table, schema=schema).get("constrained_columns") or []
        return {column["name"]: column["type"] for column in found}, list(key)

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()


def _engine(ctx: Surroundings) -> Engine:
    try:
        url = make_url(str(ctx.config["url"]))
        if ctx.config.get("password"):
            url = url.set(password=str(ctx.config["password"]))
        if url.get_backend_name() == "sqlite":
            url = _sqlite(url, ctx.base_dir)
        return sa.create_engine(url, connect_args=_patience(url, ctx), hide_parameters=True)
    except (exc.ArgumentError, ImportError, ValueError, TypeError) as error:
        raise ConfigError(
            f"url cannot be used: {type(error).__name__}: {_without_url(error)}",
            remedy='write it with its driver: "postgresql+psycopg://user@host/name"; is its driver there?',
        ) from error


def _without_url(error: BaseException) -> str:
    if type(error) is ValueError:  # a port that is no number, and may be a password in the wrong place
        return "its port is no number"
    return str(error).split("://", maxsplit=1)[0][:200]


def _sqlite(url: URL, base_dir: Path) -> URL:
    """Relative to hub.toml; a file that is not there is not made."""
    path = base_dir / (url.database or "")
    if url.database in (None, "", ":memory:") or not path.is_file():
        raise Unavailable(f"there is no database file {path}", remedy="check `url`")
    return url.set(database=str(path))


def _patience(url: URL, ctx: Surroundings) -> dict[str, Any]:
    seconds = float(ctx.config.get("connect_timeout_s") or 15)
    match url.get_backend_name(), url.get_driver_name():
        case "sqlite", _:
            return {"timeout": seconds}
        case ("postgresql", _) | ("mysql", "pymysql"):
            return {"connect_timeout": max(1, int(seconds))}
    return {}


@contextmanager
def _sorted_errors() -> Iterator[None]:
    """SQLAlchemy's errors as ours; without the statement's values, which may be personal."""
    try:
        yield
    except exc.NoSuchTableError as error:
        raise SourceChanged(f"there is no table {error}", remedy="check `table` and `schema`") from error
    except exc.DBAPIError as error:
        raise _error(error) from error
    except exc.SQLAlchemyError as error:
        raise SourceChanged(f"the query cannot be made: {type(error).__name__}: {error}"[:500]) from error


def _error(error: exc.DBAPIError) -> SourceError:
    said = str(error.orig).strip().splitlines()
    message = f"the database says: {said[0] if said else type(error.orig).__name__}"[:500]
    low = str(error.orig).lower()
    if any(word in low for word in _REFUSED):
        return AuthError(message, remedy="check user and password")
    if any(word in low for word in _MISSING) or isinstance(error, exc.ProgrammingError | exc.DataError):
        return SourceChanged(message, remedy="the table is no longer what was agreed")
    return Unavailable(message)


def plain_columns(names: Sequence[str]) -> list[Any]:
    """Columns without types, so that values come as the driver gives them."""
    return [sa.column(name) for name in names]
