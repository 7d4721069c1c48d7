"""What each arriving record counts as, and what the store holds afterwards."""

from typing import Any

import pytest

from hub.errors import StoreError
from hub.model.records import Mapped, RawBatch, RecordBlock
from hub.store import fingerprint_log


def test_a_new_key_is_inserted_once_and_then_unchanged(source: Any) -> None:
    assert source.send("1:A 2:B") == "ii"
    assert source.send("1:A 2:B") == "=="
    assert source.rows("key, title, first_seen_at, last_changed_at") == [
        ("1", "A", 110, 110),
        ("2", "B", 110, 110),
    ]
    assert source.history() == []


def test_a_changed_value_updates_and_leaves_the_old_version_in_history(source: Any) -> None:
    source.send("1:A 2:B")
    assert source.send("1:C 2:B") == "u="
    assert source.rows("key, title, first_seen_at, last_changed_at") == [
        ("1", "C", 110, 120),
        ("2", "B", 110, 110),
    ]
    assert source.history("key, title, arrived_at, superseded_at") == [("1", "A", 110, 120)]


def test_a_record_that_flips_back_across_runs_keeps_every_version(source: Any) -> None:
    assert [source.send(told) for told in ("1:A", "1:B", "1:A")] == ["i", "u", "u"]
    assert source.rows() == [("1", "A")]
    assert source.history() == [("1", "A"), ("1", "B")]


def test_a_record_that_flips_back_in_one_run_of_three_batches_ends_as_it_began(source: Any) -> None:
    source.send("1:A 2:Z")
    assert source.send("1:A", "1:B", "1:A") == "=uu"
    assert source.rows() == [("1", "A"), ("2", "Z")]
    assert source.history() == [("1", "A"), ("1", "B")]


def test_a_record_that_flips_back_within_one_batch_ends_as_it_began(source: Any) -> None:
    source.send("1:A 2:Z")
    assert source.send("1:A 1:B 1:A 2:Z") == "=uu="
    assert source.rows() == [("1", "A"), ("2", "Z")]
    assert source.history() == [("1", "A"), ("1", "B")]


def test_a_record_that_flips_on_first_sight_is_inserted_then_updated(source: Any) -> None:
    assert source.send("1:A 1:B 1:A") == "iuu"
    assert source.rows() == [("1", "A")]
    assert source.history() == [("1", "A"), ("1", "B")]


def test_a_first_load_that_brings_records_again_drops_them_unread_once_it_has_met_one(source: Any) -> None:
    """As a folder of daily dumps does: what was stored by then need not be decoded again."""
    with source.begin() as run:
        assert [source.put(run, told) for told in ("1:A 2:B", "3:C", "1:A")] == ["ii", "i", "="]
        raws = [b'{"k": "2", "t": "B"}', b'{"k": "3", "t": "C"}', b'{"k": "3", "t": "D"}']
        again = RawBatch(source.stream, raws, "test")
        assert run.fresh(again) == [2]
        assert source.take(run, again) == "==u"


@pytest.mark.parametrize(("pause", "read"), [({}, True), ({"s": "a", "both": 1}, False)])
def test_what_values_stand_is_not_read_where_every_raw_record_is_looked_up_anyway(
    source: Any, store: Any, monkeypatch: pytest.MonkeyPatch, pause: dict[str, Any], read: bool
) -> None:
    """A record of a case and its pauses is found by its key: what is known of values tells nothing of it."""
    records = [{"k": str(n), "t": "A", **pause} for n in range(40)]
    source.send(records)
    asked: list[Any] = []
    standing = fingerprint_log.standing_values

    def noting(*place: Any) -> Any:
        asked.append(place)
        return standing(*place)

    monkeypatch.setattr(fingerprint_log, "standing_values", noting)
    again = [{**record, "unmapped": 1} for record in records]
    assert source.send(again[:20], again[20:]) == "=" * 40
    assert bool(asked) == read


def test_a_key_that_comes_again_in_a_later_batch_of_a_first_load_is_no_new_one(source: Any) -> None:
    assert source.send("1:A 2:B", "3:C", "2:B 3:D") == "iii=u"
    assert source.rows() == [("1", "A"), ("2", "B"), ("3", "D")]


