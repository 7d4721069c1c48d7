"""Reading everything again believes only rows: what somebody else took away comes back, and is told."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from hub.model.records import KEY_SEPARATOR
from hub.store.engine import writing


def spoil(source: Any, statement: str) -> None:
    with writing(source.store.engine, "spoiling the store") as connection:
        connection.execute(text(statement))


def alarmed(source: Any) -> list[tuple[str, str, str]]:
    return [(alarm["kind"], alarm["key"], alarm["message"]) for alarm in source.store.open_alarms()]


MANY = " ".join(f"{n}:A" for n in range(40))


@pytest.fixture(params=[False, True], ids=["as they come", "all of them"])
def full(source: Any, request: pytest.FixtureRequest) -> Any:
    """A source whose runs read everything, and which holds forty cases."""
    source.send(MANY)
    source.reach, source.whole = "full", request.param
    return source


def test_a_row_that_somebody_deleted_comes_back_and_an_alarm_tells_of_it(full: Any) -> None:
    spoil(full, "DELETE FROM case_rows WHERE key = '7'")
    expected = "=" * 7 + "i" + "=" * 32
    assert full.send(MANY, dry=True) == expected
    assert alarmed(full) == [], "a dry run writes nothing"
    assert full.send(MANY) == expected
    message = "the rows of tax/cases are not those noted: 40 noted, 39 there"
    assert alarmed(full) == [("rows_altered", "tax/cases", message)]
    assert full.store.check() == []


def test_it_comes_back_in_other_bytes_too(full: Any) -> None:
    spoil(full, "DELETE FROM case_rows WHERE key = '7'")
    stamped = [{"k": str(n), "t": "A", "stamp": 1} for n in range(40)]
    assert full.send(stamped, dry=True) == full.send(stamped) == "=" * 7 + "i" + "=" * 32
    assert full.store.check() == []


def test_the_alarm_ends_with_the_next_full_reading_that_finds_the_rows_as_noted(full: Any) -> None:
    spoil(full, "DELETE FROM case_rows WHERE key = '7'")
    full.send(MANY)
    full.send(MANY, dry=True)
    assert len(alarmed(full)) == 1
    assert full.send(MANY) == "=" * 40
    assert alarmed(full) == []


def test_all_rows_may_be_gone(full: Any) -> None:
    spoil(full, "DELETE FROM case_rows")
    assert full.send(MANY, dry=True) == full.send(MANY) == "i" * 40
    assert full.store.check() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_rows SET raw_fp = value_fp WHERE key = '7'",
        "DELETE FROM fingerprint_log",
        "UPDATE stream_kinds SET rows = 41",
    ],
)
def test_whatever_differs_is_told_and_noted_anew(full: Any, statement: str) -> None:
    spoil(full, statement)
    assert full.send(MANY) == "=" * 40
    assert [kind for kind, _, _ in alarmed(full)] == ["rows_altered"]
    assert full.store.check() == []


def test_what_a_snapshot_lacks_is_told_by_rows_where_the_notes_are_wrong(full: Any) -> None:
    spoil(full, "DELETE FROM fingerprint_log")
    fewer = MANY.removesuffix(" 39:A")
    for dry in (True, False):
        assert full.send(fewer, snapshot=True, dry=dry) == "=" * 39
        assert full.runs[-1].counts().unchanged == 39
    assert full.query("SELECT key FROM case_rows WHERE withdrawn_at IS NOT NULL") == [("39",)]
    assert full.store.check() == []


def test_a_dry_run_tells_what_a_snapshot_lacks_by_rows_too(full: Any) -> None:
    spoil(full, "UPDATE case_rows SET key = '99', raw_fp = value_fp WHERE key = '7'")
    for dry in (True, False):
        with full.begin(dry=dry) as run:
            full.put(run, MANY)
            assert run.withdraw_missing("cases", full.now) == 1
            run.finish("ok", full.now)


def test_what_was_noted_anew_stays_so_if_the_run_is_broken_off(full: Any) -> None:
    spoil(full, "DELETE FROM case_rows WHERE key = '7'")
    full.begin().close()
    assert full.store.check() == []
    assert len(alarmed(full)) == 1


def test_a_run_that_does_not_read_everything_compares_nothing(source: Any) -> None:
    source.send(MANY)
    spoil(source, "DELETE FROM case_rows WHERE key = '7'")
    assert source.send(MANY) == "=" * 40
    assert alarmed(source) == []


RECORD = st.fixed_dictionaries(
    {"k": st.sampled_from("123"), "t": st.sampled_from("ab")},
    optional={"s": st.sampled_from("xy"), "bad": st.just("x"), "stamp": st.integers(0, 1)},
)
BATCH = st.lists(RECORD, max_size=4)
WRONGS = [
    "DELETE FROM case_rows WHERE key IN ('1', '2')",
    "DELETE FROM pause_rows",
    "DELETE FROM fingerprint_log",
    "UPDATE fingerprint_log SET gone_raw = came_raw, gone_value = came_value",
]


def test_what_comes_again_stands_as_if_nobody_had_touched_the_store(
    sqlite_template: Path, make_source: Any, small_store: Any
) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(BATCH, max_size=4), st.sampled_from(WRONGS), st.lists(BATCH, min_size=1, max_size=2))
    def check(before: list[Any], wrong: str, again: list[Any]) -> None:
        rows = []
        for statement in ("SELECT 1", wrong):
            with small_store(sqlite_template) as store:
                source = make_source(store)
                for batch in before:
                    source.send(batch)
                spoil(source, statement)
                source.reach = "full"
                told = source.send(*again, dry=True)
                assert source.send(*again) == told
                assert store.check() == []
                rows.append(_standing(source, again))
        assert rows[0] == rows[1]

    check()


def _standing(source: Any, again: list[Any]) -> list[Any]:
    """What stands of the records that came again, whatever became of the others."""
    came = [record for batch in again for record in batch if "bad" not in record]
    keys = {r["k"] + (KEY_SEPARATOR + r["s"] if "s" in r else "") for r in came}
    rows = source.rows("key, title") + source.rows("key, reason", "pause_rows")
    return [row for row in rows if row[0] in keys]
