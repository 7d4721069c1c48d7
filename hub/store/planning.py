"""A plan: what became of each raw record of a batch, and everything there is to write."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from hub.model.arrow_column import taken
from hub.model.records import Counts, Mapped, Outcome, RawBatch
from hub.store.changes import Changes, Written
from hub.store.fingerprints import Hashes, Pairs, SeenKeys
from hub.store.intake import Intake
from hub.store.kept import KeptBatch
from hub.store.preparing import Prepared
from hub.store.quarantine import Held, Rejected


@dataclass(slots=True)
class Plan:
    """``several``: raw records and rows of the stream are not simply one to one (see ``is_plural``)."""

    batch: RawBatch
    mapped: Mapped
    blocks: Sequence[Prepared]
    raw_fps: Sequence[bytes]
    rejected: list[Rejected]
    several: bool
    changes: Changes = field(default_factory=Changes)
    outcomes: list[Outcome] = field(default_factory=list)
    #: Of the keys of a lone block of cases, where they were needed already.
    case_hashes: Hashes | None = None

    @property
    def plural(self) -> bool:
        """Whether rows are looked up by raw records too: what the store itself kept may change its rows."""
        return self.several or isinstance(self.batch, KeptBatch)

    @property
    def settled(self) -> bool:
        """Whether every record of the batch stands already, so that nothing is to be written."""
        return not (self.mapped.raw_keys or self.rejected or isinstance(self.batch, KeptBatch))

    @property
    def idle(self) -> bool:
        """Whether nothing of the batch is to be kept: its records stand already, by their bytes or values."""
        kept = isinstance(self.batch, KeptBatch)
        return self.changes.nothing and not (self.rejected or kept)

    def settle(self, changes: Changes) -> None:
        """Take what became of the batch."""
        self.changes = changes
        self.outcomes = [Outcome.UNCHANGED] * len(self.batch.raws)
        for outcome, indexes in (
            (Outcome.INSERTED, changes.inserted),
            (Outcome.UPDATED, changes.updated),
            (Outcome.QUARANTINED, [rejected.rejection.index for rejected in self.rejected]),
        ):
            for index in indexes:
                self.outcomes[index] = outcome

    def counts(self) -> Counts:
        received = len(self.batch.raws)
        if self.settled:
            return Counts(received, unchanged=received)
        told = bytes(self.outcomes)
        return Counts(received, *map(told.count, Outcome))

    def set_free(self, held: Held, digests: Pairs) -> tuple[set[str], set[bytes]]:
        """Which of the held keys and digests a good record of this batch settles."""
        keys = held.keys.intersection(self.mapped.raw_keys.values())
        good = [digests[index].tobytes() for index in self.mapped.raw_keys]
        return keys, held.digests.intersection(good)

    def overtaken(self) -> set[bytes]:
        """Rejected records after which this very batch brought a good one of the same key."""
        if not self.rejected:
            return set()
        keys = {r.rejection.key for r in self.rejected}
        last = {key: index for index, key in sorted(self.mapped.raw_keys.items()) if key in keys}
        latest = {r.digest: r for r in self.rejected}
        return {d for d, r in latest.items() if r.rejection.index < last.get(r.rejection.key or "", -1)}


def is_plural(intake: Intake, mapped: Mapped) -> bool:
    """Whether raw records and rows are not simply one to one, by key, in a single kind."""
    if stream_is_plural(intake, mapped) or len(mapped.blocks) > 1:
        return True
    if not mapped.blocks:
        return bool(mapped.raw_keys)
    block = mapped.blocks[0]
    if len(block) != len(mapped.raw_keys):
        return True
    return list(map(mapped.raw_keys.get, block.indexes)) != list(block.keys)


def stream_is_plural(intake: Intake, mapped: Mapped) -> bool:
    """Whether that can be told by what came of the stream before, whatever this batch is like."""
    kinds = {block.kind for block in mapped.blocks} | intake.state.kinds.keys()
    return intake.state.plural or len(kinds) > 1


def all_new(intake: Intake, plan: Plan) -> Changes | None:
    """What a batch changes of which no record can have been met before; None where one may have been."""
    if not _meets_nothing(intake, plan):
        return None
    blocks = [block for block in plan.blocks if len(block)]
    parents = (block.columns.get("parent_case_no", ()) for block in blocks)
    indexes = [block.indexes for block in blocks]
    return Changes(
        written=[_all_of(plan, block) for block in blocks],
        new={block.kind: block.keys for block in blocks},
        all_new=True,
        inserted=indexes[0] if len(indexes) == 1 and not plan.plural else [*dict.fromkeys(chain(*indexes))],
        parents=frozenset(parent for column in parents for parent in column if parent is not None),
    )


def _meets_nothing(intake: Intake, plan: Plan) -> bool:
    """Notes the keys either way."""
    if intake.seen is None or isinstance(plan.batch, KeptBatch):
        return False
    identities = list(plan.mapped.raw_keys.values()) if plan.plural else []
    new = len({block.kind for block in plan.blocks}) == len(plan.blocks)
    new = new and all(block.unique for block in plan.blocks) and len(set(identities)) == len(identities)
    new = new and not any(intake.seen.meets(SeenKeys.hashes(kind, identities)) for kind in intake.one_to_one)
    for kind, keys in [*((block.kind, block.keys) for block in plan.blocks), ("", identities)]:
        hashes = SeenKeys.hashes(kind, keys)
        if kind == "case" and len(plan.blocks) == 1:
            plan.case_hashes = hashes
        new = new and not intake.seen.meets(hashes)
        if len(hashes):
            intake.seen.add(hashes)
    if not plan.plural:
        intake.one_to_one |= {block.kind for block in plan.blocks}
    intake.repeats = intake.repeats or not new
    return new


def _all_of(plan: Plan, block: Prepared) -> Written:
    whole = not plan.plural and len(block) == len(plan.raw_fps)
    raw_fps = plan.raw_fps if whole else taken(plan.raw_fps, block.indexes)
    identities = [plan.mapped.raw_keys[i] for i in block.indexes] if plan.plural else None
    return Written.of(block, raw_fps, identities=identities)
