"""Bringing a database to this program's schema, and refusing one it does not know."""

from pathlib import Path

from sqlalchemy import Connection, Engine

from hub.errors import StoreError
from hub.store.engine import reading, writing

#: The newest migration in ``migrations/versions``; a test holds the two equal.
HEAD = "0006"
VERSION_TABLE = "hub_schema"
_SCRIPTS = Path(__file__).parent / "migrations"


#: Not SQLAlchemy's inspector, because every command asks this first and the inspector needs a while.
_IS_THERE = {
    "postgresql": f"SELECT to_regclass('{VERSION_TABLE}') IS NOT NULL",
    "sqlite": f"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{VERSION_TABLE}'",
}


def schema_version(engine: Engine) -> str | None:
    """The revision the database stands at; None when it holds no store yet."""
    with reading(engine, "opening the store") as connection:
        _require_unicode(connection)
        if _is_empty(connection):
            return None
        row = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").first()
        return None if row is None else str(row[0])


def _is_empty(connection: Connection) -> bool:
    return not connection.exec_driver_sql(_IS_THERE[connection.dialect.name]).scalar()


def _require_unicode(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        found = connection.exec_driver_sql("SHOW server_encoding").scalar()
        if found != "UTF8":
            raise StoreError(
                f"the database keeps its text in {found}",
                remedy="make it anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0",
            )


def require_current(engine: Engine) -> None:
    """Refuse a database of another schema; StoreError says what to do."""
    found = schema_version(engine)
    if found == HEAD:
        return
    if found is None:
        raise StoreError("the database holds no store yet", remedy="run `hub db upgrade`")
    if _known(found):
        raise StoreError(f"the store's schema is {found}, older than {HEAD}", remedy="run `hub db upgrade`")
    raise StoreError(
        f"the store's schema is {found}, which this program does not know (it knows up to {HEAD})",
        remedy="install the newer version of the Hub, or restore a backup made with this one",
    )


def _known(revision: str) -> bool:
    return any(path.name.startswith(f"{revision}_") for path in (_SCRIPTS / "versions").glob("*.py"))


def upgrade(engine: Engine) -> str:
    """Run the migrations that are missing; returns the revision reached, or StoreError."""
    found = schema_version(engine)
    if found != HEAD:
        if found is None or _known(found):
            with writing(engine, "upgrading the store's schema") as connection:
                _keep_others_out(connection)
                if _is_empty(connection):
                    _make_anew(connection)
                else:
                    run_migrations(connection)
        require_current(engine)
    return HEAD


def _keep_others_out(connection: Connection) -> None:
    """Whoever opens the same store at the same time waits; on SQLite whoever writes does so anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4711, 0)")


def _make_anew(connection: Connection) -> None:
    """The tables of a new store: those of every migration, without what it does to records."""
    for migration in sorted((_SCRIPTS / "versions").glob("[0-9]*.py")):
        run_script(connection, migration)
    named = f"CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY (version_num)"  # as Alembic makes it
    connection.exec_driver_sql(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL, {named})")
    connection.exec_driver_sql(f"INSERT INTO {VERSION_TABLE} VALUES ('{HEAD}')")


def run_script(connection: Connection, migration: str | Path) -> None:
    """The statements of a migration, frozen for each engine in a file beside it."""
    script = Path(migration).with_suffix(f".{connection.dialect.name}.sql").read_text("utf-8")
    for statement in script.split(";\n\n"):
        connection.exec_driver_sql(statement.rstrip(";\n"))


def run_migrations(connection: Connection) -> None:
    """Whatever the database lacks of the migrations, one after another."""
    # Imported here, because a store is opened and made anew far more often than upgraded.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
