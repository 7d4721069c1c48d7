"""Opening, upgrading, backing up and checking a store."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, make_url

from hub.errors import ConfigError, StoreError
from hub.model.kinds import KINDS
from hub.store import fingerprint_log, schema_audit, upgrading
from hub.store.blocks import case_blocks
from hub.store.engine import make_engine, reading, writing
from hub.store.postgres import Postgres
from hub.store.preparing import row_fingerprints
from hub.store.schema import ROWS, metadata, raw_pages, streams
from hub.store.store import open_store
from hub.store.upkeep import backup

assert schema_audit.audits.metadata is metadata

#: The value fingerprint of case 1 titled A.
TITLED_A = row_fingerprints(KINDS["case"], ["1"], {"title": ["A"]})[0]


def test_the_newest_migration_is_the_one_the_program_asks_for() -> None:
    scripts = ScriptDirectory(str(Path(upgrading.__file__).parent / "migrations"))
    assert scripts.get_heads() == [upgrading.HEAD]


def test_a_migrated_store_has_exactly_the_tables_described(store: Any) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": upgrading.VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'new.db'}"
    return str(request.getfixturevalue("empty_pg_url"))


def test_an_empty_database_is_upgraded_on_opening_unless_told_not_to(empty_url: str) -> None:
    with pytest.raises(StoreError, match="holds no store yet") as told:
        open_store(empty_url, upgrade=False)
    assert told.value.remedy == "run `hub db upgrade`"
    open_store(empty_url).close()
    open_store(empty_url, upgrade=False).close()


def test_a_new_store_is_the_one_that_all_migrations_make(empty_url: str, store: Any, store_url: str) -> None:
    if make_url(empty_url).drivername != make_url(store_url).drivername:
        pytest.skip("of the other engine")
    engine = make_engine(empty_url)
    with writing(engine, "migrating") as connection:
        upgrading.run_migrations(connection)
    assert described(engine) == described(store.engine)
    engine.dispose()


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004", "0005"])
def test_an_older_store_is_upgraded_with_its_records(
    empty_url: str, store: Any, store_url: str, revision: str
) -> None:
    """It then looks as a new one does, what stands byte for byte is known, a record that comes again is
    found as it stands, and the case that was to be judged still is.
    """
    if make_url(empty_url).drivername != make_url(store_url).drivername:
        pytest.skip("of the other engine")
    make_older(empty_url, revision)
    with pytest.raises(StoreError, match=f"is {revision}, older than") as told:
        open_store(empty_url, upgrade=False)
    assert told.value.remedy == "run `hub db upgrade`"
    with open_store(empty_url) as upgraded:
        assert described(upgraded.engine) == described(store.engine)
        with reading(upgraded.engine) as connection:
            query = "SELECT key, title, value_fp FROM case_rows"
            ((key, title, value_fp),) = connection.exec_driver_sql(query).all()
            assert fingerprint_log.is_true(connection, 1)
        assert (key, title) == ("1", "A")
        (block,) = case_blocks(upgraded.engine, due_before=0)
        assert bytes(value_fp) == TITLED_A
        assert block.dossier_ids.tolist() == [1]
        assert "run_id" in upgraded.runs()[0]


def make_older(url: str, revision: str) -> None:
    """A store as an older program left it: a source, a run, and a record of case 1 titled A."""
    engine = make_engine(url)
    with writing(engine, "migrating") as connection:
        for migration in sorted((Path(upgrading.__file__).parent / "migrations/versions").glob("0*.py")):
            if migration.name[:4] <= revision:
                upgrading.run_script(connection, migration)
        named = "CONSTRAINT hub_schema_pkc PRIMARY KEY (version_num)"
        connection.exec_driver_sql(f"CREATE TABLE hub_schema (version_num VARCHAR(32) NOT NULL, {named})")
        connection.exec_driver_sql(f"INSERT INTO hub_schema VALUES ('{revision}')")
        connection.exec_driver_sql("INSERT INTO sources (source_id, name) VALUES (1, 'tax')")
        run = "(source_id, kind, status, mapping_id, who, started_at) VALUES (1, 'sync', 'ok', 1, 'me', 1)"
        connection.exec_driver_sql(f"INSERT INTO runs {run}")
        row = dict.fromkeys(("source_id", "stream_id", "mapping_id", "run_id", "page_id", "page_index"), 1)
        row |= {"first_seen_at": 1, "last_changed_at": 1}
        row |= {"key": "1", "title": "A", "raw_fp": bytes(16)}
        row |= {"value_fp": TITLED_A if revision >= "0003" else bytes(16)}
        connection.execute(insert(ROWS["case"]), row)
        connection.exec_driver_sql("INSERT INTO stream_kinds (stream_id, kind, rows) VALUES (1, 'case', 1)")
        connection.exec_driver_sql("INSERT INTO dossiers (dossier_id, source_id, case_no) VALUES (1, 1, '1')")
        if revision < "0003":
            connection.exec_driver_sql("INSERT INTO due (dossier_id) VALUES (1)")
        else:
            opened = "(source_id, first_dossier_id, last_dossier_id) VALUES (1, 1, 1)"
            table = "opened" if revision < "0005" else "woken"
            connection.exec_driver_sql(f"INSERT INTO {table} {opened}")
    engine.dispose()


def test_a_page_is_compressed_already_and_postgresql_does_not_try_again(pg_url: str) -> None:
    page = dict.fromkeys(("page_id", "stream_id", "run_id", "stored_at"), 1)
    with open_store(pg_url) as store, writing(store.engine, "storing a page") as connection:
        connection.execute(insert(raw_pages), page | {"origin": "", "ends": b"", "body": bytes(100_000)})
        sizes = connection.exec_driver_sql("SELECT pg_column_size(body) FROM raw_pages").all()
    assert sizes == [(100_000,)]


def test_after_much_was_written_the_planner_knows_the_share_of_each_stream(pg_url: str) -> None:
    with open_store(pg_url) as store, writing(store.engine, "filling") as connection:
        for number in range(1, 49):
            connection.execute(insert(streams), {"source_id": number, "name": "cases"})
        row = dict.fromkeys(("source_id", "stream_id", "mapping_id", "run_id", "page_id"), 1)
        row |= {"page_index": 1, "first_seen_at": 1, "last_changed_at": 1, "raw_fp": b"", "value_fp": b""}
        rows = [
            row | {"source_id": n, "stream_id": n, "key": str(k)} for n in range(1, 49) for k in range(20 + n)
        ]
        connection.execute(insert(ROWS["case"]), rows)
        Postgres().take_stock(connection, ["case"])
        known = connection.exec_driver_sql(
            "SELECT array_length(most_common_freqs, 1) FROM pg_stats "
            "WHERE (tablename, attname) = ('case_rows', 'stream_id')"
        ).all()
    assert known == [(48,)]


@pytest.mark.parametrize("table", ["case_rows", "dossiers", "due"])
def test_a_run_does_not_wait_at_its_end_for_whoever_vacuums_a_table(pg_url: str, table: str) -> None:
    """As the server does by itself, in the middle of large loads; its vacuum looks at the rows as well."""
    with open_store(pg_url) as store, psycopg.connect(pg_url.replace("+psycopg", "")) as vacuuming:
        vacuuming.execute(f"LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE")
        with writing(store.engine, "ending a run") as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
            Postgres().take_stock(connection, ["case"])


def test_programs_that_open_a_new_store_at_once_make_one(empty_url: str) -> None:
    code = (
        "import sys; from hub.store.store import open_store\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        f"open_store({empty_url!r}).begin_run(sys.argv[1], 'sync', ['cases'], 'v1', 1).finish('ok', 2)"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    programs = [
        subprocess.Popen([sys.executable, "-c", code, name], **pipes) for name in ("tax", "land", "housing")
    ]
    for program in programs:
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        program.stdin.write("\n")
        program.stdin.flush()
    told = [program.communicate()[1] for program in programs]
    assert [(program.returncode, said) for program, said in zip(programs, told, strict=True)] == [(0, "")] * 3
    with open_store(empty_url, upgrade=False) as store:
        assert sorted(run["source"] for run in store.runs()) == ["housing", "land", "tax"]


def described(engine: Any) -> list[str]:
    """Every table, column, key, index and option, as the engine itself tells it, without its blanks."""
    told = {
        "sqlite": ["SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"],
        "postgresql": [
            "SELECT (table_name, column_name, data_type, is_nullable, column_default, is_identity, "
            "ordinal_position, collation_name)::text FROM information_schema.columns "
            "WHERE table_schema = 'public'",
            "SELECT (attrelid::regclass, attname, attstorage)::text FROM pg_attribute JOIN pg_class "
            "ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0",
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT (conrelid::regclass, conname, pg_get_constraintdef(oid))::text FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace",
            "SELECT (relname, reloptions)::text FROM pg_class WHERE relnamespace = 'public'::regnamespace",
        ],
    }
    with engine.connect() as connection:
        queries = told[engine.dialect.name]
        found = [row for query in queries for row in connection.exec_driver_sql(query).scalars()]
    return sorted("".join(row.split()) for row in found)


@pytest.mark.parametrize("upgrade", [True, False])
def test_a_store_of_a_newer_program_is_refused(store: Any, store_url: str, upgrade: bool) -> None:
    with writing(store.engine, "ageing") as connection:
        connection.exec_driver_sql("UPDATE hub_schema SET version_num = '9999'")
    with pytest.raises(StoreError, match="9999, which this program does not know") as told:
        open_store(store_url, upgrade=upgrade)
    assert "newer version" in told.value.remedy


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("nonsense", "cannot be read"),
        ("postgresql+psycopg://hub@host:hush/hub", "cannot be read"),
        ("mysql://a@b/c", "cannot be kept in 'mysql'"),
        ("sqlite://", "needs a file"),
        ("sqlite:////proc/nowhere/hub.db", "cannot be made"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/none", "opening the store"),
    ],
)
def test_a_store_that_cannot_be_reached_says_so(url: str, found: str) -> None:
    with pytest.raises(StoreError, match=found) as told:
        open_store(url)
    assert told.value.remedy


def test_a_mistyped_address_shows_nothing_of_its_password() -> None:
    with pytest.raises(StoreError) as told:
        make_engine("postgresql+psycopg://hub@host:hush/hub")
    assert "hush" not in f"{told.value.message} {told.value.remedy} {told.value.__cause__}"


def test_store_locks_and_backup_are_their_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with open_store(f"sqlite:///{tmp_path}/var/hub.db") as store:
            run = store.begin_run("tax", "sync", ["cases"], "v1", 1)
            store.backup(tmp_path / "copy.db")
            modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "var").iterdir()}
            run.finish("ok", 2)
    finally:
        os.umask(before)
    assert modes == {"hub.db": 0o600, "hub.db-wal": 0o600, "hub.db-shm": 0o600, "hub.db.locks": 0o700}
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700


def test_a_backup_follows_no_link_that_was_laid_in_its_way(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "copy.db").symlink_to(tmp_path / "elsewhere")
    with open_store(sqlite_url) as store, pytest.raises(ConfigError, match="exists already"):
        store.backup(tmp_path / "copy.db")
    assert not (tmp_path / "elsewhere").exists()


def test_readers_cannot_write(store: Any) -> None:
    with pytest.raises(StoreError), reading(store.engine) as connection:
        connection.exec_driver_sql("DELETE FROM case_rows")


def test_two_writers_lose_no_update(store: Any, store_url: str) -> None:
    other = make_engine(store_url)
    with writing(store.engine, "a") as connection:
        connection.exec_driver_sql("INSERT INTO marks (stream_id, name, value) VALUES (1, 'n', '0')")
    for engine in (store.engine, other) * 5:
        with writing(engine, "b") as connection:
            connection.exec_driver_sql("UPDATE marks SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)")
    with reading(other) as connection:
        assert connection.exec_driver_sql("SELECT value FROM marks").scalar() == "10"
    other.dispose()


def test_sqlite_is_told_to_be_safe(sqlite_url: str) -> None:
    with open_store(sqlite_url) as store, reading(store.engine) as connection:
        told = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        ]
        assert told == ["wal", 2]
        query = "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0"
        lax = {name for (name,) in connection.exec_driver_sql(query)}
        assert {name for name in lax if not name.startswith("sqlite")} == {"hub_schema"}  # Alembic's own


@pytest.mark.parametrize(("made_with", "has"), [(None, 16_384), (4_096, 4_096)])
def test_a_new_store_in_sqlite_has_large_pages_and_one_made_before_keeps_its_own(
    tmp_path: Path, made_with: int | None, has: int
) -> None:
    file = tmp_path / "hub.db"
    if made_with:
        with closing(sqlite3.connect(file)) as made:
            made.executescript(f"PRAGMA page_size = {made_with}; CREATE TABLE before (one)")
    with open_store(f"sqlite:///{file}") as store, reading(store.engine) as connection:
        assert connection.exec_driver_sql("PRAGMA page_size").scalar() == has


def test_a_backup_of_sqlite_is_a_whole_store(tmp_path: Path, sqlite_url: str) -> None:
    with open_store(sqlite_url) as store:
        store.begin_run("tax", "sync", ["cases"], "v1", 1).finish("ok", 2)
        store.backup(tmp_path / "copy.db")
    with open_store(f"sqlite:///{tmp_path / 'copy.db'}") as copy:
        assert len(copy.runs()) == 1
        assert copy.check() == []


def test_a_backup_of_postgresql_runs_pg_dump_without_showing_the_password(
    tmp_path: Path, pg_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(
        '#!/bin/sh\necho "$@" > "${2#--file=}"\necho $PGPASSWORD$TAX_SECRET >> "${2#--file=}"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("TAX_SECRET", "another")
    with open_store(pg_url) as store:
        engine = create_engine(store.engine.url.set(password="secret"))
        assert "pg_restore" in backup(engine, tmp_path / "hub.dump")
        with pytest.raises(ConfigError, match="exists already"):
            backup(engine, tmp_path / "hub.dump")
    arguments, password = (tmp_path / "hub.dump").read_text().splitlines()
    assert password == "secret"
    assert "secret" not in arguments
    assert (tmp_path / "hub.dump").stat().st_mode & 0o777 == 0o600


def test_without_pg_dump_the_operator_is_told_what_to_run(
    tmp_path: Path, pg_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with open_store(pg_url) as store, pytest.raises(StoreError, match="pg_dump is not installed") as told:
        store.backup(tmp_path / "hub.dump")
    assert "pg_dump --format=custom" in told.value.remedy
    assert not (tmp_path / "hub.dump").exists()


def test_a_database_that_is_not_in_unicode_is_refused(pg_server: str) -> None:
    name = "hub_test_latin"
    with psycopg.connect(pg_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
        url = make_url(pg_server).set(drivername="postgresql+psycopg", database=name)
        with pytest.raises(StoreError, match="text in SQL_ASCII"):
            open_store(url.render_as_string(hide_password=False))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_check_names_what_does_not_hold(source: Any, store: Any) -> None:
    source.send("1:A 2:B")
    with writing(store.engine, "damaging") as connection:
        connection.exec_driver_sql("DELETE FROM raw_pages")
        connection.exec_driver_sql("DELETE FROM dossiers WHERE case_no = '1'")
        connection.exec_driver_sql("UPDATE run_streams SET received = 3")
        connection.exec_driver_sql("UPDATE stream_kinds SET rows = 5")
    assert store.check() == [
        "run 1, stream 1: the counts do not add up",
        "stream 1: 5 case rows noted, 2 there",
        "case_rows: 2 rows whose raw page is missing",
        "case_rows: 1 rows without a dossier",
    ]
