"""What stands, by its bytes and by its values, is told by a log, which says at any time what the rows do."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from hub.store import fingerprint_log
from hub.store.engine import writing

RECORD = st.fixed_dictionaries(
    {"k": st.sampled_from("123"), "t": st.sampled_from("ab")},
    optional={
        "s": st.sampled_from("xy"),
        "both": st.just(1),
        "none": st.just(1),
        "v": st.integers(1, 2),
        "bad": st.just("x"),
        "stamp": st.integers(0, 1),
    },
)
WAYS = st.sampled_from(["sync", "looked at ahead", "snapshot", "other mapping", "replay", "retry", "dry"])
STEPS = st.lists(st.tuples(WAYS, st.lists(st.lists(RECORD, max_size=4), min_size=1, max_size=2)), max_size=6)


def _take(source: Any, way: str, batches: list[Any]) -> None:
    if way == "other mapping":
        source.mapping = "v2" if source.mapping == "v1" else "v1"
    if way in ("replay", "retry"):
        source.replay(way)
    elif way == "looked at ahead":
        source.send_ahead(*batches)
    else:
        source.send(*batches, snapshot=way == "snapshot", dry=way == "dry")


@pytest.mark.parametrize("entries", [0, 1_000], ids=["written anew by every run", "added to"])
def test_whatever_was_done_the_log_says_what_the_rows_do(
    sqlite_template: Path,
    make_source: Any,
    small_store: Any,
    entries: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fingerprint_log, "_ENTRIES", entries)

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def check(steps: list[tuple[str, list[Any]]]) -> None:
        with small_store(sqlite_template) as store:
            source = make_source(store)
            for way, batches in steps:
                _take(source, way, batches)
                with store.engine.connect() as connection:
                    assert fingerprint_log.is_true(connection, 1)

    check()


def _entries(source: Any) -> list[tuple[int, int]]:
    """How many fingerprints each entry says came and went."""
    query = "SELECT length(came_raw) / 16, length(gone_raw) / 16 FROM fingerprint_log ORDER BY log_id"
    return source.query(query)  # type: ignore[no-any-return]


def test_each_batch_notes_what_came_to_stand_and_what_ceased_to(source: Any) -> None:
    source.send("1:A 2:B", "3:C")
    source.send("1:A 2:X 4:D")
    assert _entries(source) == [(2, 0), (1, 0), (2, 1)]
    source.send("1:A 2:X 4:D")
    source.send([{"t": "A", "k": "1"}])
    assert len(_entries(source)) == 3, "nothing came or went"


def test_what_a_snapshot_withdrew_stands_no_more_and_may_come_again(source: Any) -> None:
    many = " ".join(f"{n}:A" for n in range(40))
    source.send(many, snapshot=True)
    assert source.send(many.removesuffix(" 39:A"), snapshot=True) == "=" * 39
    assert _entries(source) == [(40, 0), (0, 1)]
    assert source.send(many, snapshot=True) == "=" * 39 + "u"
    assert _entries(source) == [(40, 0), (0, 1), (1, 0)]
    assert source.store.check() == []


def test_a_log_that_lacks_something_hides_no_record_that_is_missing(source: Any) -> None:
    many = " ".join(f"{n}:A" for n in range(40))
    source.send(many, snapshot=True)
    with writing(source.store.engine, "spoiling the store") as connection:
        connection.execute(text("DELETE FROM fingerprint_log"))
    source.send(many.removesuffix(" 39:A"), snapshot=True)
    assert source.query("SELECT key FROM case_rows WHERE withdrawn_at IS NOT NULL") == [("39",)]


def test_rows_are_not_read_where_all_that_stands_came_again_byte_for_byte(
    source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    dialect = type(source.store._dialect)
    current = dialect.current

    def noting(*place: Any) -> Any:
        asked.append(1)
        return current(*place)

    monkeypatch.setattr(dialect, "current", noting)
    many = " ".join(f"{n}:A" for n in range(40))
    for sent, read in ((many, 0), (many + " 40:A", 0), (many.replace("7:A", "7:B") + " 40:A", 0), (many, 1)):
        source.send(sent, snapshot=True)
        assert len(asked) == read


def test_a_batch_that_failed_noted_nothing(source: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.store.landing.store_page", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        source.send("1:A")
    assert _entries(source) == []


def test_a_log_of_mostly_what_went_is_written_anew_when_a_run_ends(source: Any) -> None:
    source.send("1:A 2:B 3:C")
    source.send("1:X 2:X 3:X")
    assert _entries(source) == [(3, 0), (3, 3)]
    source.send("3:Y")
    assert _entries(source) == [(3, 0)]
    assert source.send("1:X 2:X 3:Y") == "==="
    assert source.store.check() == []


def test_a_log_of_many_small_entries_is_written_anew_in_large_ones(
    source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint_log, "_ENTRIES", 3)
    monkeypatch.setattr(fingerprint_log, "_PIECE", 2)
    source.send("1:A", "2:B", [{"k": "3", "t": "C", "s": "x", "both": 1}])
    assert _entries(source) == [(1, 0), (1, 0), (2, 0)]
    source.send("4:D")
    assert _entries(source) == [(2, 0), (2, 0), (1, 0)]
    assert source.send("1:A 2:B", [{"k": "3", "t": "C", "s": "x", "both": 1}]) == "==="
    assert source.store.check() == []


def test_values_stand_only_under_the_mapping_by_which_they_came(source: Any) -> None:
    """Else rows of an earlier mapping would stay so for ever, taken for unchanged."""
    source.whole = True
    for stamp, mapping in enumerate(("v1", "v2", "v2", "v1", "v2")):
        source.mapping = mapping
        source.send([{"k": str(n), "t": "A", "stamp": stamp} for n in range(40)])
        under = "SELECT DISTINCT version FROM case_rows NATURAL JOIN mappings"
        assert source.query(under) == [(mapping,)]
    assert source.history() == []


def test_the_log_of_one_stream_tells_nothing_of_another(source: Any, another: Any) -> None:
    other = another(stream="others")
    source.send("1:A")
    assert other.send("2:A") == "i"
    assert source.send("2:A 1:A") == "i="
    assert source.store.check() == []


@pytest.mark.parametrize(
    "spoiled",
    [
        "DELETE FROM case_rows",
        "DELETE FROM fingerprint_log",
        "UPDATE fingerprint_log SET gone_value = came_value",
        "UPDATE fingerprint_log SET gone_raw = came_raw",
    ],
)
def test_the_check_finds_where_log_and_rows_differ(source: Any, spoiled: str) -> None:
    source.send("1:A 2:B")
    with writing(source.store.engine, "spoiling the store") as connection:
        connection.execute(text(spoiled))
    told = "stream 1: what is noted to stand is not what its rows say"
    assert told in source.store.check()
