"""Exchange tables on SQLite and PostgreSQL alike: what is read, and where the flag is set back."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hub.errors import AuthError, ConfigError, SourceChanged, Unavailable
from hub.model.records import Window


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        (tmp_path / "x.db").touch()
        return "sqlite:///x.db"
    return str(request.getfixturevalue("empty_pg_url"))


@pytest.fixture
def base(url: str, tmp_path: Path) -> Iterator[sa.Engine]:
    engine = sa.create_engine(url.replace("sqlite:///", f"sqlite:///{tmp_path}/"))
    yield engine
    engine.dispose()


def execute(base: sa.Engine, *statements: str) -> list[Any]:
    with base.begin() as connection:
        for statement in statements:
            result = connection.exec_driver_sql(statement)
        return [tuple(row) for row in result.fetchall()] if result.returns_rows else []


MAKE = (
    "create table sb (no varchar(20) primary key, name text, at timestamp, sign char(1),"
    " n integer, amount numeric(12,2))",
    "insert into sb values ('1', '国土局', '2024-05-01 08:00:00', '0', 7, 1.50)",
    "insert into sb values ('2', null, '2024-05-02 08:00:00', '0', null, null)",
    "insert into sb values ('3', 'c', null, '1', 0, 0)",
)
FLAGGED = {"delivery": "flagged", "flag": "SIGN"}


def config(url: str, **stream: Any) -> dict[str, Any]:
    full = sa.make_url(url)
    plain = sa.URL.create(
        full.drivername, full.username, None, full.host, full.port, full.database, full.query
    )
    given: dict[str, Any] = {"url": plain.render_as_string(), "streams": {"sb": stream}}
    if full.password:
        secret = Path(tempfile.gettempdir()) / "hub-test-password"
        secret.write_text(str(full.password))
        given["password"] = {"file": str(secret)}
    return given


def found(account) -> list[dict]:
    assert account.error is None, account.error.message + getattr(account.error, "detail", "")
    assert account.stream_errors == {}
    return [json.loads(raw) for raw in account.raws]


def test_rows_arrive_with_their_values_as_they_are(url, base, order, run):
    execute(base, *MAKE)
    rows = found(run(order("table", config(url))))
    assert [r["no"] for r in rows] == ["1", "2", "3"]
    assert rows[0] | {"at": "2024-05-01 08:00:00"} == {
        "no": "1",
        "name": "国土局",
        "at": "2024-05-01 08:00:00",
        "sign": "0",
        "n": 7,
        "amount": 1.5,
    }
    assert rows[1]["name"] is rows[1]["n"] is rows[1]["amount"] is None


def test_new_rows_are_taken_once(url, base, order, run):
    execute(base, *MAKE)
    assert [r["no"] for r in found(run(order("table", config(url, **FLAGGED))))] == ["1", "2"]
    assert execute(base, "select no, sign from sb order by no") == [("1", "1"), ("2", "1"), ("3", "1")]
    assert found(run(order("table", config(url, **FLAGGED)))) == []


def test_each_fate_has_its_flag_and_the_words_may_differ(url, base, order, run):
    execute(base, *MAKE)
    stream = {**FLAGGED, "ack": {"taken": "Y", "rejected": "E"}}
    run(order("table", config(url, **stream)), flag=lambda raw: 1 if b'"1"' in raw else 3)
    assert execute(base, "select sign from sb order by no") == [("Y",), ("E",), ("1",)]


@pytest.mark.parametrize(
    "edit",
    ["name = 'edited'", "name = null", "n = 8", "amount = 1.51", "at = '2024-05-01 08:00:01'", "sign = '9'"],
)
def test_an_edit_of_any_column_keeps_the_flag(url, base, order, run, edit):
    execute(base, *MAKE)

    def edited(raw: bytes) -> int:
        execute(base, f"update sb set {edit} where no = '1'")
        return 1

    before = "9" if "sign" in edit else "0"
    run(order("table", config(url, **FLAGGED)), flag=edited)
    assert execute(base, "select sign from sb order by no") == [(before,), ("1",), ("1",)]


def test_a_row_deleted_meanwhile_is_no_fault(url, base, order, run):
    execute(base, *MAKE)

    def gone(raw: bytes) -> int:
        execute(base, "delete from sb where no = '1'")
        return 1

    assert len(found(run(order("table", config(url, **FLAGGED)), flag=gone))) == 2


def test_a_table_without_a_key_compares_every_column(url, base, order, run):
    execute(base, *(s.replace(" primary key", "") for s in MAKE))
    run(order("table", config(url, **FLAGGED)))
    assert execute(base, "select sign from sb order by no") == [("1",), ("1",), ("1",)]


@pytest.mark.parametrize("ordered", [True, False])
def test_the_cursor_reads_from_where_it_stands_and_rows_without_one_always(url, base, order, run, ordered):
    execute(base, *MAKE)
    stream = {"cursor": "at", "ordered": ordered}
    account = run(order("table", config(url, **stream)))
    assert account.batches[-1].cursor == "2024-05-02T00:00:00+00:00"
    window = Window("2024-05-02T00:00:00+00:00", None, "incremental")
    assert sorted(r["no"] for r in found(run(order("table", config(url, **stream), window=window)))) == [
        "2",
        "3",
    ]


def test_a_range_has_an_end(url, base, order, run):
    execute(base, *MAKE)
    window = Window(None, "2024-05-01T12:00:00+00:00", "range")
    rows = found(run(order("table", config(url, cursor="at"), window=window)))
    assert sorted(r["no"] for r in rows) == ["1", "3"]


def test_an_integer_column_may_be_the_cursor(url, base, order, run):
    execute(base, *MAKE)
    account = run(order("table", config(url, cursor="n"), window=Window("7", None, "incremental")))
    assert sorted(r["no"] for r in found(account)) == ["1", "2"]
    assert account.batches[-1].cursor == "7"


def test_a_row_dated_in_the_future_is_read_and_moves_nothing(url, base, order, run):
    execute(base, *MAKE, "update sb set at = '2099-01-01 00:00:00' where no = '2'")
    account = run(order("table", config(url, cursor="at")))
    assert len(found(account)) == 3
    assert account.batches[-1].cursor == "2024-05-01T00:00:00+00:00"


def test_a_query_of_ones_own(url, base, order, run):
    execute(base, *MAKE)
    query = "select no, name from sb where at >= :lower and name like '%' || '局'"
    assert found(run(order("table", config(url, query=query)))) == [{"no": "1", "name": "国土局"}]


def test_columns_and_a_condition_may_be_chosen(url, base, order, run):
    execute(base, *MAKE)
    rows = found(run(order("table", config(url, columns=["no"], where="n = 7 or n = 0"))))
    assert rows == [{"no": "1"}, {"no": "3"}]


@pytest.mark.parametrize(
    "stream",
    [
        {"table": "nowhere"},
        {"cursor": "nowhere"},
        {"columns": ["nowhere"]},
        {"where": "what is"},
        {"query": "select from where"},
    ],
)
def test_a_table_that_is_not_as_agreed_is_a_change(url, base, order, run, stream):
    execute(base, *MAKE)
    account = run(order("table", config(url, **stream)))
    assert isinstance(account.stream_errors.get("sb"), SourceChanged), account.error


def test_a_flagged_stream_without_a_flag_is_a_config_error(url, base, order, run):
    execute(base, *MAKE)
    assert isinstance(run(order("table", config(url, delivery="flagged"))).error, ConfigError)


def test_nothing_is_written_while_reading(url, base, order, run):
    execute(base, *MAKE)
    query = "delete from sb returning *"
    run(order("table", config(url, query=query)))
    assert execute(base, "select count(*) from sb") == [(3,)]


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("sqlite:///nowhere.db", Unavailable),
        ("postgresql+psycopg://me@127.0.0.1:9/x", Unavailable),
        ("nonsense", ConfigError),
        ("oracle+oracledb://x/y", ConfigError),
        ("klingon://x/y", ConfigError),
    ],
)
def test_a_database_that_cannot_be_reached_says_why(order, run, address, kind):
    account = run(order("table", {"url": address, "streams": {"sb": {}}}))
    assert type(account.error) is kind, account.error


def test_bytes_and_numbers_that_are_none_are_spelled_out(empty_pg_url, order, run):
    engine = sa.create_engine(empty_pg_url)
    execute(
        engine,
        "create table sb (b bytea, f float8, d numeric, j jsonb, z timestamptz)",
        "insert into sb values ('\\x01ff', 'NaN', 'NaN', '{\"a\": [1]}', '2024-05-01T00:00:00Z')",
    )
    engine.dispose()
    row = found(run(order("table", config(empty_pg_url))))[0]
    assert (row["b"], row["f"], row["d"], row["j"]) == ("01ff", "nan", "NaN", {"a": [1]})
    assert row["z"].startswith("2024-05-01T")


def test_a_refused_login_is_an_auth_error():
    from sqlalchemy.exc import OperationalError

    from hub.sdk.database import _error

    orig = Exception('connection failed: FATAL:  password authentication failed for user "me"')
    assert isinstance(_error(OperationalError("select 1", {}, orig)), AuthError)


def test_rows_are_found_again_by_the_index_of_their_key(base, url, tmp_path):
    """Not by "is not distinct from", which reads the whole table for each row."""
    from zoneinfo import ZoneInfo

    from hub.sdk import Clock, Context, Deadline, Stream
    from hub.sdk.exchange import ExchangeTable

    execute(base, *MAKE)
    config = {"url": sa.make_url(url).render_as_string(hide_password=False)}
    clock = Clock(0, ZoneInfo("UTC"))
    ctx = Context(source="x", config=config, clock=clock, deadline=Deadline(9), base_dir=tmp_path)
    table = ExchangeTable(ctx, Stream("sb", settings={"flag": "sign"}))
    update = str(table._update(table.column("sign"), ["no", "name"], ["no"]).compile(ctx.db.engine))
    ctx.close()
    assert "no =" in update
    assert "name =" not in update
