"""What a batch's columns alone decide is what deciding record by record makes of it."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.store import desk, intake
from hub.store.renewal import renewal
from hub.store.store import open_store

Told = dict[str, Any]

KEYS = st.sampled_from("123456")
RECORDS = st.fixed_dictionaries(
    {"k": KEYS, "t": st.sampled_from("ab")}, optional={"id": st.just("41"), "stamp": st.integers(0, 1)}
)
ODD = st.fixed_dictionaries(
    {"k": KEYS, "t": st.sampled_from("ab")},
    optional={"v": st.integers(1, 2), "p": KEYS, "bad": st.just("x"), "s": st.just("y")},
)
#: Batches of which most hold each key once, as plain ones do.
BATCHES = st.lists(RECORDS, max_size=6, unique_by=lambda told: told["k"])
RUNS = st.lists(st.lists(BATCHES | st.lists(RECORDS | ODD, max_size=4), min_size=1, max_size=4), max_size=4)

#: All a store holds of the records, without what it numbers as it pleases.
TOLD = (
    "SELECT * FROM case_rows ORDER BY key",
    "SELECT * FROM pause_rows ORDER BY key",
    "SELECT case_no, (SELECT count(*) FROM woken, json_each(dossier_ids) WHERE value = dossier_id), "
    "(SELECT count(*) FROM woken WHERE dossier_ids IS NULL "
    "AND dossier_id BETWEEN first_dossier_id AND last_dossier_id) FROM dossiers ORDER BY case_no",
    "SELECT * FROM due",
    "SELECT * FROM run_streams ORDER BY run_id",
    "SELECT * FROM stream_kinds ORDER BY kind",
    "SELECT * FROM raw_pages ORDER BY page_id",
    "SELECT * FROM quarantine ORDER BY quarantine_id",
)
HISTORY = "SELECT * FROM case_history ORDER BY key, value_fp, last_changed_at"


def told_by(make_source: Any, store: Any, runs: list[list[list[Told]]], way: str) -> list[Any]:
    source = make_source(store)
    letters = [(source.send_ahead if way == "ahead" else source.send)(*batches) for batches in runs]
    history = [version[1:] for version in source.query(HISTORY)]
    return [letters, history, *map(source.query, TOLD)]


@pytest.mark.parametrize(
    ("few_rows", "way"),
    [(0, "one by one"), (20_000, "ahead")],
    ids=["looked up by key", "known by fingerprint"],
)
def test_both_roads_leave_the_same_rows_history_dossiers_and_counts(
    sqlite_template: Path,
    tmp_path: Path,
    make_source: Any,
    few_rows: int,
    way: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "FEW_ROWS", few_rows)
    monkeypatch.setattr(desk, "FEW", 1)  # so that batches of any size are looked up and compared ahead
    renewed = []

    def renewal_and_note(*args: Any) -> Any:
        made = renewal(*args)
        renewed.append(made is not None and len(made.block) > 0)
        return made

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(RUNS)
    @example([[[{"k": "1", "t": "a"}, {"k": "2", "t": "a"}]], [[{"k": "1", "t": "b"}, {"k": "3", "t": "a"}]]])
    @example([[[{"k": "1", "t": "a"}]], [[{"k": "1", "t": "b"}], [{"k": "1", "t": "a"}]]])
    @example([[[{"k": "1", "t": "a", "stamp": 0}]], [[{"k": "1", "t": "a", "stamp": 1}]]])
    @example([[[{"k": "1", "t": "a", "v": 2}]], [[{"k": "1", "t": "b"}]], [[{"k": "1", "t": "a", "v": 1}]]])
    def check(runs: list[list[list[Told]]]) -> None:
        said = []
        for road in ("columns", "records"):
            path = tmp_path / "hub.db"
            for left in tmp_path.glob("hub.db?*"):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            shutil.copyfile(sqlite_template, path)
            with monkeypatch.context() as patch, open_store(f"sqlite:///{path}") as store:
                patch.setattr(desk, "renewal", renewal_and_note if road == "columns" else lambda *_: None)
                said.append(told_by(make_source, store, runs, way))
                assert store.check() == []
        assert said[0] == said[1]

    check()
    assert any(renewed)
    assert not all(renewed)


def test_a_flipped_record_is_seen_again_by_its_bytes_and_its_values(source: Any) -> None:
    source.send("1:a 2:a 3:a")
    assert source.send("1:b 2:a 3:a", "1:a 2:b 4:a", "1:b 2:b 3:a") == "u==uuiu=="
    assert source.rows() == [("1", "b"), ("2", "b"), ("3", "a"), ("4", "a")]
    assert sorted(source.history()) == [("1", "a"), ("1", "a"), ("1", "b"), ("2", "a")]


def test_what_a_batch_changes_and_brings_back_stands_as_it_stood_though_looked_up_ahead(source: Any) -> None:
    batches = "2:a", "3:a", "1:b 2:a 3:a 4:a 1:a"
    source.send("1:a 2:a 3:a 4:a")
    assert source.send_ahead(*batches) == source.send(*batches) == "==u===u"
    assert source.rows() == [(key, "a") for key in "1234"]


def test_what_came_in_other_bytes_is_seen_though_its_value_was_changed_while_it_was_looked_up(
    source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values are known by then, so that what has a value that stands is not looked up."""
    monkeypatch.setattr(desk, "FEW", 1)
    source.send("1:a 2:a 3:a")
    stamped = [{"k": key, "t": "a", "stamp": 1} for key in "123"]
    back = [{"k": "1", "t": "a", "stamp": 2}, {"k": "2", "t": "b"}]
    assert source.send_ahead(stamped, "3:b", "1:b", back) == "===uuuu"
    assert source.rows() == [("1", "a"), ("2", "b"), ("3", "b")]


def test_a_rejected_record_of_a_batch_looked_up_ahead_leaves_its_row_to_be_mapped_again(
    source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "FEW", 1)
    source.send("1:a 2:a 3:a")
    spoiled = {"k": "1", "t": "b", "bad": "x"}
    assert source.send_ahead("3:b", [spoiled, {"k": "1", "t": "a"}, {"k": "2", "t": "c"}]) == "uq=u"
    assert source.rows("key, title") == [("1", "a"), ("2", "c"), ("3", "b")]
    assert source.query("SELECT count(*) FROM quarantine WHERE status = 'open'") == [(0,)]


def test_a_row_keeps_the_moment_its_key_was_first_seen_and_where_its_bytes_are_kept(source: Any) -> None:
    source.send("1:a 2:a")
    first = source.now
    source.send("2:a 1:b 3:a")
    rows = source.rows("key, first_seen_at, last_changed_at, page_id, page_index")
    (early,), (late,) = source.query("SELECT page_id FROM raw_pages ORDER BY stored_at")
    assert rows == [
        ("1", first, source.now, late, 0),
        ("2", first, first, early, 1),
        ("3", source.now, source.now, late, 1),
    ]
