"""One source's run, in order: window → pull → fresh → map → store → answer → finish."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from hub.errors import ConfigError, HubError, SourceError
from hub.mapping.mapping import Mapping
from hub.mapping.stream import StreamMapping
from hub.model.records import Delivery, Mapped, Outcome, RawBatch
from hub.pipeline.last_occurrence import LastOccurrences
from hub.pipeline.run_document import error_document, run_document
from hub.pipeline.windows import WindowRequest, window_for
from hub.roles import Plugin, StreamSpec
from hub.runner.pull import Pull, PulledBatch, PullOrder, StreamOrder
from hub.store.run_writer import RunStatus, RunWriter
from hub.store.store import Store

Progress = Callable[[str, str, int], None]

FLAG_TAKEN, FLAG_ITEM_UNKNOWN, FLAG_REJECTED = 1, 2, 3


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """Everything one source's runs need, assembled by the composition root.

    ``known_items`` are the catalogue's item codes: a row of a flagged stream with another one is
    answered "item unknown" (it is stored all the same; M21 says so to people).
    """

    name: str
    plugin: Plugin
    config: dict[str, Any]
    hosts: tuple[str, ...]
    streams: dict[str, StreamSpec]
    mapping: Mapping
    known_items: frozenset[str]
    deadline_s: float
    timezone: str
    base_dir: str


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """How this run was asked for; ``now`` reads the clock of whoever asked."""

    window: WindowRequest
    now: Callable[[], int]
    dry: bool = False
    limit: int | None = None
    progress: Progress = lambda *_: None
    stop: Callable[[], bool] = lambda: False


@dataclass(slots=True)
class _Outcome:
    """How far a run got: the first error ends it, finished streams earn their bound."""

    done: set[str] = field(default_factory=set)
    error: HubError | None = None

    def status(self, received: int) -> RunStatus:
        if self.error is None:
            return "ok"
        return "partial" if received else "failed"


def sync_source(store: Store, plan: SourcePlan, request: SyncRequest) -> dict[str, Any]:
    """Run one source to its end and return its run as ``hub sync`` reports it (instants as integers).

    A SourceError becomes the run's error; Busy and StoreError are raised.
    """
    started_at = request.window.started_at
    snapshots = {name for name, spec in plan.streams.items() if spec.delivery == "snapshot"}
    opened = store.begin_run(
        plan.name,
        "sync",
        list(plan.streams),
        plan.mapping.version,
        started_at,
        dry=request.dry,
        snapshots=snapshots,
    )
    with opened as run:
        outcome = _Outcome()
        try:
            _pull_all(run, plan, request, outcome)
        except (SourceError, ConfigError) as stopped:
            outcome.error = stopped
        bounds = {} if request.window.by_hand else dict.fromkeys(sorted(outcome.done), request.window.bound)
        status, error, now = (
            outcome.status(run.counts().received),
            error_document(outcome.error),
            request.now(),
        )
        run.finish(status, now, bounds=bounds, error=error)
    return run_document(run, plan.name, plan.streams, "sync", status, (started_at, now), error)


def _pull_all(run: RunWriter, plan: SourcePlan, request: SyncRequest, outcome: _Outcome) -> None:
    with Pull(_order(run, plan, request), stop=request.stop) as pull:
        lanes = {name: _lane(run, plan, request, name) for name in plan.streams}
        for pulled in pull:
            lane = lanes[pulled.batch.stream]
            flags = lane.take(pulled)
            pull.answer(flags, committed=not request.dry)
            request.progress(plan.name, pulled.batch.stream, len(pulled.batch.raws))
            if request.stop():
                raise SourceError("the run was stopped by a signal", remedy="run hub sync again")
    for name, lane in lanes.items():
        complete = pull.final is not None and pull.final.complete.get(name, False)
        lane.close(complete=complete and request.limit is None)
        if complete and request.limit is None:
            outcome.done.add(name)
    outcome.error = next(iter(pull.stream_errors.values()), None)


def _order(run: RunWriter, plan: SourcePlan, request: SyncRequest) -> PullOrder:
    streams = {
        name: StreamOrder(
            delivery=spec.delivery,
            cursor=spec.cursor,
            ordered=spec.ordered,
            window=window_for(run.cursor(name), request.window),
            marks={} if request.window.full else run.marks(name),
            committed=run.cursor(name),
            settings=spec.settings,
        )
        for name, spec in plan.streams.items()
    }
    return PullOrder(
        source=plan.name,
        plugin=plan.plugin,
        config=plan.config,
        streams=streams,
        deadline_s=plan.deadline_s,
        timezone=plan.timezone,
        started_at=request.window.started_at,
        limit=request.limit,
        base_dir=plan.base_dir,
        hosts=plan.hosts,
    )


def _lane(run: RunWriter, plan: SourcePlan, request: SyncRequest, name: str) -> "_Lane":
    spec, mapping = plan.streams[name], plan.mapping.streams[name]
    if plan.plugin.kind == "files" and request.window.full and spec.delivery == "changes":
        return _FullFolderLane(run, mapping, spec.delivery, request, plan.known_items)
    return _Lane(run, mapping, spec.delivery, request, plan.known_items)


class _Lane:
    """One stream of one run: what is done with each batch, and at the stream's end."""

    def __init__(
        self,
        run: RunWriter,
        mapping: StreamMapping,
        delivery: Delivery,
        request: SyncRequest,
        known_items: frozenset[str],
    ) -> None:
        self.run = run
        self.mapping = mapping
        self.delivery = delivery
        self.request = request
        self.known_items = known_items

    def take(self, pulled: PulledBatch) -> bytes:
        """Store the batch in one transaction; the flag of each of its rows."""
        batch = self._without_cursor(pulled.batch)
        mapped = self.map(batch)
        outcome = self.run.store(batch, mapped, marks=pulled.marks, now=self.request.now())
        return self.flags(mapped, outcome.outcomes)

    def close(self, *, complete: bool) -> None:
        """The stream has ended; only a complete snapshot says what is no longer there."""
        if complete and self.delivery == "snapshot":
            self.run.withdraw_missing(self.mapping.name, self.request.now())

    def map(self, batch: RawBatch) -> Mapped:
        """Map what is not byte for byte what the store has, and what this batch then changes back.

        Flagged rows are all mapped: each is answered by its item code, also one delivered again.
        """
        if self.delivery == "flagged":
            return self.mapping.apply(batch.raws, range(len(batch.raws)))
        fresh = self.run.fresh(batch)
        mapped = self.mapping.apply(batch.raws, fresh)
        again = self.run.rechecks(batch, mapped)
        if again:
            mapped = self.mapping.apply(batch.raws, sorted({*fresh, *again}))
        return mapped

    def flags(self, mapped: Mapped, outcomes: list[Outcome]) -> bytes:
        """1 taken, 2 item unknown, 3 rejected: one byte a row, in order."""
        flags = bytearray([FLAG_TAKEN]) * len(outcomes)
        if self.delivery != "flagged":
            return bytes(flags)
        for block in mapped.blocks:
            for index, code in zip(block.indexes, block.columns.get("item_code", ()), strict=False):
                if code is not None and code not in self.known_items:
                    flags[index] = FLAG_ITEM_UNKNOWN
        for index, outcome in enumerate(outcomes):
            if outcome is Outcome.QUARANTINED:
                flags[index] = FLAG_REJECTED
        return bytes(flags)

    def _without_cursor(self, batch: RawBatch) -> RawBatch:
        if not self.request.window.by_hand or batch.cursor is None:
            return batch
        return RawBatch(batch.stream, batch.raws, batch.origin, cursor=None)


class _FullFolderLane(_Lane):
    """A drop folder read again in full: each key by its last occurrence (see last_occurrence)."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.held = LastOccurrences(self.mapping.name)
        self.marks: dict[str, str] = {}
        self.waiting = 0

    def take(self, pulled: PulledBatch) -> bytes:
        batch, everything = pulled.batch, range(len(pulled.batch.raws))
        self.marks.update(pulled.marks)
        mapped = self.mapping.apply(batch.raws, everything)
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
        return bytes([FLAG_TAKEN]) * len(batch.raws)

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
            mapped = self.map(batch)
            self.run.store(batch, mapped, marks=marks or {}, now=self.request.now())
