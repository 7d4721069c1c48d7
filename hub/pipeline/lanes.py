"""What is done with the batches of one stream: made ready, taken in, answered."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from hub.mapping.stream import StreamMapping
from hub.model.records import Delivery, Mapped, Outcome, RawBatch
from hub.pipeline.last_occurrence import LastOccurrences
from hub.pipeline.orders import SourcePlan, SyncRequest
from hub.runner.pull import PulledBatch
from hub.runner.texts import in_utf8
from hub.store.run_writer import RunWriter
from hub.wire import ITEM_UNKNOWN, REJECTED, TAKEN


def lane_for(run: RunWriter, plan: SourcePlan, request: SyncRequest, name: str) -> "Lane":
    spec, mapping = plan.streams[name], plan.mapping.streams[name]
    if plan.plugin.kind == "files" and request.window.full and spec.delivery == "changes":
        return FullFolderLane(run, mapping, spec.delivery, request, plan.known_items)
    return Lane(run, mapping, spec.delivery, request, plan.known_items)


@dataclass(frozen=True, slots=True)
class Ready:
    """A batch and what of it is mapped already: the records at ``indexes``."""

    batch: RawBatch
    marks: dict[str, str]
    indexes: Sequence[int]
    mapped: Mapped


class Lane:
    """One stream of one run: what is done with each batch, and at the stream's end."""

    def __init__(
        self,
        run: RunWriter,
        mapping: StreamMapping,
        delivery: Delivery,
        request: SyncRequest,
        known_items: Callable[[], frozenset[str]],
    ) -> None:
        self.run = run
        self.mapping = mapping
        self.delivery = delivery
        self.request = request
        self.known_items = known_items
        self._known: frozenset[str] = frozenset()

    def promises(self, pulled: PulledBatch) -> bool:
        """Whether answering the batch acknowledges anything at the source: then only after its commit."""
        return self.delivery == "flagged" or bool(pulled.marks)

    def ready(self, pulled: PulledBatch) -> Ready:
        """The batch mapped as far as can be told while the one before it is being written."""
        batch, indexes = self._looked_at(self._without_cursor(pulled.batch))
        mapped = self.mapping.apply(batch.raws, indexes)
        self.run.prepare(batch, mapped)
        return Ready(batch, pulled.marks, indexes, mapped)

    def _looked_at(self, batch: RawBatch) -> tuple[RawBatch, Sequence[int]]:
        """The batch in UTF-8, and what of it is to be mapped by what can be told already.

        What stands byte for byte was seen to be UTF-8 when it came.
        """
        if self.delivery == "flagged":
            return _in_utf8(batch), range(len(batch.raws))
        knows = self.run.knows(batch.stream)  # asked first: what is only known later tells nothing of these
        indexes = self.run.ahead(batch)
        mended = _in_utf8(batch, indexes if knows else None)
        return mended, indexes if mended is batch else self.run.ahead(mended)

    def take(self, ready: Ready) -> bytes:
        """Store the batch in one transaction; the flag of each of its rows."""
        mapped = self.map(ready)
        outcome = self.run.store(ready.batch, mapped, marks=ready.marks, now=self.request.now())
        return self.flags(mapped, outcome.outcomes)

    def close(self, *, complete: bool) -> None:
        """The stream has ended; only a complete snapshot says what is no longer there."""
        if complete and self.delivery == "snapshot":
            self.run.withdraw_missing(self.mapping.name, self.request.now())

    def map(self, ready: Ready) -> Mapped:
        """Map what is not byte for byte what the store has, and what this batch then changes back.

        Flagged rows are all mapped: each is answered by its item code, also one delivered again.
        """
        batch, mapped = ready.batch, ready.mapped
        if self.delivery == "flagged":
            return mapped
        # Once more, because the batch stored meanwhile may have changed what this one then brings again.
        fresh = self.run.fresh(batch)
        if len(fresh) > len(ready.indexes):
            mapped = self.mapping.apply(batch.raws, fresh)
        again = self.run.rechecks(batch, mapped)
        if again:
            mapped = self.mapping.apply(batch.raws, sorted({*fresh, *again}))
        return mapped

    def flags(self, mapped: Mapped, outcomes: list[Outcome]) -> bytes:
        """1 taken, 2 item unknown, 3 rejected: one byte a row, in order."""
        flags = bytearray([TAKEN]) * len(outcomes)
        if self.delivery != "flagged":
            return bytes(flags)
        for block in mapped.blocks:
            codes = block.columns.get("item_code", ())
            if not self._known.issuperset(code for code in codes if code is not None):
                self._known = self.known_items()  # once more: this run may have brought the item itself
            for index, code in zip(block.indexes, codes, strict=False):
                if code is not None and code not in self._known:
                    flags[index] = ITEM_UNKNOWN
        for index, outcome in enumerate(outcomes):
            if outcome is Outcome.QUARANTINED:
                flags[index] = REJECTED
        return bytes(flags)

    def _without_cursor(self, batch: RawBatch) -> RawBatch:
        if not self.request.window.by_hand or batch.cursor is None:
            return batch
        return RawBatch(batch.stream, batch.raws, batch.origin, cursor=None)


class FullFolderLane(Lane):
    """A drop folder read again in full: each key by its last occurrence (see last_occurrence)."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.held = LastOccurrences(self.mapping.name)
        self.marks: dict[str, str] = {}
        self.waiting = 0

    def ready(self, pulled: PulledBatch) -> Ready:
        batch = _in_utf8(pulled.batch)
        everything = range(len(batch.raws))
        return Ready(batch, pulled.marks, everything, self.mapping.apply(batch.raws, everything))

    def take(self, ready: Ready) -> bytes:
        batch, everything, mapped = ready.batch, ready.indexes, ready.mapped
        self.marks.update(ready.marks)
        rejected = {r.index: r.key for r in mapped.rejections}
        differs = set(self.run.fresh(batch))
        apart = []
        for index in everything:
            key = mapped.raw_keys.get(index) or rejected.get(index)
            if key is None:
                apart.append(index)
            elif index in differs:
                self.held.hold(key, batch.raws[index], batch.origin)
                self.waiting += 1
            else:
                self.held.settle(key)
                self.waiting += 1
        self._store(RawBatch(batch.stream, [batch.raws[i] for i in apart], batch.origin))
        return bytes([TAKEN]) * len(batch.raws)

    def close(self, *, complete: bool) -> None:
        with closing(self.held):
            for batch in self.held.batches():
                self.waiting -= len(batch.raws)
                self._store(batch)
            self.run.note_unchanged(self.mapping.name, self.waiting)
            if complete:
                self._store(RawBatch(self.mapping.name, []), self.marks)

    def _store(self, batch: RawBatch, marks: dict[str, str] | None = None) -> None:
        if batch.raws or marks:
            ready = Ready(batch, marks or {}, (), self.mapping.apply(batch.raws, ()))
            super().take(ready)


def _in_utf8(batch: RawBatch, doubtful: Sequence[int] | None = None) -> RawBatch:
    raws = in_utf8(batch.raws, doubtful)
    return batch if raws is batch.raws else replace(batch, raws=raws)