def test_other_bytes_with_equal_values_are_unchanged(source: Any) -> None:
    source.send([{"k": "1", "t": "A"}])
    assert source.send([{"t": "A", "k": "1"}]) == "="
    assert source.send([{"k": "1", "t": "A", "exported": "2026-01-01"}]) == "="
    assert source.rows("key, title, last_changed_at") == [("1", "A", 110)]
    assert source.history() == []


def test_an_older_version_goes_to_history_and_does_not_win(source: Any) -> None:
    source.send([{"k": "1", "t": "new", "v": 3}])
    assert source.send([{"k": "1", "t": "old", "v": 2}]) == "u"
    assert source.rows("key, title, data_version") == [("1", "new", 3)]
    assert source.history("key, title, arrived_at, superseded_at") == [("1", "old", 120, 120)]


def test_a_version_already_in_history_delivered_again_is_unchanged(source: Any) -> None:
    old, new = {"k": "1", "t": "old", "v": 1}, {"k": "1", "t": "new", "v": 2}
    source.send([old], [new])
    assert source.send([old]) == "="
    assert source.send([old, new, old]) == "==="
    assert source.history() == [("1", "old")]


def test_versions_out_of_order_in_one_batch_end_with_the_highest(source: Any) -> None:
    told = [{"k": "1", "t": f"v{v}", "v": v} for v in (2, 3, 1, 3, 2)]
    assert source.send(told) == "iuu=="
    assert source.rows() == [("1", "v3")]
    assert source.history() == [("1", "v2"), ("1", "v1")]


def test_one_raw_record_that_yields_a_case_and_a_pause_counts_once(source: Any) -> None:
    both = {"k": "1", "s": "a", "t": "A", "both": 1}
    assert source.send([both]) == "i"
    assert source.send([both]) == "="
    assert source.send([both | {"t": "B"}]) == "u"
    assert source.rows() == [("1", "B")]
    assert source.rows("key, reason", "pause_rows") == [("1\x1fa", "B")]


def test_a_raw_record_that_turns_from_two_rows_into_one_withdraws_the_other(source: Any) -> None:
    both = {"k": "1", "s": "a", "t": "A", "both": 1}
    source.send([both])
    assert source.send([{"k": "1", "t": "A"}]) == "u"
    assert source.rows("key, reason, withdrawn_at", "pause_rows") == [("1\x1fa", "A", 120)]
    assert source.send([both]) == "u"
    assert source.rows("key, reason, withdrawn_at", "pause_rows") == [("1\x1fa", "A", None)]
    assert len(source.history("key, withdrawn_at", "pause_history")) == 2


def test_a_raw_record_whose_two_kinds_flip_within_one_batch_ends_as_the_last(source: Any) -> None:
    both, one = {"k": "1", "s": "a", "t": "A", "both": 1}, {"k": "1", "t": "A"}
    assert source.send([both, one, both, one]) == "iuuu"
    assert source.rows("key, withdrawn_at", "pause_rows") == [("1\x1fa", 110)]


