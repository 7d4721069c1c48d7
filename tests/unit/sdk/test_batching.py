"""Pages become batches of one size, and wait for the Hub in bounded number."""

import threading
from itertools import chain
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sdk import batching
from hub.sdk.batching import Batch, Batcher
from hub.sdk.outbox import AHEAD_BYTES, Outbox
from hub.sdk.pages import Page, Stream
from hub.wire import Answer

STREAM = Stream("cases")
NO_CURSOR: Any = SimpleNamespace(position=lambda *, done: None)
RECORDS = st.lists(st.binary(max_size=30), max_size=12)


@given(st.lists(RECORDS, max_size=6), st.integers(1, 40), st.integers(1, 6))
def test_a_batch_ends_with_the_record_that_fills_it(pages, most_bytes, most_records):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batching, "MAX_BYTES", most_bytes)
        patch.setattr(batching, "MAX_RECORDS", most_records)
        batcher = Batcher(STREAM, NO_CURSOR, None)
        batches = [batch for page in pages for batch in batcher.add(Page(page))]
        last = batcher.rest(done=True)
    assert last is not None
    for batch in batches:
        assert len(batch.raws) == most_records or batch.size >= most_bytes
    batches.append(last)
    assert list(chain.from_iterable(batch.raws for batch in batches)) == list(chain.from_iterable(pages))
    for batch in batches:
        assert batch.size == sum(map(len, batch.raws))
        assert len(batch.raws) <= most_records
        assert not batch.raws or batch.size - len(batch.raws[-1]) < most_bytes


class _Hub:
    """Answers a batch whenever it is let."""

    def __init__(self) -> None:
        self.let = threading.Semaphore(0)
        self._counts: list[int] = []

    def write(self, head: Any, pieces: Any = ()) -> None:
        self._counts.append(head.count)

    def read(self) -> tuple[Answer, bytes]:
        self.let.acquire()
        return Answer(True), bytes([1]) * self._counts[-1]


def _quarter() -> Batch:
    return Batch(STREAM, raws=[b"{}"], size=AHEAD_BYTES // 4)


def test_what_is_fetched_ahead_of_the_hubs_answers_is_bounded():
    hub: Any = _Hub()
    sent = Outbox(hub, lambda *_: None)
    sent.put(_quarter())
    with sent._turned:
        assert sent._turned.wait_for(lambda: not sent._out, 5)  # it is on its way
    for _ in range(4):
        sent.put(_quarter())
    assert len(sent._out) == 4
    fifth = threading.Thread(target=sent.put, args=(_quarter(),), daemon=True)
    fifth.start()
    fifth.join(0.2)
    assert fifth.is_alive()
    hub.let.release()
    fifth.join(5)
    assert not fifth.is_alive()
    hub.let.release(5)
    sent.drain()
