"""Writing a plan: everything one batch changes, in one transaction."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext

import numpy as np
from sqlalchemy import Connection, update

from hub.model.arrow_column import ArrowColumn, taken
from hub.model.records import KEY_SEPARATOR
from hub.store import quarantine, runs
from hub.store.dialect import Dialect
from hub.store.fingerprints import SeenKeys
from hub.store.intake import Intake
from hub.store.kept import KeptBatch
from hub.store.outcomes import Decisions, Standing, by_kind
from hub.store.planning import Plan
from hub.store.raw_pages import Packed, pack, store_page
from hub.store.renewal import Renewal
from hub.store.rows import Head, Place, Rows, rows_all_new, rows_as_decided, rows_renewed
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

    def close(self) -> None:
        self._packer.shutdown(wait=False, cancel_futures=True)

    def write(
        self, connection: Connection, head: Head, intake: Intake, plan: Plan, marks: Mapping[str, str]
    ) -> None:
        freed = self._set_free(connection, head, intake, plan)
        known = quarantine.known_digests(connection, head.stream_id, [r.digest for r in plan.rejected])
        kept = _to_keep(plan, known)
        page = self._packer.submit(pack, [plan.batch.raws[i] for i in kept]) if kept else None
        page_id = self._dialect.next_page_id(connection) if kept else 0
        places = _places(plan, kept, page_id)
        cases = plan.case_nos()
        all_new = bool(cases) and self._all_cases_new(intake, plan, cases)
        with self._dialect.opening(connection, self._source_id, cases) if all_new else nullcontext():
            if plan.decisions is None:
                self._write_all_new(connection, head, plan, kept, page_id)
            elif isinstance(plan.decisions, Renewal):
                self._write_renewed(connection, head, plan, plan.decisions, kept, page_id)
            else:
                self._write_decided(connection, head, plan, plan.decisions, places)
        if not intake.state.plural and plan.several:
            self._mark_plural(connection, intake)
        self._wake(connection, plan, cases, opened=all_new)
        self._quarantine(connection, head, plan, known, places, freed)
        self._finish(connection, head, intake, plan, marks, page, page_id)

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

    def _write_all_new(
        self, connection: Connection, head: Head, plan: Plan, kept: Sequence[int], page_id: int
    ) -> None:
        whole = len(kept) == len(plan.batch.raws)
        places = {} if whole else {index: i for i, index in enumerate(kept)}
        for block in plan.blocks:
            if not len(block):
                continue
            same = not plan.plural and len(block) == len(plan.raw_fps)
            raw_fps = plan.raw_fps if same else taken(plan.raw_fps, block.indexes)
            identities = [plan.mapped.raw_keys[i] for i in block.indexes] if plan.plural else block.keys
            at = ArrowColumn.of_integers(
                np.array(block.indexes if whole else [places[i] for i in block.indexes])
            )
            self._dialect.insert(connection, rows_all_new(head, block, raw_fps, identities, page_id, at))

    def _write_renewed(
        self,
        connection: Connection,
        head: Head,
        plan: Plan,
        made: Renewal,
        kept: Sequence[int],
        page_id: int,
    ) -> None:
        block = made.block
        if made.nothing:
            return
        if moved := made.moved:
            last = (head.now, head.run_id)
            self._dialect.move(connection, block.kind, head.stream_id, moved, last)
        at = ArrowColumn.of_integers(np.searchsorted(kept, block.indexes))
        firsts = ArrowColumn.of_integers(made.first_seen_at)
        raw_fps = taken(plan.raw_fps, block.indexes)
        self._dialect.insert(connection, rows_renewed(head, block, raw_fps, page_id, at, firsts))

    def _write_decided(
        self, connection: Connection, head: Head, plan: Plan, made: Decisions, places: dict[int, Place]
    ) -> None:
        last = (head.now, head.run_id)
        for kind, keys in by_kind(made.withdrawn).items():
            self._dialect.withdraw(connection, kind, head.stream_id, keys, last)
        for kind, keys in by_kind(made.moved).items():
            self._dialect.move(connection, kind, head.stream_id, keys, last)
        for kind, keys in by_kind(made.touched).items():
            raw_fps = {key: made.touched[kind, key] for key in keys}
            self._dialect.touch(connection, kind, head.stream_id, raw_fps, head.mapping_id)
        for rows in _chosen(head, plan, [s for _, s in made.passed], places, passed=True):
            self._dialect.insert(connection, rows)
        for rows in _chosen(head, plan, list(made.final.values()), places, passed=False):
            self._dialect.insert(connection, rows)

    def withdraw(self, connection: Connection, head: Head, keys: Mapping[str, Sequence[str]]) -> None:
        """Withdraw rows by kind and wake their cases."""
        for kind, gone in keys.items():
            self._dialect.withdraw(connection, kind, head.stream_id, gone, (head.now, head.run_id))
            if kind == "item":
                continue
            cases = list({key.split(KEY_SEPARATOR, 1)[0] for key in gone})
            self._dialect.bump(connection, self._source_id, cases)
            self._wake_parents(connection, set(), cases)

    def _mark_plural(self, connection: Connection, intake: Intake) -> None:
        same = streams.c.stream_id == intake.state.stream_id
        connection.execute(update(streams).where(same).values(plural=1))

    def _wake(self, connection: Connection, plan: Plan, cases: Sequence[str], *, opened: bool) -> None:
        """Make or wake the dossiers of a batch's cases, and wake those that hang on them."""
        if not cases:
            return
        if not opened:
            self._dialect.bump(connection, self._source_id, cases)
        self._wake_parents(connection, plan.parents(), cases)
        self._wake_members(connection, plan, cases)

    def _wake_members(self, connection: Connection, plan: Plan, cases: Sequence[str]) -> None:
        """Cases that named a lead before it came are judged again now that it is there."""
        new = cases if plan.decisions is None else plan.decisions.new_keys.get("case")
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
            return plan.decisions is None
        if self._told_by is not None:
            self._cases, self._told_by = self._told_by.copy(), None
        hashes = SeenKeys.hashes("case", cases) if plan.case_hashes is None else plan.case_hashes
        met = self._cases.meets(hashes)
        self._cases.add(hashes)
        return not met

    def _wake_parents(self, connection: Connection, parents: set[str], cases: Sequence[str]) -> None:
        self._has_parents = self._has_parents or bool(parents)
        if not self._has_parents:
            return
        parents |= set(self._dialect.parents(connection, self._source_id, cases))
        if others := parents.difference(cases):
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
        places: dict[int, Place],
        cases: set[str],
    ) -> None:
        if plan.rejected:
            cases |= quarantine.keep(connection, head, plan.rejected, known, places)
            cases |= quarantine.resolve(connection, head, (), plan.overtaken())
        if cases:
            self._dialect.wake(connection, self._source_id, cases)