def test_a_raw_record_that_yields_no_row_is_unchanged_and_not_kept(source: Any) -> None:
    assert source.send([{"k": "1", "none": 1}, {"k": "2", "t": "A"}]) == "=i"
    assert source.send([{"k": "1", "none": 1}, {"k": "2", "t": "A"}]) == "=="
    assert source.send([{"k": "1", "none": 1}, {"k": "3", "t": "A"}]) == "=i"
    assert [len(ends) // 4 for (ends,) in source.query("SELECT ends FROM raw_pages")] == [1, 1]


def test_a_row_taken_over_by_another_raw_record_comes_back_when_the_first_does(source: Any) -> None:
    both = {"k": "1", "s": "a", "t": "A", "both": 1}
    source.send([both])
    assert source.send([{"k": "1", "s": "a", "t": "B"}]) == "u"
    assert source.send([both]) == "u"
    assert source.rows("key, reason", "pause_rows") == [("1\x1fa", "A")]


def test_odd_text_is_kept_to_the_letter(source: Any) -> None:
    odd = "tab\t line\n back\\slash \\N \r null 办件 😀 'quote' \"double\" \\."
    source.send([{"k": "1\\x\t", "t": odd}, {"k": "2", "t": "null"}, {"k": "3", "t": "\\N"}])
    assert source.rows() == [("1\\x\t", odd), ("2", "null"), ("3", "\\N")]
    assert source.query("SELECT case_no FROM dossiers ORDER BY case_no") == [("1\\x\t",), ("2",), ("3",)]


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", 2**70, object()])
def test_a_value_no_database_takes_names_its_table_and_key_and_writes_nothing(source: Any, bad: Any) -> None:
    batch = RawBatch("cases", [b"{}", b"[]"])
    columns = {"case_no": ["1", "2"], "title": ["A", bad]}
    found = Mapped((RecordBlock("case", ["1", "2"], [0, 1], columns),), {0: "1", 1: "2"})
    with source.begin() as run, pytest.raises(StoreError, match="case_rows: key 2"):
        run.store(batch, found, now=1)
    assert source.rows() == []


def test_the_counts_of_a_run_add_up_and_are_kept_by_stream(source: Any, store: Any) -> None:
    source.send([{"k": "1", "t": "A"}, {"k": "2", "bad": "x"}], "1:A 1:B 3:C")
    run = store.runs()[0]
    counts = {name: run[name] for name in ("received", "inserted", "updated", "unchanged", "quarantined")}
    assert counts == {"received": 5, "inserted": 2, "updated": 1, "unchanged": 1, "quarantined": 1}
    assert source.runs[0].counts("cases").balanced()
    assert run["streams"][0]["stream"] == "cases"
    assert store.check() == []


def test_records_superseded_within_a_full_reading_are_counted_without_being_sent(source: Any) -> None:
    with source.begin() as run:
        source.put(run, "1:A")
        run.note_unchanged("cases", 4)
        run.finish("ok", 200)
        assert (run.counts().received, run.counts().unchanged) == (5, 4)


def test_a_dry_run_counts_the_same_and_writes_nothing(source: Any) -> None:
    source.send("1:A 2:B", [{"k": "3", "s": "a", "both": 1}])
    told = [
        "1:A 1:B 4:D",
        [{"k": "3"}, {"k": "5", "bad": 1}],
        "1:A 4:E 2:B",
        [{"k": "3", "s": "a", "both": 1}],
    ]
    before = source.query("SELECT count(*) FROM runs"), source.rows(), source.history()
    dry = source.send(*told, dry=True)
    assert (source.query("SELECT count(*) FROM runs"), source.rows(), source.history()) == before
    assert dry == source.send(*told) == "=uiuquu=u"


def test_a_dry_run_on_an_empty_store_counts_a_first_load(source: Any) -> None:
    told = ["1:A 2:B", "2:B 3:C 1:B", "1:A"]
    assert source.send(*told, dry=True) == source.send(*told) == "ii=iuu"


def test_a_dry_run_needs_no_lock(source: Any, store: Any) -> None:
    with store.lock("tax"):
        assert source.send("1:A", dry=True) == "i"


def test_a_batch_without_records_still_moves_cursor_and_marks(source: Any) -> None:
    source.send([], cursor="77", marks={"a.csv": "d1"})
    with source.begin() as run:
        assert run.cursor("cases") == "77"
        assert run.marks("cases") == {"a.csv": "d1"}
        assert run.bound("cases") == source.now
        run.finish("ok", 1)


def test_counts_that_do_not_add_up_are_refused(source: Any) -> None:
    with source.begin() as run:
        run._intakes["cases"].state.counts.received = 3
        with pytest.raises(StoreError, match="do not add up"):
            run.finish("ok", 1)


def test_personal_fields_are_sealed_and_found_by_a_blind_index(source: Any, store: Any) -> None:
    from hub.store.sealing import blind_index, unseal

    source.send([{"k": "1", "id": "41030019800101001X"}, {"k": "2"}])
    sealed, key_id, index = source.query(
        "SELECT personal, personal_key_id, applicant_id_index FROM case_rows ORDER BY key"
    )[0]
    assert unseal("case", sealed, key_id)["applicant_id"] == "41030019800101001X"
    assert bytes(index) == blind_index("41030019800101001x", store.index_secret)
    assert source.rows("personal, applicant_id_index")[1] == (None, None)


@pytest.mark.parametrize("first", ["case", "pause"])
def test_a_record_may_turn_to_another_kind_within_a_first_load(source: Any, first: str) -> None:
    """A row of its key stands until then, be it told by a batch whose rows are its records, one to one."""
    told = {"case": {"k": "1\x1fx", "t": "A"}, "pause": {"k": "1", "s": "x"}}
    second = told.keys() - {first}
    assert source.send_ahead([told[first]], [told[second.pop()]]) == "iu"
    assert source.query(f"SELECT count(*) FROM {first}_rows WHERE withdrawn_at IS NULL") == [(0,)]
