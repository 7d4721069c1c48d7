"""A run: takes the batches of one source in, one transaction each, and keeps count."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Literal

import numpy as np
from sqlalchemy import Connection, Engine

from hub.errors import StoreError
from hub.model.records import Counts, Mapped, Outcome, RawBatch, Rejection
from hub.store import alarms, runs
from hub.store.dialect import Dialect
from hub.store.engine import reading, writing, writing_on
from hub.store.fingerprints import FingerprintSet, pairs_of
from hub.store.intake import Intake, met_keys
from hub.store.kept import KeptBatch
from hub.store.landing import Landing
from hub.store.locks import SourceLock
from hub.store.planning import Plan, all_new, is_plural, settle_all_new, settle_by_deciding
from hub.store.preparing import Prepared, prepare
from hub.store.quarantine import Rejected, storable
from hub.store.rows import Head
from hub.store.runs import StreamState
from hub.store.sealing import Codec
from hub.store.standing import Lookup
from hub.store.withdrawing import SHRUNK, Missing, find_missing

RunKind = Literal["sync", "replay", "retry"]
RunStatus = Literal["ok", "partial", "failed"]


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of each raw record of a batch, in its order."""

    outcomes: list[Outcome]
    counts: Counts


@dataclass(frozen=True, slots=True)
class RunPlace:
    """Where and as what a run writes. ``lock`` None: a dry run, which writes nothing."""

    engine: Engine
    dialect: Dialect
    source: str
    source_id: int
    mapping_id: int
    run_id: int
    kind: RunKind
    codec: Codec
    secret: bytes
    lock: SourceLock | None


