"""A run: takes the batches of one source in, one transaction each, and keeps count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

from sqlalchemy import Connection

from hub.errors import StoreError
from hub.model.records import Counts, Mapped, Outcome, RawBatch
from hub.store import alarms, fingerprint_log, runs
from hub.store.desk import Desk
from hub.store.intake import Intake
from hub.store.landing import Landing
from hub.store.planning import Plan
from hub.store.rows import Head
from hub.store.run_place import RunPlace
from hub.store.runs import RunStatus, StreamState
from hub.store.withdrawing import SHRUNK, Missing, find_missing


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of each raw record of a batch, in its order."""

    outcomes: list[Outcome]
    counts: Counts


#: From so many records on, and a fifth of all, a run changes what the planner should know.
MUCH = 5_000


class RunWriter:
    """See Store.begin_run. Leaving it as a context manager frees the source, whatever happened."""

    def __init__(self, place: RunPlace, intakes: dict[str, Intake], landing: Landing) -> None:
        self._place = place
        self._intakes = intakes
        self._landing = landing
        self._desks = {name: Desk(place, intake) for name, intake in intakes.items()}
        self._finished = False

    @property
    def run_id(self) -> int:
        return self._place.run_id

    @property
    def dry(self) -> bool:
        return self._place.dry

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

    def ahead(self, batch: RawBatch) -> Sequence[int]:
        """Some or all of what ``fresh`` will say, asked while an earlier batch is still being stored."""
        return self._desks[batch.stream].recognising.ahead(batch)

    def knows(self, stream: str) -> bool:
        """Whether what stands is known, so that ``ahead`` leaves out only what stands byte for byte."""
        return self._intakes[stream].known is not None

    def prepare(self, batch: RawBatch, mapped: Mapped) -> None:
        """Do now what storing the batch needs, where all of it is new or little is changed: the writer then
        has enough to do.
        """
        desk = self._desks[batch.stream]
        if self._intakes[batch.stream].seen is not None:
            desk.plan_ahead(batch, mapped)
        else:
            desk.look_ahead(batch, mapped)

    def fresh(self, batch: RawBatch) -> list[int]:
        """The raw records that a sync must map: those that are not, byte for byte, what stands already.

        A replay or a retry maps all, and asks neither this nor ``ahead``.
        """
        return self._desks[batch.stream].recognising.fresh(batch)

    def rechecks(self, batch: RawBatch, mapped: Mapped) -> list[int]:
        """Records dropped as unchanged whose key this very batch changes: they must be mapped too."""
        return self._desks[batch.stream].rechecks(batch, mapped)

    def store(
        self, batch: RawBatch, mapped: Mapped, *, marks: Mapping[str, str] | None = None, now: int
    ) -> BatchOutcome:
        """Take a batch in, in one transaction; what it answers holds once it returns."""
        intake = self._intakes[batch.stream]
        head = self._head(intake, now)
        plan = self._desks[batch.stream].plan(batch, mapped, now)
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
        self._desks[batch.stream].remember(plan, now)
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
            with self._place.transaction(f"withdrawing from {self._place.source}/{stream}") as connection:
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
        with self._place.transaction("raising an alarm") as connection:
            alarms.raise_alarm(connection, SHRUNK, f"{self._place.source}/{stream}", message, now)

    def note_unchanged(self, stream: str, count: int) -> None:
        """Count records that the caller found superseded within a full re-read: received, unchanged."""
        state = self._intakes[stream].state
        state.counts = replace(state.counts)
        state.counts.add(Counts(received=count, unchanged=count))

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
                with self._place.transaction("ending the run") as connection:
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
            fingerprint_log.condense(connection, intake.state.stream_id, intake.state.kinds)
        for name, bound in bounds.items():
            runs.save_heard(connection, self.run_id, self._intakes[name].state.stream_id, bound)
        runs.end(connection, self.run_id, status, now, error)
        written = self.counts().inserted + self.counts().updated
        rows = sum(intake.state.rows for intake in self._intakes.values())
        if written >= MUCH and written * 5 >= rows:
            kinds = {kind for intake in self._intakes.values() for kind in intake.state.kinds}
            self._place.dialect.take_stock(connection, kinds)

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

    def _head(self, intake: Intake, now: int) -> Head:
        place = self._place
        return Head(place.source_id, intake.state.stream_id, place.mapping_id, place.run_id, now)

    def _write(self, head: Head, intake: Intake, plan: Plan, marks: Mapping[str, str]) -> None:
        marked = plan.several and not intake.state.plural
        told = plan.batch.cursor is not None or marks or marked or intake.held
        if self.dry or (plan.idle and not told):
            return  # the counts of such a batch are written with the next one's, or at the end
        with self._place.transaction(
            f"storing a batch of {self._place.source}/{plan.batch.stream}"
        ) as connection:
            self._landing.write(connection, head, intake, plan, marks)
            intake.state.marks.update(marks)


def _advance(state: StreamState, plan: Plan, counts: Counts) -> None:
    state.counts = replace(state.counts)
    state.counts.add(counts)
    new = {kind: len(keys) for kind, keys in plan.changes.new.items()}
    state.kinds = {k: state.kinds.get(k, 0) + new.get(k, 0) for k in {*state.kinds, *new}}
    state.cursor = state.cursor if plan.batch.cursor is None else plan.batch.cursor
    drift = plan.mapped.drift
    state.drift = {k: state.drift.get(k, 0) + drift.get(k, 0) for k in (state.drift | drift)}


def _restore(state: StreamState, before: StreamState) -> None:
    for name in StreamState.__slots__:
        setattr(state, name, getattr(before, name))
