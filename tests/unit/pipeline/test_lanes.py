"""A batch made ready while the one before it is being stored ends as if it had waited."""

import json
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from hub.errors import StoreError
from hub.mapping.mapping import load_mapping
from hub.model.records import Counts, RawBatch
from hub.pipeline.lanes import Lane
from hub.pipeline.orders import SyncRequest
from hub.pipeline.overlap import Writer
from hub.pipeline.windows import WindowRequest
from hub.runner.pull import PulledBatch
from hub.store import intake
from hub.store.store import Store

TEXT = """
[streams.permits]
record = "case"
[streams.permits.fields]
case_no = "no"
title = "title"
"""


@pytest.fixture
def lane(store: Store, tmp_path: Path) -> Callable[..., Any]:
    path = tmp_path / "permits.toml"
    path.write_text(TEXT, "utf-8")
    mapping = load_mapping(path, codes_dir=tmp_path, zone=UTC)

    def begin(now: int) -> Lane:
        run = store.begin_run("city", "sync", ["permits"], mapping.version, now)
        request = SyncRequest(WindowRequest(started_at=now), lambda: now)
        return Lane(run, mapping.streams["permits"], "changes", request, frozenset)

    return begin


def _pulled(*titles: str) -> PulledBatch:
    raws = [json.dumps({"no": str(number), "title": title}).encode() for number, title in enumerate(titles)]
    return PulledBatch(RawBatch("permits", raws), {}, False)


def _first_load(lane: Callable[..., Any]) -> None:
    first = lane(1)
    first.take(first.ready(_pulled("a", "b")))
    first.run.finish("ok", 1)


def test_a_record_that_flips_back_in_the_next_batch_is_stored_again(lane: Any, store: Store) -> None:
    _first_load(lane)
    second = lane(2)
    second.take(second.ready(_pulled("a", "b")))
    away, back = second.ready(_pulled("A", "b")), second.ready(_pulled("a", "b"))
    assert (list(away.indexes), list(back.indexes)) == ([0], [])
    second.take(away)
    second.take(back)
    assert second.run.counts() == Counts(received=6, updated=2, unchanged=4)
    second.run.finish("ok", 2)


def test_what_stands_is_known_from_the_first_batch_of_a_large_run_on(lane: Any) -> None:
    _first_load(lane)
    second = lane(2)
    ahead = second.ready(_pulled("a", "B"))
    assert list(ahead.indexes) == [1]
    second.take(ahead)
    assert second.run.counts() == Counts(received=2, updated=1, unchanged=1)
    second.run.finish("ok", 2)


def test_what_stands_is_looked_up_by_the_writer_when_it_is_not_known_yet(
    lane: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that turns out large only at its second batch, while the first is perhaps being stored."""
    monkeypatch.setattr(intake, "FEW_ROWS", 0)
    monkeypatch.setattr(intake, "AMORTISED", 1)
    _first_load(lane)
    second = lane(2)
    first, ahead = second.ready(_pulled("A")), second.ready(_pulled("A", "B"))
    assert (list(first.indexes), list(ahead.indexes)) == ([0], [])
    second.take(first)
    second.take(ahead)
    assert second.run.counts() == Counts(received=3, updated=2, unchanged=1)
    second.run.finish("ok", 2)


@pytest.mark.parametrize("known", [True, False], ids=["what stands is known", "not yet"])
def test_a_record_that_is_not_utf8_is_refused_alone(lane: Any, known: bool) -> None:
    _first_load(lane)
    second = lane(2)
    if known:
        second.take(second.ready(_pulled("a", "b")))
    broken = PulledBatch(RawBatch("permits", [*_pulled("a", "b").batch.raws, b'{"no": "2\xff"}']), {}, False)
    ready = second.ready(broken)
    assert json.loads(ready.batch.raws[2])["_malformed"] == "not UTF-8 at byte 9"
    assert list(ready.batch.raws[:2]) == list(broken.batch.raws[:2])
    assert list(second.take(ready)) == [1, 1, 1]
    counts = second.run.counts()
    assert (counts.inserted, counts.updated, counts.quarantined) == (0, 0, 1)
    assert counts.unchanged == counts.received - 1
    second.run.finish("ok", 2)


def _fail() -> bytes:
    raise StoreError("the disk is full")


def _write(*works: Callable[[], bytes]) -> None:
    with Writer() as writer:
        for work in works:
            writer.begin(work)


class _Noted:
    def __init__(self) -> None:
        self.done = False

    def __call__(self) -> bytes:
        self.done = True
        return b""


def test_nothing_is_begun_after_a_failure() -> None:
    second = _Noted()
    with pytest.raises(StoreError):
        _write(_fail, second)
    assert not second.done


def test_what_is_under_way_ends_before_the_writer_is_left() -> None:
    only = _Noted()
    _write(only)
    assert only.done