class RunWriter:
    """See Store.begin_run. Leaving it as a context manager frees the source, whatever happened."""

    def __init__(self, place: RunPlace, intakes: dict[str, Intake], landing: Landing) -> None:
        self._place = place
        self._intakes = intakes
        self._landing = landing
        self._lookups = {
            name: Lookup(place.engine, place.dialect, intake.state) for name, intake in intakes.items()
        }
        self._prepared: tuple[Mapped, list[Prepared]] | None = None
        self._finished = False

    @property
    def run_id(self) -> int:
        return self._place.run_id

    @property
    def dry(self) -> bool:
        return self._place.lock is None

    def cursor(self, stream: str) -> str | None:
        """Where the stream's last committed batch ended."""
        return self._intakes[stream].state.cursor

    def bound(self, stream: str) -> int | None:
        """The instant up to which the stream is known completely; None when never said."""
        return self._intakes[stream].state.bound

    def marks(self, stream: str) -> dict[str, str]:
        """What of the stream was taken already (files: path and digest)."""
        return dict(self._intakes[stream].state.marks)

    def counts(self, stream: str | None = None) -> Counts:
        """What was counted so far, of one stream or of all."""
        total = Counts()
        for name, intake in self._intakes.items():
            if stream in (None, name):
                total.add(intake.state.counts)
        return total

    def withdrawn(self, stream: str) -> int:
        return self._intakes[stream].state.withdrawn

    def drift(self, stream: str) -> dict[str, int]:
        return dict(self._intakes[stream].state.drift)

    def fresh(self, batch: RawBatch) -> list[int]:
        """The raw records to be mapped: those that are not, byte for byte, what stands already."""
        intake = self._intakes[batch.stream]
        intake.digests(batch)
        if self._place.kind != "sync" or not self._load_known(intake):
            return list(range(len(batch.raws)))
        assert intake.known is not None
        return np.flatnonzero(~intake.known.contains(intake.fingerprints(batch))).tolist()

    def rechecks(self, batch: RawBatch, mapped: Mapped) -> list[int]:
        """Records dropped as unchanged whose key this very batch changes: they must be mapped too."""
        dropped = _dropped(batch, mapped)
        if not dropped:
            return []
        intake = self._intakes[batch.stream]
        plural = isinstance(batch, KeptBatch) or is_plural(intake, mapped)
        blocks = self._prepare(mapped)
        parts = blocks if plural else [block.unknown_to(intake.values) for block in blocks]
        identities = [*mapped.raw_keys.values()] if plural else []
        rejected = [key for r in mapped.rejections if (key := storable(r.key))]
        standing = self._lookups[batch.stream].standing(parts, identities, plural)
        if rejected:
            standing |= self._lookups[batch.stream].standing((), rejected, True)
        met = FingerprintSet(pairs_of(b"".join([s.raw_fp for s in standing.values()])))
        at = np.array(dropped)
        again: list[int] = at[met.contains(intake.fingerprints(batch)[at])].tolist()
        return again

    def store(
        self, batch: RawBatch, mapped: Mapped, *, marks: Mapping[str, str] | None = None, now: int
    ) -> BatchOutcome:
        """Take a batch in, in one transaction; what it answers holds once it returns."""
        intake = self._intakes[batch.stream]
        head = self._head(intake, now)
        plan = self._plan(intake, batch, mapped, now)
        counts = plan.counts()
        if not counts.balanced():
            raise StoreError(f"the counts of a batch of {self._place.source}/{batch.stream} do not add up")
        before = replace(intake.state)
        _advance(intake.state, plan, counts)
        try:
            self._write(head, intake, plan, marks or {})
        except BaseException:
            _restore(intake.state, before)
            raise
        self._remember(intake, plan, now)
        return BatchOutcome(plan.outcomes, counts)

    def withdraw_missing(self, stream: str, now: int) -> int:
        """After a complete snapshot: withdraw the rows it no longer holds; returns how many."""
        intake = self._intakes[stream]
        head = self._head(intake, now)
        gone = find_missing(self._place.engine, self._place.dialect, intake)
        if gone.too_many or self.dry:
            self._alarm_shrunk(stream, gone, now)
            return 0 if gone.too_many else gone.count
        before = replace(intake.state)
        intake.state.withdrawn += gone.count
        try:
            with self._transaction(f"withdrawing from {self._place.source}/{stream}") as connection:
                self._landing.withdraw(connection, head, gone.keys)
                runs.save_progress(connection, self.run_id, intake.state)
                alarms.clear_alarm(connection, SHRUNK, f"{self._place.source}/{stream}", now)
        except BaseException:
            _restore(intake.state, before)
            raise
        return gone.count

    def _alarm_shrunk(self, stream: str, gone: Missing, now: int) -> None:
        if self.dry:
            return
        message = (
            f"the snapshot of {self._place.source}/{stream} lacks {gone.count} of {gone.of} records, "
            "more than 5 %: none was withdrawn"
        )
        with self._transaction("raising an alarm") as connection:
            alarms.raise_alarm(connection, SHRUNK, f"{self._place.source}/{stream}", message, now)

    def note_unchanged(self, stream: str, count: int) -> None:
        """Count records that the caller found superseded within a full re-read: received, unchanged."""
        state = self._intakes[stream].state
        state.counts = replace(state.counts)
        state.counts.add(Counts(received=count, unchanged=count))

    def abandon(self, now: int) -> None:
        """End the run after an unexpected error: what was committed stays."""
        error = {"kind": "interrupted", "message": "the run was given up", "remedy": "see the log"}
        self.finish("failed", now, error=error)

    def finish(
        self,
        status: RunStatus,
        now: int,
        bounds: Mapping[str, int] | None = None,
        error: Mapping[str, Any] | None = None,
    ) -> None:
        """End the run and free the source. ``bounds``: per stream, the instant up to which it is complete."""
        try:
            if not self.counts().balanced():
                raise StoreError(
                    f"the counts of run {self.run_id} do not add up", remedy="report this as a bug"
                )
            if not self.dry:
                with self._transaction("ending the run") as connection:
                    self._end(connection, status, now, bounds or {}, error)
            self._finished = True
        finally:
            self.close()

    def _end(
        self,
        connection: Connection,
        status: RunStatus,
        now: int,
        bounds: Mapping[str, int],
        error: Mapping[str, Any] | None,
    ) -> None:
        for name, bound in bounds.items():
            state = self._intakes[name].state
            state.bound = bound if state.bound is None else max(bound, state.bound)
            runs.save_cursor(connection, self.run_id, state.stream_id, bound=state.bound)
        for intake in self._intakes.values():
            runs.save_progress(connection, self.run_id, intake.state)
        runs.end(connection, self.run_id, status, now, error)

    def close(self) -> None:
        """Free the source; a run not finished by then is marked interrupted by the next one."""
        self._landing.close()
        if self._place.lock is not None:
            self._place.lock.release()

    def __enter__(self) -> "RunWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._finished:
            self.close()

    @contextmanager
    def _transaction(self, what: str) -> Iterator[Connection]:
        lock = self._place.lock
        assert lock is not None
        if lock.session is not None:
            with writing_on(lock.session, what) as connection:
                yield connection
        else:
            with writing(self._place.engine, what) as connection:
                yield connection

    def _head(self, intake: Intake, now: int) -> Head:
        place = self._place
        return Head(place.source_id, intake.state.stream_id, place.mapping_id, place.run_id, now)

    def _prepare(self, mapped: Mapped) -> list[Prepared]:
        if self._prepared is None or self._prepared[0] is not mapped:
            codec, secret = self._place.codec, self._place.secret
            self._prepared = (mapped, [prepare(block, codec, secret) for block in mapped.blocks])
        return self._prepared[1]

    def _plan(self, intake: Intake, batch: RawBatch, mapped: Mapped, now: int) -> Plan:
        digests = intake.digests(batch)
        rejections = _with_known_keys(batch, mapped.rejections)
        rejected = [Rejected(r, digests[r.index].tobytes()) for r in rejections]
        plural = isinstance(batch, KeptBatch) or is_plural(intake, mapped)
        plan = Plan(batch, mapped, self._prepare(mapped), intake.raw_fps(batch), rejected, plural)
        if all_new(intake, plan):
            settle_all_new(plan)
        else:
            self._load_values(intake, len(mapped.raw_keys))
            lookup = self._lookups[batch.stream]
            settle_by_deciding(plan, intake, lookup.standing, lookup.past, self._place.mapping_id, now)
        return plan

    def _write(self, head: Head, intake: Intake, plan: Plan, marks: Mapping[str, str]) -> None:
        if self.dry:
            return
        with self._transaction(f"storing a batch of {self._place.source}/{plan.batch.stream}") as connection:
            self._landing.write(connection, head, intake, plan, marks)
            intake.state.marks.update(marks)

    def _remember(self, intake: Intake, plan: Plan, now: int) -> None:
        """After the commit: what later batches of this run must know."""
        intake.state.plural = intake.state.plural or is_plural(intake, plan.mapped)
        if plan.decisions is not None:
            intake.forget(plan.decisions.forgotten)
        if plan.rejected:
            lookup = self._lookups[plan.batch.stream]
            keys = [r.rejection.key for r in plan.rejected if r.rejection.key]
            intake.hold(plan.rejected, plan.overtaken())
            if intake.known is not None and keys:
                intake.forget(list(lookup.standing((), keys, True).values()))
        if self.dry:
            self._lookups[plan.batch.stream].remember(plan, self._place.mapping_id, now)
        if intake.met is not None:
            keys = met_keys(list(plan.mapped.raw_keys.values()), plan.rejected)
            intake.met.note(intake.fingerprints(plan.batch), keys)
            intake.met.unreadable += sum(not r.rejection.key for r in plan.rejected)

    def _load_known(self, intake: Intake) -> bool:
        if intake.known is None and intake.worth_loading():
            intake.known = self._load(intake, "raw_fp")
            if intake.held.keys:
                lookup = self._lookups[intake.state.name]
                intake.forget(list(lookup.standing((), list(intake.held.keys), True).values()))
        return intake.known is not None

    def _load_values(self, intake: Intake, mapped: int) -> None:
        intake.decoded += mapped
        if intake.values is None and self._place.kind == "sync" and intake.worth_loading_values():
            intake.values = self._load(intake, "value_fp")

    def _load(self, intake: Intake, column: str) -> FingerprintSet:
        state, place = intake.state, self._place
        with reading(place.engine) as connection:
            pieces = [
                piece
                for kind, rows in state.kinds.items()
                if rows
                for piece in place.dialect.fingerprints(
                    connection, kind, state.stream_id, place.mapping_id, column
                )
            ]
        return FingerprintSet(pairs_of(b"".join(pieces)))


