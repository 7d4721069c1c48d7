"""Runs, locks, cursors, snapshots, dossiers, alarms: everything around the rows."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from hub.errors import Busy, StoreError
from hub.model.records import Mapped, RawBatch
from hub.store.store import open_store


def test_a_second_run_of_a_source_is_told_who_is_at_it_and_since_when(source: Any, open_again: Any) -> None:
    with source.begin() as run:
        with pytest.raises(Busy, match=r"another run of source 'tax' is active: .*:\d+ since 1970-01-01"):
            open_again().begin_run("tax", "sync", ["cases"], "v1", 1)
        open_again().begin_run("land", "sync", ["cases"], "v1", 1).finish("ok", 2)
        run.finish("ok", 2)
    open_again().begin_run("tax", "sync", ["cases"], "v1", 3).finish("ok", 4)


def test_a_lock_taken_by_hand_keeps_runs_out(store: Any, source: Any) -> None:
    with store.lock("tax", 5), pytest.raises(Busy):
        source.begin()
    assert source.send("1:A") == "i"


def test_a_dead_owner_frees_the_source_at_once_and_its_run_is_marked_interrupted(
    store: Any, store_url: str, source: Any
) -> None:
    code = (
        "import os, sys; from hub.store.store import open_store;"
        f"open_store({store_url!r}).begin_run('tax', 'sync', ['cases'], 'v1', 7); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    assert store.runs()[0]["status"] == "running"
    assert source.send("1:A") == "i"
    newest, dead = store.runs()
    assert (newest["status"], dead["status"], dead["error_kind"]) == ("ok", "failed", "interrupted")


def test_a_run_left_by_an_exception_frees_the_source(source: Any) -> None:
    run = source.begin()
    source.put(run, "1:A")
    run.__exit__(RuntimeError, RuntimeError(), None)
    assert source.send("1:A") == "="


def test_a_failed_run_tells_its_error_and_keeps_its_batches(source: Any, store: Any) -> None:
    with source.begin() as run:
        source.put(run, "1:A", cursor="5")
        run.finish("partial", 9, error={"kind": "auth", "message": "no entry", "remedy": "ask"})
    told = store.runs("tax", 1)[0]
    assert (told["status"], told["error_kind"], told["error_message"]) == ("partial", "auth", "no entry")
    assert (told["inserted"], told["streams"][0]["cursor"]) == (1, "5")
    with source.begin() as run:
        assert run.cursor("cases") == "5"
        assert run.bound("cases") is None
        run.finish("ok", 10, {"cases": 10})


def test_the_bound_of_a_stream_never_goes_back(source: Any) -> None:
    for bound in (50, 40):
        with source.begin() as run:
            run.finish("ok", 60, {"cases": bound})
    with source.begin() as run:
        assert run.bound("cases") == 50
        run.finish("ok", 60)


def test_a_batch_that_cannot_be_written_leaves_nothing_behind(source: Any, store: Any) -> None:
    source.send("1:A")
    with source.begin() as run:
        with pytest.raises(StoreError):
            source.put(run, [{"k": "2", "t": "B"}, {"k": "3", "n": 2**64}], cursor="9", marks={"f": "d"})
        assert run.counts().received == 0
        assert run.cursor("cases") is None
        source.put(run, "2:B")
        run.finish("ok", 9)
    assert source.rows() == [("1", "A"), ("2", "B")]
    assert source.query("SELECT count(*) FROM marks") == [(0,)]
    assert store.check() == []


@pytest.mark.parametrize("again", ["in the same run", "in the next"])
def test_cases_of_a_first_batch_that_could_not_be_written_are_due_once_they_come_again(
    source: Any, store: Any, again: str
) -> None:
    full = [True]

    def fail(*told: Any) -> None:
        if full and told[2].startswith("INSERT INTO raw_pages"):
            raise StoreError("the disk is full")

    event.listen(store.engine, "before_cursor_execute", fail)
    run = source.begin()
    with pytest.raises(StoreError):
        source.put(run, "1:A 2:B")
    assert (source.rows(), dossiers(source)) == ([], {})
    full.clear()
    if again == "in the next":
        run.finish("failed", 9)
        run = source.begin()
    assert source.put(run, "1:A 2:B") == "ii"
    run.finish("ok", 9)
    assert (source.rows(), set(dossiers(source))) == ([("1", "A"), ("2", "B")], {"1", "2"})
    assert store.check() == []


MANY = " ".join(f"{i}:t" for i in range(100, 140))


def test_rows_missing_from_a_complete_snapshot_are_withdrawn_with_their_last_values(source: Any) -> None:
    source.send(f"{MANY} 1:A 2:B", snapshot=True)
    assert source.send(f"{MANY} 1:A", snapshot=True) == "=" * 41
    assert source.rows("key, title, withdrawn_at")[-1] == ("2", "B", 120)
    assert source.history("key, title, withdrawn_at, superseded_at") == [("2", "B", None, 120)]
    assert source.runs[-1].withdrawn("cases") == 1


def test_a_withdrawn_record_that_reappears_is_updated(source: Any) -> None:
    source.send(f"{MANY} 2:B", snapshot=True)
    source.send(MANY, snapshot=True)
    assert source.send(f"{MANY} 2:B", snapshot=True) == "=" * 40 + "u"
    assert source.rows("key, title, withdrawn_at, first_seen_at")[-1] == ("2", "B", None, 110)
    assert len(source.history()) == 2


def test_a_snapshot_that_lost_more_than_five_percent_withdraws_nothing_and_alarms(
    source: Any, store: Any
) -> None:
    source.send(f"{MANY} 1:A 2:B 3:C", snapshot=True)
    source.send(MANY, snapshot=True)
    assert source.query("SELECT count(*) FROM case_rows WHERE withdrawn_at IS NOT NULL") == [(0,)]
    [alarm] = store.open_alarms()
    assert (alarm["kind"], alarm["key"]) == ("snapshot_shrunk", "tax/cases")
    source.send(f"{MANY} 1:A 2:B 3:C", snapshot=True)
    assert store.open_alarms() == []


def test_a_record_met_only_as_a_rejection_is_not_missing(source: Any) -> None:
    source.send(f"{MANY} 1:A", snapshot=True)
    source.send(MANY, [{"k": "1", "bad": 1}], snapshot=True)
    assert source.query("SELECT count(*) FROM case_rows WHERE withdrawn_at IS NOT NULL") == [(0,)]


def test_an_alarm_is_raised_once_until_it_is_cleared(store: Any) -> None:
    assert store.raise_alarm("auth", "tax", "refused", 1)
    assert not store.raise_alarm("auth", "tax", "refused again", 2)
    [alarm] = store.open_alarms()
    assert (alarm["message"], alarm["raised_at"], alarm["last_seen_at"], alarm["times"]) == (
        "refused again",
        1,
        2,
        2,
    )
    assert store.clear_alarm("auth", "tax", 3)
    assert not store.clear_alarm("auth", "tax", 4)
    assert store.raise_alarm("auth", "tax", "refused", 5)


def test_drift_is_added_up_over_the_batches_in_the_order_its_fields_came(source: Any) -> None:
    with source.begin() as run:
        for told in ({"z": 1, "b": 2}, {"a": 1, "b": 3}):
            run.store(RawBatch(source.stream, []), Mapped((), {}, drift=told), now=source.now)
        assert list(run.drift(source.stream).items()) == [("z", 1), ("b", 5), ("a", 1)]
        run.finish("ok", source.now)


def dossiers(source: Any) -> dict[str, int]:
    """How often each case was woken, of those that were."""
    assert source.query("SELECT * FROM due") == []
    told = source.query("SELECT source_id, first_dossier_id, last_dossier_id, dossier_ids FROM woken")
    woken = [(by, range(a, b + 1) if listed is None else json.loads(listed)) for by, a, b, listed in told]
    known = source.query("SELECT dossier_id, source_id, case_no FROM dossiers")
    return Counter(
        case_no for d, owner, case_no in known for by, those in woken if by == owner and d in those
    )


def test_a_case_has_one_dossier_whoever_names_it_first(source: Any) -> None:
    """While nothing but cases came, the rows tell which are new; from the first child on they do not."""
    children = [{"k": "1", "s": "1"}, {"k": "9", "s": "1"}]
    assert source.send("1:A 2:B", children, "9:C 3:D", "4:E 1:F", "5:G") == "iiiiiiiui"
    assert dossiers(source) == {"1": 3, "2": 1, "3": 1, "4": 1, "5": 1, "9": 2}


def test_cases_of_two_streams_in_one_run_have_one_dossier_each(source: Any) -> None:
    with source.store.begin_run("tax", "sync", ["cases", "more"], "v1", 100) as run:
        for stream, told in (
            ("cases", "1:A 2:B"),
            ("cases", "3:C"),
            ("more", "2:B 4:D"),
            ("cases", "5:E 4:D"),
        ):
            source.stream = stream
            source.put(run, told)
        run.finish("ok", 100)
    assert dossiers(source) == {"1": 1, "2": 2, "3": 1, "4": 2, "5": 1}


def test_every_case_touched_is_due_and_no_other(source: Any) -> None:
    source.send("1:A 2:B")
    assert dossiers(source) == {"1": 1, "2": 1}
    source.send("1:C 2:B", [{"k": "3", "s": "x"}])
    assert dossiers(source) == {"1": 2, "2": 1, "3": 1}


@pytest.mark.parametrize("before", [[], ["9:X"]])
def test_members_that_came_before_their_lead_are_woken_when_it_comes(source: Any, before: list[str]) -> None:
    for told in before:
        source.send(told)
    source.send([{"k": "m", "p": "lead"}])
    first = dossiers(source)["m"]
    source.send("lead:A")
    assert dossiers(source)["m"] > first
    second = dossiers(source)["m"]
    source.send("lead:B")
    assert dossiers(source)["m"] == second


def test_the_lead_case_is_woken_by_its_members_their_pauses_and_their_leaving(source: Any) -> None:
    source.send([{"k": "L"}, {"k": "M"}, {"k": "1", "p": "L"}])
    before = dossiers(source)
    source.send([{"k": "1", "s": "x"}])
    assert dossiers(source)["L"] == before["L"] + 1
    source.send([{"k": "1", "p": "M"}])
    after = dossiers(source)
    assert (after["L"], after["M"]) == (before["L"] + 2, before["M"] + 1)


def test_streams_and_sources_share_cases_but_not_keys(source: Any, another: Callable[..., Any]) -> None:
    source.send("1:A")
    assert another(name="tax", stream="other", now=200).send("1:B 2:C") == "ii"
    assert another(name="land", now=200).send("1:D") == "i"
    assert source.query("SELECT count(*) FROM dossiers") == [(3,)]
    assert source.query("SELECT count(*) FROM case_rows") == [(4,)]


def test_streams_keep_the_rank_of_their_mapping(store: Any) -> None:
    for order in (["a", "b"], ["b", "a"]):
        store.begin_run("tax", "sync", order, "v1", 1).finish("ok", 2)
    with store.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT name FROM streams ORDER BY rank").all()
    assert [name for (name,) in found] == ["b", "a"]


def test_two_openings_of_a_store_agree_on_its_secret(store: Any, store_url: str) -> None:
    with open_store(store_url) as again:
        assert again.index_secret == store.index_secret


def test_an_alarm_that_two_find_at_once_is_raised_by_one_and_known_to_the_other(pg_url: str) -> None:
    """On SQLite one waits for the other; on PostgreSQL both may look before either has raised it."""
    with open_store(pg_url) as watch, open_store(pg_url) as audit:

        def raise_meanwhile(*told: Any) -> None:
            if told[2].startswith("INSERT INTO alarms"):
                assert audit.raise_alarm("silence", "tax", "nothing for 5 hours", 1)

        event.listen(watch.engine, "before_cursor_execute", raise_meanwhile)
        assert not watch.raise_alarm("silence", "tax", "nothing for 5 hours", 1)
        assert [alarm["key"] for alarm in watch.open_alarms()] == ["tax"]


def test_rows_of_another_mapping_are_looked_for_only_until_a_sync_by_this_one_began(
    source: Any, store: Any
) -> None:
    """Looking for them reads every row there is; before such a sync all of them were mapped anew."""
    read: list[str] = []

    def stale(version: str) -> list[str]:
        read.clear()
        return store.stale_streams(source.name, version)

    event.listen(store.engine, "before_cursor_execute", lambda *told: read.append(told[2]))
    source.send("1:A")
    assert (stale("v1"), any("case_rows" in told for told in read)) == ([], False)
    assert (stale("v2"), any("case_rows" in told for told in read)) == (["cases"], True)
    source.mapping = "v2"
    source.replay()
    assert (stale("v2"), any("case_rows" in told for told in read)) == ([], True)
    source.send("2:B")
    assert (stale("v2"), any("case_rows" in told for told in read)) == ([], False)
    source.mapping = "v1"
    source.replay("retry")
    assert (stale("v2"), any("case_rows" in told for told in read)) == ([], True)


def test_a_batch_whose_values_all_stand_is_counted_though_nothing_of_it_is_written(
    source: Any, store: Any
) -> None:
    source.send([{"k": "1", "t": "A"}, {"k": "2", "t": "B"}])
    written: list[str] = []
    with source.begin() as run:
        event.listen(store.engine, "before_cursor_execute", lambda *told: written.append(told[2].split()[0]))
        assert source.put(run, [{"t": "A", "k": "1"}, {"t": "B", "k": "2"}]) == "=="
        assert not {"INSERT", "UPDATE", "DELETE"}.intersection(written)
        run.finish("ok", source.now)
    assert source.query("SELECT received, unchanged FROM run_streams ORDER BY run_id") == [(2, 0), (2, 2)]


def test_a_batch_whose_values_all_stand_still_settles_what_was_quarantined(source: Any) -> None:
    source.send([{"k": "1", "t": "A"}])
    assert source.send([{"k": "1", "t": "A", "bad": "x"}]) == "q"
    assert source.send([{"t": "A", "k": "1"}]) == "="
    assert source.query("SELECT status FROM quarantine") == [("resolved",)]


def test_rows_that_another_mapping_made_between_looking_for_them_and_the_sync_are_found_by_the_next(
    source: Any, store: Any
) -> None:
    """A daemon that runs with the mapping as it was has the source for a moment, between those two."""
    source.mapping = "v2"
    source.send("1:A")
    assert store.stale_streams(source.name, "v2") == []
    source.mapping = "v1"
    source.send("2:B")
    source.mapping = "v2"
    source.send("3:C")  # was told before that nothing is to be replayed
    assert store.stale_streams(source.name, "v2") == ["cases"]
    source.replay()
    source.send("4:D")
    assert store.stale_streams(source.name, "v2") == []
    assert source.rows("DISTINCT mapping_id, 1 AS key") == [(1, 1)]
