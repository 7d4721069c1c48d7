"""Pages of any size into batches of one: what is sent, acknowledged and committed together."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from hub.errors import PluginFault
from hub.sdk.encoding import encode_all
from hub.sdk.pages import Page, Stream
from hub.sdk.paths import Picker
from hub.sdk.progress import Progress

MAX_RECORDS = 20_000
MAX_BYTES = 8 << 20
#: Fewer where rows are kept for their acknowledgement.
MAX_FLAGGED = 5_000


@dataclass(slots=True)
class Batch:
    """What goes over the wire in one turn; ``rows`` stay here, for the acknowledgement."""

    stream: Stream
    raws: list[bytes] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    size: int = 0
    cursor: str | None = None
    done: bool = False

    @property
    def origin(self) -> str:
        first, last = (self.origins[0], self.origins[-1]) if self.origins else ("", "")
        return first if first == last else f"{first} … {last}"

    @property
    def room(self) -> int:
        """How many more records it may hold."""
        most = MAX_FLAGGED if self.stream.delivery == "flagged" else MAX_RECORDS
        return 0 if self.size >= MAX_BYTES else most - len(self.raws)


class Batcher:
    """Collects the pages of one stream; lets a batch go when something follows it, so the last is known."""

    def __init__(self, stream: Stream, progress: Progress, limit: int | None) -> None:
        self.stream = stream
        self.progress = progress
        self.left = limit
        self.sent = 0
        self._pending = Batch(stream)
        self._pick = Picker(stream.cursor) if stream.cursor else None

    @property
    def limited(self) -> bool:
        """Whether the limit is reached."""
        return self.left is not None and self.left <= 0

    def add(self, page: Page) -> Iterator[Batch]:
        """Take a page in; yield the batches it completes."""
        if not isinstance(page, Page):
            raise PluginFault(
                f"pull() yielded a {type(page).__name__}", remedy="yield hub.sdk.Page(records=[…])"
            )
        if not isinstance(page.origin, str) or not isinstance(page.marks, Mapping):
            raise PluginFault("a page's origin must be text, its marks a dict")
        raws, rows = _contents(page, keep_rows=self.stream.delivery == "flagged")
        whole = self.left is None or len(raws) <= self.left
        if self.left is not None:
            raws, rows = raws[: self.left], rows[: self.left]
            self.left -= len(raws)
        if self._pick and page.cursors is not None and len(page.cursors) < len(raws):
            raise PluginFault(f"a page has {len(raws)} records and {len(page.cursors)} cursors beside them")
        ends, start = list(accumulate(map(len, raws), initial=0)), 0
        while start < len(raws):
            if not self._pending.room:
                yield self._release()
            stop = start + self._room(ends, start)
            part = raws if stop - start == len(raws) else raws[start:stop]
            cursors = page.cursors[start:stop] if page.cursors is not None else None
            self._take(part, rows[start:stop], page.origin, cursors)
            self._pending.size += ends[stop] - ends[start]
            start = stop
        if whole:
            self._pending.marks.update(page.marks)

    def _room(self, ends: Sequence[int], start: int) -> int:
        """How many more records fit; at least one. ``ends``: where each of the page would end, after 0."""
        count = min(self._pending.room, len(ends) - 1 - start)
        full = MAX_BYTES - self._pending.size + ends[start]
        return max(1, min(count, bisect_left(ends, full, start) - start))

    def _take(
        self, raws: Sequence[bytes], rows: Sequence[Any], origin: str, cursors: Sequence[Any] | None
    ) -> None:
        if self._pick:
            self.progress.see(self._pick(raws) if cursors is None else cursors)
        pending = self._pending
        pending.raws += raws
        pending.rows += rows
        if not pending.origins or pending.origins[-1] != origin:
            pending.origins = [*pending.origins[:1], origin]

    def _release(self) -> Batch:
        batch, self._pending = self._pending, Batch(self.stream)
        batch.cursor = self.progress.position(done=False)
        self.sent += len(batch.raws)
        return batch

    def rest(self, *, done: bool) -> Batch | None:
        """What is still held: with ``done`` always a batch, which ends the stream."""
        if not done and not self._pending.raws and not self._pending.marks:
            return None
        batch = self._release()
        if done:
            batch.cursor, batch.done = self.progress.position(done=True), True
        return batch


def _contents(page: Page, *, keep_rows: bool) -> tuple[list[bytes], Sequence[Any]]:
    records = page.records
    if not isinstance(records, list | tuple):
        try:
            records = list(records)
        except TypeError as error:
            raise PluginFault(f"a page's records are a {type(records).__name__}") from error
    raws = encode_all(records)
    rows = (page.rows if page.rows is not None else records) if keep_rows else ()
    if keep_rows and len(rows) != len(raws):
        raise PluginFault(f"a page has {len(raws)} records and {len(rows)} rows beside them")
    return raws, rows