def _to_keep(plan: Plan, known: dict[bytes, str]) -> list[int]:
    """The raw records that go into a new page: all that were not unchanged and are not kept yet."""
    if isinstance(plan.batch, KeptBatch):
        return []
    dropped = {r.rejection.index for r in plan.rejected if known.get(r.digest) in ("open", "discarded")}
    if (
        plan.decisions is None
        and not dropped
        and len(plan.mapped.raw_keys) + len(plan.rejected) == len(plan.batch.raws)
    ):
        return list(range(len(plan.batch.raws)))
    return [i for i, outcome in enumerate(plan.outcomes) if outcome != 2 and i not in dropped]


def _places(plan: Plan, kept: Sequence[int], page_id: int) -> dict[int, Place]:
    """Where each raw record is kept, of those for which it is asked."""
    if isinstance(plan.batch, KeptBatch):
        return dict(enumerate(plan.batch.places))
    if plan.decisions is None and not plan.rejected:
        return {}
    return {index: (page_id, i) for i, index in enumerate(kept)}


def _chosen(
    head: Head, plan: Plan, chosen: Sequence[Standing], places: dict[int, Place], *, passed: bool
) -> list[Rows]:
    """The chosen versions as rows, block by block."""
    by_block: dict[int, list[Standing]] = {}
    for standing in chosen:
        if standing.place is not None:
            by_block.setdefault(standing.place[0], []).append(standing)
    return [
        rows_as_decided(head, plan.blocks[number], versions, places, passed=passed)
        for number, versions in by_block.items()
    ]
