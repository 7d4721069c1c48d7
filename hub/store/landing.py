"""Writing a plan: everything one batch changes, in one transaction (but see decision 18)."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext

from sqlalchemy import Connection, update

from hub.store import fingerprint_log, quarantine, runs
from hub.store.changes import Changes
from hub.store.dialect import Dialect
from hub.store.fingerprint_log import Entry
from hub.store.fingerprints import SeenKeys
from hub.store.intake import Intake
from hub.store.kept import KeptBatch, places_of
from hub.store.planning import Plan
from hub.store.preparing import cases_of
from hub.store.raw_pages import Packed, pack, store_page
from hub.store.rows import Head, Places, rows_of
from hub.store.schema import streams


class Landing:
    """Writes the plans of one run; what it remembers is only ever ahead of a rolled-back run that failed."""

    def __init__(self, dialect: Dialect, source_id: int, *, fresh_source: bool, has_parents: bool) -> None:
        self._dialect = dialect
        self._source_id = source_id
        #: The cases of a source that had none, as long as no stream by itself knows them all.
        self._cases: SeenKeys | None = SeenKeys() if fresh_source else None
        self._told_by: SeenKeys | None = None
        self._has_parents = has_parents
        self._packer = ThreadPoolExecutor(1, "hub-pages")
        self._page_ids: list[int] = []

    def close(self) -> None:
        self._packer.shutdown(wait=False, cancel_futures=True)

    def write(
        self, connection: Connection, head: Head, intake: Intake, plan: Plan, marks: Mapping[str, str]
    ) -> None:
        freed = self._set_free(connection, head, intake, plan)
        known = quarantine.known_digests(connection, head.stream_id, [r.digest for r in plan.rejected])
        kept = _to_keep(plan, known)
        page = self._packer.submit(pack, [plan.batch.raws[i] for i in kept]) if kept else None
        page_id = self._next_page_id(connection) if kept else 0
        places = places_of(plan.batch, kept, page_id)
        cases = plan.changes.case_nos()
        all_new = bool(cases) and self._all_cases_new(intake, plan, cases)
        with self._dialect.opening(connection, self._source_id, cases) if all_new else nullcontext():
            self._change(connection, head, plan.changes, places)
        if not intake.state.plural and plan.several:
            self._mark_plural(connection, intake)
        self._wake(connection, plan, cases, opened=all_new)
        self._quarantine(connection, head, plan, known, places, freed)
        self._finish(connection, head, intake, plan, marks, page, page_id)

    def _next_page_id(self, connection: Connection) -> int:
        self._page_ids = self._page_ids or self._dialect.page_ids(connection)
        return self._page_ids.pop(0)

    def _finish(
        self,
        connection: Connection,
        head: Head,
        intake: Intake,
        plan: Plan,
        marks: Mapping[str, str],
        page: "Future[Packed] | None",
        page_id: int,
    ) -> None:
        if page is not None:
            store_page(connection, head, page_id, plan.batch.origin, page.result())
        if plan.batch.cursor is not None:
            runs.save_cursor(connection, head.run_id, head.stream_id, value=plan.batch.cursor)
        runs.save_marks(connection, head.stream_id, marks)
        runs.save_progress(connection, head.run_id, intake.state)

    def _change(self, connection: Connection, head: Head, changes: Changes, places: Places) -> None:
        dialect, stream, last = self._dialect, head.stream_id, (head.now, head.run_id)
        entry = Entry()
        for kind, keys in changes.withdrawn.items():
            entry.gone.append(dialect.withdraw(connection, kind, stream, keys, last))
        for kind, keys in changes.moved.items():
            entry.gone.append(dialect.move(connection, kind, stream, keys, last))
        for kind, raw_fps in changes.touched.items():
            stood = dialect.touch(connection, kind, stream, raw_fps, head.mapping_id)
            entry.gone.append(stood)
            entry.came.append((b"".join(raw_fps.values()), stood[1]))
        for written in changes.written:
            dialect.insert(connection, rows_of(head, written, places))
            if not written.passed:
                entry.came.append(written.standing())
        fingerprint_log.note(connection, stream, head.mapping_id, entry)

    def withdraw(self, connection: Connection, head: Head, keys: Mapping[str, Sequence[str]]) -> None:
        """Withdraw rows by kind and wake their cases."""
        for kind, gone in keys.items():
            last = (head.now, head.run_id)
            stood = self._dialect.withdraw(connection, kind, head.stream_id, gone, last)
            fingerprint_log.note(connection, head.stream_id, head.mapping_id, Entry(gone=[stood]))
            if cases := list(set(cases_of(kind, gone))):
                self._dialect.wake(connection, self._source_id, cases)
                self._wake_parents(connection, frozenset(), cases)

    def _mark_plural(self, connection: Connection, intake: Intake) -> None:
        same = streams.c.stream_id == intake.state.stream_id
        connection.execute(update(streams).where(same).values(plural=1))

    def _wake(self, connection: Connection, plan: Plan, cases: Sequence[str], *, opened: bool) -> None:
        """Make or wake the dossiers of a batch's cases, and wake those that hang on them."""
        if not cases:
            return
        if not opened:
            if first_met := plan.changes.first_met(cases):
                self._dialect.make_dossiers(connection, self._source_id, first_met)
            self._dialect.wake(connection, self._source_id, cases)
        self._wake_parents(connection, plan.changes.parents, cases)
        self._wake_members(connection, plan, cases)

    def _wake_members(self, connection: Connection, plan: Plan, cases: Sequence[str]) -> None:
        """Cases that named a lead before it came are judged again now that it is there."""
        new = plan.changes.new.get("case")
        if new and self._has_parents:
            members = set(self._dialect.members(connection, self._source_id, new))
            if others := members.difference(cases):
                self._dialect.wake(connection, self._source_id, others)

    def _all_cases_new(self, intake: Intake, plan: Plan, cases: Sequence[str]) -> bool:
        if self._cases is None:
            return False
        if plan.case_hashes is not None and not self._cases and self._told_by in (None, intake.seen):
            # Nothing but cases came so far, of one stream, whose rows are what the keys it met stand for.
            self._told_by = intake.seen
            return plan.changes.all_new
        if self._told_by is not None:
            self._cases, self._told_by = self._told_by.copy(), None
        told = plan.case_hashes if plan.changes.all_new else None  # which are not those of a case withdrawn
        hashes = SeenKeys.hashes("case", cases) if told is None else told
        met = self._cases.meets(hashes)
        self._cases.add(hashes)
        return not met

    def _wake_parents(self, connection: Connection, parents: frozenset[str], cases: Sequence[str]) -> None:
        self._has_parents = self._has_parents or bool(parents)
        if not self._has_parents:
            return
        named = parents.union(self._dialect.parents(connection, self._source_id, cases))
        if others := named.difference(cases):
            self._dialect.wake(connection, self._source_id, others)

    def _set_free(self, connection: Connection, head: Head, intake: Intake, plan: Plan) -> set[str]:
        if not intake.held:
            return set()
        keys, digests = plan.set_free(intake.held, intake.digests(plan.batch))
        return quarantine.resolve(connection, head, keys, digests)

    def _quarantine(
        self,
        connection: Connection,
        head: Head,
        plan: Plan,
        known: dict[bytes, str],
        places: Places,
        cases: set[str],
    ) -> None:
        if plan.rejected:
            cases |= quarantine.keep(connection, head, plan.rejected, known, places)
            cases |= quarantine.resolve(connection, head, (), plan.overtaken())
        if cases:
            self._dialect.wake(connection, self._source_id, cases)


def _to_keep(plan: Plan, known: dict[bytes, str]) -> list[int]:
    """The raw records that go into a new page: what changed something, and rejected ones not kept yet."""
    if isinstance(plan.batch, KeptBatch):
        return []
    kept = ("open", "discarded")
    rejected = [r.rejection.index for r in plan.rejected if known.get(r.digest) not in kept]
    return sorted([*plan.changes.inserted, *plan.changes.updated, *rejected])
