"""Where the batches of one stream are looked through: what is new, what is changed, what is remembered."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hub.model.records import Mapped, Outcome, RawBatch, Rejection
from hub.store.dialect import StandingRow
from hub.store.engine import reading
from hub.store.fingerprints import FingerprintSet
from hub.store.intake import Intake, met_keys
from hub.store.kept import KeptBatch
from hub.store.looking_ahead import LookingAhead
from hub.store.outcomes import Decisions, RowId, Standing
from hub.store.planning import (
    Plan,
    all_new,
    is_plural,
    settle_all_new,
    settle_by_deciding,
    settle_by_renewing,
)
from hub.store.preparing import Prepared, prepare
from hub.store.quarantine import Rejected, storable
from hub.store.renewal import may_be_plain, renew
from hub.store.run_place import RunPlace
from hub.store.standing import Lookup, versions

Indexes = NDArray[np.intp]
#: Few is one of so many.
FEW = 4


class Desk:
    """Reads the store for one stream of a run; writes nothing."""

    def __init__(self, place: RunPlace, intake: Intake) -> None:
        self._place = place
        self._intake = intake
        self._lookup = Lookup(place.engine, place.dialect, intake.state)
        self._looking_ahead = LookingAhead(self._lookup)
        self._looked_up: tuple[Mapped, dict[RowId, Standing] | list[StandingRow]] | None = None
        #: Of the batch that is looked ahead at, and of the one before it.
        self._prepared: list[tuple[Mapped, list[Prepared]]] = []
        self._unknowns: list[tuple[RawBatch, int, list[int]]] = []
        self._loading: Future[FingerprintSet] | None = None
        #: What a dry run would have replaced, and the store still holds.
        self._replaced: list[Standing] = []

    def expect_all(self) -> None:
        """Begin to load what stands, in a thread: every record of the stream is about to be received."""
        self._intake.whole = True
        if self._place.kind == "sync" and self._intake.worth_loading():
            thread = ThreadPoolExecutor(1, "hub-standing")
            self._loading = thread.submit(self._standing_raw_fps)
            thread.shutdown(wait=False)

    def close(self) -> None:
        """Wait for what is being loaded."""
        if self._loading is not None:
            wait([self._loading])

    def ahead(self, batch: RawBatch) -> Sequence[int]:
        """Those of the fresh that can be told already, while an earlier batch is being stored.

        Nothing is loaded here, but what was begun before any batch: what stands is only sure once that
        batch is stored.
        """
        intake = self._intake
        intake.digests(batch)
        if self._place.kind != "sync":
            return range(len(batch.raws))
        if intake.known is None and (self._loading is None or not self._load_known()):
            return () if intake.worth_loading() else range(len(batch.raws))
        assert intake.known is not None
        return self._unknown(batch, intake.known)

    def _unknown(self, batch: RawBatch, known: FingerprintSet) -> list[int]:
        """Which records of a batch are not known; looked for anew only if something was forgotten since."""
        forgotten = known.forgotten  # asked first: what is forgotten meanwhile is looked for once more
        pairs = self._intake.fingerprints(batch)
        told = next((told for told in self._unknowns if told[0] is batch), None)
        if told is None:
            unknown = ~known.contains(pairs)
        elif told[1] < forgotten:
            unknown = known.forgot(pairs, since=told[1])
            unknown[told[2]] = True
        else:
            return told[2]
        made = np.flatnonzero(unknown).tolist()
        self._unknowns = [*self._unknowns[-1:], (batch, forgotten, made)]
        return made

    def prepare(self, mapped: Mapped) -> list[Prepared]:
        """The blocks as they can be compared and written; made once a batch."""
        for known, made in self._prepared:
            if known is mapped:
                return made
        made = [prepare(block, self._place.sealer) for block in mapped.blocks]
        if self._intake.seen is not None:  # nearly all of it will be inserted, by a thread with enough to do
            made = [block.sealed() for block in made]
            for block in made:
                self._place.dialect.get_ready((block.keys, block.value_fps, *block.columns.values()))
        self._prepared = [*self._prepared[-1:], (mapped, made)]
        return made

    def look_ahead(self, batch: RawBatch, mapped: Mapped) -> None:
        """Look up what stands for the few changed records of a batch, while an earlier one is being stored.

        Not for many, because preparing those is what the thread that stores has time for.
        """
        few = 0 < FEW * len(mapped.raw_keys) <= len(batch.raws)
        if few and self._place.kind == "sync" and self._intake.known is not None:
            blocks = self.prepare(mapped)
            if self._may_be_plain(blocks, is_plural(self._intake, mapped)):
                self._looking_ahead.look(mapped, blocks[0].unknown_to(self._intake.values))

    def fresh(self, batch: RawBatch) -> list[int]:
        """The raw records to be mapped: those that are not, byte for byte, what stands already."""
        intake = self._intake
        intake.digests(batch)
        if self._place.kind != "sync" or not self._load_known():
            return list(range(len(batch.raws)))
        assert intake.known is not None
        return self._unknown(batch, intake.known)

    def rechecks(self, batch: RawBatch, mapped: Mapped) -> list[int]:
        """Records dropped as unchanged whose key this very batch changes: they must be mapped too."""
        dropped = _dropped(batch, mapped)
        if not len(dropped):
            return []
        intake = self._intake
        plural = isinstance(batch, KeptBatch) or is_plural(intake, mapped)
        blocks = self.prepare(mapped)
        raw_fps = self._look_up(mapped, blocks, plural)
        rejected = [key for r in mapped.rejections if (key := storable(r.key))]
        if rejected:
            raw_fps += [s.raw_fp for s in self._lookup.standing((), rejected, True).values()]
        again = FingerprintSet([b"".join(raw_fps)]).contains(intake.fingerprints(batch)[dropped])
        return [int(index) for index in dropped[again]]

    def _look_up(self, mapped: Mapped, blocks: Sequence[Prepared], plural: bool) -> list[bytes]:
        """The raw fingerprints of what stands for these blocks, which is kept for planning."""
        parts = blocks if plural else [block.unknown_to(self._intake.values) for block in blocks]
        if self._may_be_plain(blocks, plural):
            rows = self._looking_ahead.rows(mapped, parts[0])
            self._looked_up = (mapped, rows)
            return [row[2] for row in rows]
        standing = self._lookup.standing(parts, [*mapped.raw_keys.values()] if plural else (), plural)
        self._looked_up = (mapped, dict(standing))
        return [s.raw_fp for s in standing.values()]

    def _may_be_plain(self, blocks: Sequence[Prepared], plural: bool) -> bool:
        """A dry run needs to remember what stood, so it decides by that."""
        return not plural and self._place.lock is not None and len(blocks) == 1 and may_be_plain(blocks[0])

    def plan(self, batch: RawBatch, mapped: Mapped, now: int) -> Plan:
        """What becomes of each record of a batch, and all there is to write."""
        intake = self._intake
        digests = intake.digests(batch)
        rejections = _with_known_keys(batch, mapped.rejections)
        rejected = [Rejected(r, digests[r.index].tobytes()) for r in rejections]
        several = is_plural(intake, mapped)
        raw_fps = intake.raw_fps(batch) if mapped.raw_keys else ()
        plan = Plan(batch, mapped, self.prepare(mapped), raw_fps, rejected, several)
        if plan.settled:
            plan.decisions, plan.outcomes = Decisions(), [Outcome.UNCHANGED] * len(batch.raws)
        elif all_new(intake, plan):
            settle_all_new(plan)
        else:
            if not plan.plural:  # which is looked up by raw record whatever values are known
                self._load_values()
            if not self._renewed(plan, now):
                settle_by_deciding(plan, intake, self._fetch, self._lookup.past, self._place.mapping_id, now)
            dropped = len(batch.raws) - len(mapped.raw_keys) - len(rejected)
            intake.same += plan.outcomes.count(Outcome.UNCHANGED) - dropped
        return plan

    def _fetch(
        self, plan: Plan, blocks: Sequence[Prepared], identities: Sequence[str]
    ) -> dict[RowId, Standing]:
        """What stands for a plan, unless looking for rechecks found it already."""
        found = self._found(plan)
        if isinstance(found, list):
            return versions(blocks[0].kind, found)
        return self._lookup.standing(blocks, identities, plan.plural) if found is None else found

    def _renewed(self, plan: Plan, now: int) -> bool:
        """Whether a plan could be settled by columns."""
        if not self._may_be_plain(plan.blocks, plan.plural):
            return False
        block, found = plan.blocks[0].unknown_to(self._intake.values), self._found(plan)
        rows = found if isinstance(found, list) else self._looking_ahead.rows(plan.mapped, block)
        self._looked_up = (plan.mapped, rows)
        made = renew(block, rows, self._place.mapping_id, now)
        if made is not None:
            settle_by_renewing(plan, made)
        return made is not None

    def _found(self, plan: Plan) -> "dict[RowId, Standing] | list[StandingRow] | None":
        """What was found for a plan when rechecks were looked for."""
        looked_up, self._looked_up = self._looked_up, None
        return looked_up[1] if looked_up is not None and looked_up[0] is plan.mapped else None

    def remember(self, plan: Plan, now: int) -> None:
        """After the commit: what later batches of this run must know."""
        intake = self._intake
        intake.state.plural = intake.state.plural or plan.several
        lone = len(plan.blocks) == 1 and not plan.plural
        self._looking_ahead.note_stored(plan.blocks[0].keys if lone else None if plan.blocks else ())
        if plan.decisions is not None:
            intake.forget(*plan.decisions.gone)
        if plan.rejected:
            keys = [r.rejection.key for r in plan.rejected if r.rejection.key]
            intake.hold(plan.rejected, plan.overtaken())
            if intake.known is not None and keys:
                unsure = self._lookup.standing((), keys, True).values()
                intake.forget([v.raw_fp for v in unsure], [v.value_fp for v in unsure])
        if self._place.lock is None:
            self._lookup.remember(plan, self._place.mapping_id, now)
            self._replaced += plan.decisions.forgotten if isinstance(plan.decisions, Decisions) else ()
        if intake.met is not None:
            keys = met_keys(list(plan.mapped.raw_keys.values()), plan.rejected)
            intake.met.note(intake.fingerprints(plan.batch), keys)
            intake.met.unreadable += sum(not r.rejection.key for r in plan.rejected)

    def _load_known(self) -> bool:
        intake = self._intake
        if intake.known is None and intake.worth_loading():
            intake.known = self._loading.result() if self._loading else self._standing_raw_fps()
        return intake.known is not None

    def _standing_raw_fps(self) -> FingerprintSet:
        """Without those of quarantined records' keys, which must be looked at again."""
        found, held = self._load("raw_fp"), list(self._intake.held.keys)
        if held:
            found.discard([s.raw_fp for s in self._lookup.standing((), held, True).values()])
        return found

    def _load_values(self) -> None:
        intake = self._intake
        if intake.values is None and self._place.kind == "sync" and intake.worth_loading_values():
            intake.values = self._load("value_fp")

    def _load(self, column: Literal["raw_fp", "value_fp"]) -> FingerprintSet:
        state, place = self._intake.state, self._place
        with reading(place.engine) as connection:
            found = FingerprintSet(
                piece
                for kind, rows in state.kinds.items()
                if rows
                for piece in place.dialect.fingerprints(
                    connection, kind, state.stream_id, place.mapping_id, column
                )
            )
        found.discard([getattr(version, column) for version in self._replaced])
        return found


def _dropped(batch: RawBatch, mapped: Mapped) -> Indexes:
    """The records that were not mapped because they stand already; none matters where none was mapped."""
    if len(mapped.raw_keys) + len(mapped.rejections) in (0, len(batch.raws)):
        return np.zeros(0, np.intp)
    dropped = np.ones(len(batch.raws), np.bool_)
    dropped[[*mapped.raw_keys, *(r.index for r in mapped.rejections)]] = False
    return np.flatnonzero(dropped)


def _with_known_keys(batch: RawBatch, rejections: Sequence[Rejection]) -> Sequence[Rejection]:
    """A kept record whose key can no longer be read still belongs to the key it had."""
    if isinstance(batch, KeptBatch):
        rejections = [r if r.key else replace(r, key=batch.keys[r.index]) for r in rejections]
    return [replace(r, key=storable(r.key)) for r in rejections]