def _dropped(batch: RawBatch, mapped: Mapped) -> list[int]:
    """The records that were not mapped because they stand already."""
    taken = mapped.raw_keys.keys() | {r.index for r in mapped.rejections}
    return [] if len(taken) == len(batch.raws) else [i for i in range(len(batch.raws)) if i not in taken]


def _with_known_keys(batch: RawBatch, rejections: Sequence[Rejection]) -> Sequence[Rejection]:
    """A kept record whose key can no longer be read still belongs to the key it had."""
    if isinstance(batch, KeptBatch):
        rejections = [r if r.key else replace(r, key=batch.keys[r.index]) for r in rejections]
    return [replace(r, key=storable(r.key)) for r in rejections]


def _advance(state: StreamState, plan: Plan, counts: Counts) -> None:
    state.counts = replace(state.counts)
    state.counts.add(counts)
    state.kinds = {
        k: state.kinds.get(k, 0) + plan.new_rows().get(k, 0) for k in {*state.kinds, *plan.new_rows()}
    }
    state.cursor = state.cursor if plan.batch.cursor is None else plan.batch.cursor
    drift = plan.mapped.drift
    state.drift = {k: state.drift.get(k, 0) + drift.get(k, 0) for k in {*state.drift, *drift}}


def _restore(state: StreamState, before: StreamState) -> None:
    for name in StreamState.__slots__:
        setattr(state, name, getattr(before, name))
