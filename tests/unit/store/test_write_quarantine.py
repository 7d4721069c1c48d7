"""Rejected records, and kept records brought through a mapping again."""

from typing import Any

import pytest

from hub.errors import ConfigError

WAKINGS = "SELECT dossier_ids FROM woken ORDER BY woken_id"


def bad(key: str, **more: Any) -> dict[str, Any]:
    return {"k": key, "bad": "x", **more}


def test_a_rejected_record_is_kept_with_its_raw_and_its_reason(source: Any, store: Any) -> None:
    assert source.send([{"k": "1", "t": "A"}, bad("2", v=7)]) == "iq"
    [told] = store.quarantined("tax")
    assert (told["source"], told["stream"], told["key"], told["case_no"]) == ("tax", "cases", "2", "2")
    assert (told["reason"], told["field"], told["value"], told["message"]) == (
        "bad_value",
        "t",
        "x",
        "x is no good",
    )
    assert b'"v": 7' in store.show_quarantined(told["id"])["raw"]


def test_the_same_bad_record_again_is_counted_but_not_doubled(source: Any, store: Any) -> None:
    assert source.send([bad("2")]) == "q"
    assert source.send([bad("2"), bad("2")], [bad("2")]) == "qqq"
    [told] = store.quarantined()
    assert (told["first_seen_at"], told["last_seen_at"]) == (110, 120)
    assert len(source.query("SELECT page_id FROM raw_pages")) == 1


def test_a_good_version_of_the_key_resolves_it_and_wakes_the_case(source: Any, store: Any) -> None:
    source.send("1:A", [bad("1")])
    before = source.query(WAKINGS)
    assert source.send("1:B") == "u"
    assert store.quarantined() == []
    assert set(source.query(WAKINGS)[len(before) :]) == {("[1]",)}


def test_the_good_version_that_stood_all_along_resolves_it_too(source: Any, store: Any) -> None:
    source.send("1:A 2:B")
    source.send([bad("1")])
    assert source.send("1:A 2:B") == "=="
    assert store.quarantined() == []


def test_within_one_batch_the_last_word_on_a_key_counts(source: Any, store: Any) -> None:
    source.send("1:A 2:B")
    assert source.send([bad("1"), {"k": "1", "t": "A"}, {"k": "2", "t": "B"}, bad("2")]) == "q==q"
    assert [told["key"] for told in store.quarantined()] == ["2"]


def test_between_batches_of_a_run_a_good_record_resolves_a_bad_one(source: Any, store: Any) -> None:
    source.send("1:A 2:B")
    assert source.send([bad("1")], "1:A 2:B", [bad("2")]) == "q==q"
    assert [told["key"] for told in store.quarantined()] == ["2"]


def test_a_bad_record_that_comes_back_after_it_was_resolved_is_open_again(source: Any, store: Any) -> None:
    source.send([bad("1")])
    source.send("1:A")
    source.send([bad("1")])
    [told] = store.quarantined()
    assert (told["first_seen_at"], told["last_seen_at"]) == (110, 130)


def test_a_discarded_record_stays_discarded_and_its_case_is_judged_again(source: Any, store: Any) -> None:
    source.send("1:A", [bad("1")])
    source.query("SELECT 1")
    [told] = store.quarantined()
    before = source.query(WAKINGS)
    store.discard_quarantined(told["id"], "an official", "entered twice", 500)
    assert set(source.query(WAKINGS)[len(before) :]) == {("[1]",)}
    assert source.send([bad("1")]) == "q"
    assert store.quarantined() == []
    [told] = store.quarantined(status="discarded")
    assert (told["settled_by"], told["settled_reason"]) == ("an official", "entered twice")
    with pytest.raises(ConfigError, match="no open quarantined record"):
        store.discard_quarantined(told["id"], "again", "again", 501)


def test_rejections_hold_any_text_without_failing(source: Any, store: Any) -> None:
    source.send([bad("a\x00b"), bad("a\ud800b", nokey=1)])
    assert [told["key"] for told in store.quarantined()] == ["a\\0b", None]


def test_a_retry_under_a_mended_mapping_brings_records_in_as_if_they_had_been_good(
    source: Any, store: Any
) -> None:
    source.send("1:a", [bad("1", t="b"), bad("2", t="c", nokey=1)])
    source.mapping = "v2"
    assert source.replay("retry") == "ui"
    assert source.rows() == [("1", "B"), ("2", "C")]
    assert store.quarantined() == []
    assert store.check() == []


def test_a_retry_that_fails_again_keeps_the_record_open(source: Any, store: Any) -> None:
    source.send([bad("1")])
    assert source.replay("retry") == "q"
    assert len(store.quarantined()) == 1


def test_a_retried_record_older_than_what_stands_goes_to_history(source: Any, store: Any) -> None:
    source.send([bad("1", t="b", nokey=1)])
    source.send("1:a")
    source.mapping = "v2"
    assert source.replay("retry") == "u"
    assert source.rows() == [("1", "a")]
    assert source.history() == [("1", "B")]
    assert store.quarantined() == []


def test_a_new_mapping_version_reaches_every_row_by_replay(source: Any, store: Any) -> None:
    source.send("1:a 2:b", [{"k": "3", "s": "x", "both": 1, "t": "c"}, bad("4", t="d")])
    source.mapping = "v2"
    assert source.replay() == "uuui"
    assert source.rows() == [("1", "A"), ("2", "B"), ("3", "C"), ("4", "D")]
    assert source.kept("replay") == []
    assert source.send("1:a 2:b", [{"k": "3", "s": "x", "both": 1, "t": "c"}]) == "==="
    assert store.check() == []


def test_a_replay_that_changes_no_value_is_not_done_twice(source: Any) -> None:
    source.send("1:A 2:B")
    source.mapping = "v2"
    assert source.replay() == "=="
    assert source.kept("replay") == []
    assert source.history() == []
    assert source.send("1:A 2:B") == "=="


def test_a_row_that_the_new_mapping_rejects_is_quarantined_once(source: Any, store: Any) -> None:
    source.mapping = "v2"
    source.send([bad("1", t="a")], "2:b")
    source.mapping = "v1"
    assert source.replay() == "qu"
    assert [told["key"] for told in store.quarantined()] == ["1"]
    assert source.kept("replay") == []
    source.mapping = "v3"
    assert source.replay() in ("=u=", "=u")
    assert store.quarantined() == []


def test_a_replay_leaves_withdrawn_rows_withdrawn(source: Any) -> None:
    many = " ".join(f"{i}:t" for i in range(100, 140))
    source.send(many + " 1:a", snapshot=True)
    source.send(many, snapshot=True)
    source.mapping = "v2"
    source.replay()
    assert source.rows("key, title, withdrawn_at")[0] == ("1", "a", 120)


def test_the_mapping_version_of_a_stream_is_part_of_what_is_unchanged(source: Any) -> None:
    source.send("1:a")
    source.mapping = "v2"
    assert source.send("1:a") == "u"
    assert source.rows() == [("1", "A")]
