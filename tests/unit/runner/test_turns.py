"""A batch is answered after it is committed, and acknowledged only after it is answered."""

import json
import sqlite3
from pathlib import Path

import pytest

from hub.model.records import Window
from hub.runner.pull import Pull

FLAGGED = '[plugin]\nname = "mine"\ncontract = 1\nkind = "code"\n[streams.cases]\ndelivery = "flagged"\n'
ACKNOWLEDGING = """
    from hub.sdk import *
    class Mine(Source):
        def pull(self, ctx, stream, window):
            yield Page([{"n": n} for n in range(3)], rows=["a", "b", "c"])
        def acknowledge(self, ctx, rows):
            print("acknowledged", [(r.stream.name, r.row, r.flag) for r in rows])
    @hookimpl
    def hub_source(): return Mine
"""


def test_each_row_is_acknowledged_with_its_fate(order, run):
    account = run(order(code=ACKNOWLEDGING, manifest=FLAGGED), flag=lambda raw: json.loads(raw)["n"] + 1)
    assert "acknowledged [('cases', 'a', 1), ('cases', 'b', 2), ('cases', 'c', 3)]" in account.output


def test_nothing_is_acknowledged_in_a_dry_run(order, run):
    account = run(order(code=ACKNOWLEDGING, manifest=FLAGGED), flag=None)
    assert len(account.raws) == 3
    assert "acknowledged" not in account.output


def test_nothing_is_acknowledged_before_the_answer(order):
    with Pull(order(code=ACKNOWLEDGING, manifest=FLAGGED)) as pull:
        next(iter(pull))
    assert "acknowledged" not in pull.output


def test_an_unflagged_stream_is_not_acknowledged(order, run):
    assert "acknowledged" not in run(order(code=ACKNOWLEDGING)).output


def test_an_unanswered_batch_stops_the_iteration(order):
    with Pull(order(code=ACKNOWLEDGING)) as pull:
        batches = iter(pull)
        next(batches)
        with pytest.raises(RuntimeError, match="not answered"):
            next(batches)


def test_the_next_page_is_fetched_while_the_hub_commits(order, tmp_path: Path):
    code = f"""
    from pathlib import Path
    from hub.sdk import *
    class Mine(Source):
        def pull(self, ctx, stream, window):
            for n in range(3):
                Path({str(tmp_path)!r}, f"fetched{{n}}").touch()
                yield Page([{{"n": n}}] * 20_000)
    @hookimpl
    def hub_source(): return Mine
    """
    with Pull(order(code=code)) as pull:
        batches = iter(pull)
        next(batches)
        while not (tmp_path / "fetched2").exists():  # ends at the deadline of the test at the latest
            pass
        pull.answer(b"\1" * 20_000)
        assert sum(len(b.batch.raws) for b in _answering(pull, batches)) == 40_000


def _answering(pull, batches):
    for pulled in batches:
        yield pulled
        pull.answer(b"\1" * len(pulled.batch.raws))


STREAMS = """
    from hub.sdk import *
    class Mine(Source):
        def pull(self, ctx, stream, window):
            yield Page([{"s": stream.name}])
            if stream.name == "b": raise SourceChanged("b is not what it was")
    @hookimpl
    def hub_source(): return Mine
"""


def test_a_changed_stream_stops_alone_and_keeps_what_came(order, run):
    manifest = FLAGGED.replace("[streams.cases]\n", "[streams.c]\n[streams.b]\n[streams.a]\n")
    account = run(order(code=STREAMS, manifest=manifest.replace('delivery = "flagged"\n', "")))
    assert [batch.stream for batch in account.batches] == ["c", "b", "a"]
    assert account.done == ["c", "a"]
    assert account.complete == {"a": True, "b": False, "c": True}
    assert str(account.stream_errors["b"]) == "b is not what it was"
    assert account.error is None


def test_a_limit_holds_for_each_stream_and_leaves_it_incomplete(order, run):
    code = STREAMS.replace('yield Page([{"s": stream.name}])', "yield Page([{'n': n} for n in range(9)])")
    account = run(order(code=code, limit=4))
    assert len(account.raws) == 4
    assert account.complete == {"cases": False}


def test_an_empty_stream_ends_with_an_empty_batch(order, run):
    account = run(order(code=STREAMS.replace('yield Page([{"s": stream.name}])', "yield Page([])")))
    assert [list(batch.raws) for batch in account.batches] == [[]]
    assert account.done == ["cases"]


def exchange(tmp_path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(tmp_path / "x.db")
    base.execute("create table SB (NO text primary key, NAME text, T real, SIGN integer default 0)")
    base.executemany("insert into SB (NO, NAME) values (?, ?)", [("1", "a"), ("2", None), ("3", "c")])
    base.commit()
    return base


TABLE = {"url": "sqlite:///x.db", "streams": {"SB": {"delivery": "flagged", "flag": "SIGN"}}}


def test_the_flag_is_set_back_to_each_rows_fate(order, run, tmp_path: Path):
    base = exchange(tmp_path)
    run(order("table", TABLE), flag=lambda raw: int(json.loads(raw)["NO"]))
    assert base.execute("select SIGN from SB order by NO").fetchall() == [(1,), (2,), (3,)]
    assert run(order("table", TABLE)).raws == []


def test_a_row_edited_between_reading_and_acknowledging_keeps_its_flag(order, run, tmp_path: Path):
    base = exchange(tmp_path)

    def edited(raw: bytes) -> int:
        base.execute("update SB set NAME = 'edited' where NO = '2'")
        base.commit()
        return 1

    account = run(order("table", TABLE), flag=edited)
    assert base.execute("select SIGN from SB order by NO").fetchall() == [(1,), (0,), (1,)]
    assert "1 rows were edited meanwhile" in account.output
    assert [json.loads(raw)["NAME"] for raw in run(order("table", TABLE)).raws] == ["edited"]


def test_a_version_column_tells_an_edit_too(order, run, tmp_path: Path):
    base = exchange(tmp_path)
    base.execute("alter table SB add column VER integer default 1")

    def edited(raw: bytes) -> int:
        base.execute("update SB set VER = 2 where NO = '3'")
        base.commit()
        return 1

    stream = {**TABLE["streams"]["SB"], "version": "VER"}
    run(order("table", {**TABLE, "streams": {"SB": stream}}), flag=edited)
    assert base.execute("select SIGN from SB order by NO").fetchall() == [(1,), (1,), (0,)]


def test_a_full_pull_takes_no_notice_of_the_flag(order, run, tmp_path: Path):
    exchange(tmp_path)
    run(order("table", TABLE))
    assert len(run(order("table", TABLE, window=Window(None, None, "full"))).raws) == 3


def test_a_taken_file_is_archived_after_its_commit_only(order, run, tmp_path: Path):
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "a.csv").write_text("n\n1\n")
    files = {"folder": "drop", "archive": "done", "streams": {"cases": {"pattern": "*.csv"}}}
    run(order("files", files), flag=None)
    assert (drop / "a.csv").exists()
    account = run(order("files", files))
    assert list(account.marks) == ["a.csv"]
    assert [p.name for p in (tmp_path / "done").iterdir()] == ["a.csv"]
    assert not (drop / "a.csv").exists()
