"""Where the batches of one stream are compared with what stands, and planned."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hub.model.records import Mapped, RawBatch, Rejection
from hub.store.at_hand import AtHand
from hub.store.changes import Changes
from hub.store.deciding import decide
from hub.store.fingerprints import FingerprintSet
from hub.store.intake import Intake, met_keys
from hub.store.kept import KeptBatch
from hub.store.looking_ahead import LookingAhead, Told
from hub.store.planning import Plan, all_new, is_plural, stream_is_plural
from hub.store.preparing import Prepared, prepare
from hub.store.quarantine import Rejected, storable
from hub.store.recognising import Recognising
from hub.store.renewal import renewal
from hub.store.run_place import RunPlace
from hub.store.standing import Found, Lookup, versions

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
        self.recognising = Recognising(place, intake, self._lookup)
        self._looked_up: AtHand[Mapped, tuple[Sequence[Prepared], Found]] = AtHand()
        self._prepared: AtHand[Mapped, list[Prepared]] = AtHand()
        self._planned: AtHand[Mapped, Plan] = AtHand()

    def prepare(self, mapped: Mapped) -> list[Prepared]:
        """The blocks as they can be compared and written; made once a batch."""
        known = self._prepared.of(mapped)
        if known is not None:
            return known
        made = [prepare(block, self._place.sealer) for block in mapped.blocks]
        if self._intake.seen is not None:  # nearly all of it will be inserted, by a thread with enough to do
            made = [block.sealed() for block in made]
            for block in made:
                self._place.dialect.get_ready((block.keys, block.value_fps, *block.columns.values()))
        return self._prepared.note(mapped, made)

    def plan_ahead(self, batch: RawBatch, mapped: Mapped) -> None:
        """Plan a batch of a stream that was empty, while an earlier one is being stored: the keys met so far
        tell all of it, unless one comes again.
        """
        self.prepare(mapped)
        if not self._intake.repeats:
            plan = self._planned.note(mapped, self._begun(batch, mapped))
            if new := all_new(self._intake, plan):
                plan.settle(new)

    def look_ahead(self, batch: RawBatch, mapped: Mapped) -> None:
        """Look up what stands for the few changed records of a batch, while an earlier one is being stored.

        Not for many, because preparing those is what the thread that stores has time for.
        """
        intake = self._intake
        few = 0 < FEW * len(mapped.raw_keys) <= len(batch.raws)
        # A dry run's overlay is not asked by one thread while another lays more over the store.
        if few and not self._place.dry and intake.known is not None and not is_plural(intake, mapped):
            block = self.prepare(mapped)[0].unknown_to(intake.values)
            rows = self._looking_ahead.look(mapped, block)
            # Where values are known, which of the rows are compared may change until the batch is stored.
            if intake.values is None and not mapped.rejections:
                again = self._changed_back(batch, _dropped(batch, mapped), [row[2] for row in rows])
                made = renewal(intake.raw_fps(batch), [block], {block.kind: rows}, self._place.mapping_id)
                self._looking_ahead.tell(mapped, Told(again, made))

    def rechecks(self, batch: RawBatch, mapped: Mapped) -> list[int]:
        """Records dropped as unchanged whose key this very batch changes: they must be mapped too."""
        dropped = _dropped(batch, mapped)
        if not len(dropped):
            return []
        plural = isinstance(batch, KeptBatch) or is_plural(self._intake, mapped)
        if not plural and (ahead := self._looking_ahead.told(mapped)):
            return ahead.again
        _, found = self._look_up(batch, mapped, plural)
        raw_fps = [row[2] for rows in found.values() for row in rows]
        rejected = [key for r in mapped.rejections if (key := storable(r.key))]
        if rejected:
            raw_fps += self._lookup.fingerprints(rejected)[0]
        return self._changed_back(batch, dropped, raw_fps)

    def _changed_back(self, batch: RawBatch, dropped: Indexes, raw_fps: Sequence[bytes]) -> list[int]:
        """Those of the dropped records that have one of these fingerprints."""
        pairs = self._intake.fingerprints(batch)[dropped]
        return [int(index) for index in dropped[FingerprintSet([b"".join(raw_fps)]).contains(pairs)]]

    def _look_up(self, batch: RawBatch, mapped: Mapped, plural: bool) -> tuple[Sequence[Prepared], Found]:
        """What of a batch is to be compared, and with what; kept, for a plan may follow on rechecks."""
        known = self._looked_up.of(mapped)
        if known is not None:
            return known
        blocks: Sequence[Prepared] = self.prepare(mapped)
        if plural:
            identities = list(mapped.raw_keys.values())
            if isinstance(batch, KeptBatch):
                identities += [key for rows in batch.rows for _, key in rows]
            found = self._lookup.find(blocks, identities)
        else:
            blocks = [block.unknown_to(self._intake.values) for block in blocks]
            found = {block.kind: self._looking_ahead.rows(mapped, block) for block in blocks}
        return self._looked_up.note(mapped, (blocks, found))

    def plan(self, batch: RawBatch, mapped: Mapped, now: int) -> Plan:
        """What becomes of each record of a batch, and all there is to write."""
        ahead = self._planned.of(mapped)
        if ahead is not None and ahead.changes.all_new and self._tells_still(ahead):
            return ahead
        plan = self._begun(batch, mapped)
        if plan.settled:
            plan.settle(Changes())
        else:  # whose keys are noted once only
            new = all_new(self._intake, plan) if ahead is None else None
            plan.settle(new or self._compared(plan, now))
        return plan

    def _tells_still(self, ahead: Plan) -> bool:
        """Whether the stream is as it was when that was planned; it may have turned plural meanwhile."""
        return ahead.several or not stream_is_plural(self._intake, ahead.mapped)

    def _begun(self, batch: RawBatch, mapped: Mapped) -> Plan:
        """A plan of which nothing is told yet."""
        intake = self._intake
        digests = intake.digests(batch)
        rejections = _with_known_keys(batch, mapped.rejections)
        rejected = [Rejected(r, digests[r.index].tobytes()) for r in rejections]
        several = is_plural(intake, mapped)
        raw_fps = intake.raw_fps(batch) if mapped.raw_keys else ()
        return Plan(batch, mapped, self.prepare(mapped), raw_fps, rejected, several)

    def _compared(self, plan: Plan, now: int) -> Changes:
        """What a batch changes, by what stands under its keys."""
        if not plan.plural:  # which is looked up by raw record whatever values are known
            self.recognising.load_values(len(plan.mapped.raw_keys), len(plan.batch.raws))
        made = self._renewed(plan, now) or self._decided(plan, now)
        self._intake.same += len(plan.mapped.raw_keys) - len(made.inserted) - len(made.updated)
        return made

    def _renewed(self, plan: Plan, now: int) -> Changes | None:
        """The same by columns, where the batch is plain."""
        if plan.plural:
            return None
        ahead = self._looking_ahead.told(plan.mapped)
        if ahead and ahead.renewal:
            return ahead.renewal.changes(now)
        blocks, found = self._look_up(plan.batch, plan.mapped, plural=False)
        renewed = renewal(plan.raw_fps, blocks, found, self._place.mapping_id)
        return renewed.changes(now) if renewed else None

    def _decided(self, plan: Plan, now: int) -> Changes:
        """The same record by record."""
        blocks, found = self._look_up(plan.batch, plan.mapped, plan.plural)
        return decide(plan, blocks, versions(found), self._lookup.past, self._place.mapping_id, now)

    def remember(self, plan: Plan, now: int) -> None:
        """After the commit: what later batches of this run must know."""
        intake = self._intake
        intake.state.plural = intake.state.plural or plan.several
        lone = len(plan.blocks) == 1 and not plan.plural
        self._looking_ahead.note_stored(plan.blocks[0].keys if lone else None if plan.blocks else ())
        intake.forget(*plan.changes.gone)
        if plan.rejected:
            keys = [r.rejection.key for r in plan.rejected if r.rejection.key]
            intake.hold(plan.rejected, plan.overtaken())
            if intake.known is not None and keys:
                intake.forget(*self._lookup.fingerprints(keys))
        if self._place.dry:
            self._lookup.lay(plan, self._place.mapping_id, now)
        if intake.met is not None:
            keys = met_keys(list(plan.mapped.raw_keys.values()), plan.rejected)
            intake.met.note(intake.fingerprints(plan.batch), keys)
            intake.met.unreadable += sum(not r.rejection.key for r in plan.rejected)
        self._let_go(plan)

    def _let_go(self, plan: Plan) -> None:
        for made_of_it in (self._prepared, self._looked_up, self._planned):
            made_of_it.let_go(plan.mapped)
        self.recognising.let_go(plan.batch)
        self._intake.let_go(plan.batch)
        self._looking_ahead.let_go(plan.mapped)


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
