"""From a mapped batch to a plan: what became of each raw record, and everything there is to write."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hub.model.records import Counts, Mapped, Outcome, RawBatch
from hub.store.fingerprints import Hashes, Pairs, SeenKeys
from hub.store.intake import Intake
from hub.store.kept import KeptBatch
from hub.store.outcomes import Arrival, Deciding, Decisions, RawArrival, RowId, Standing
from hub.store.preparing import Prepared
from hub.store.quarantine import Held, Rejected
from hub.store.renewal import Renewal


@dataclass(slots=True)
class Plan:
    """``decisions`` is None when every mapped record is new to an empty stream. ``several``: raw records
    and rows of the stream are not simply one to one (see ``is_plural``).
    """

    batch: RawBatch
    mapped: Mapped
    blocks: Sequence[Prepared]
    raw_fps: Sequence[bytes]
    rejected: list[Rejected]
    several: bool
    decisions: Decisions | Renewal | None = None
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
        return self.decisions is not None and self.decisions.nothing and not (self.rejected or kept)

    def new_rows(self) -> dict[str, int]:
        """How many rows of each kind there are more than before."""
        if self.decisions is None:
            return dict(Counter({block.kind: len(block) for block in self.blocks}))
        return {kind: len(keys) for kind, keys in self.decisions.new_keys.items()}

    def counts(self) -> Counts:
        received = len(self.batch.raws)
        if self.settled:
            return Counts(received, unchanged=received)
        return Counts(received, *(self.outcomes.count(outcome) for outcome in Outcome))

    def case_nos(self) -> list[str]:
        """The cases whose records changed, each once."""
        if self.decisions is None:
            if len(self.blocks) == 1 and self.blocks[0].kind == "case":
                return list(self.blocks[0].keys)
            return list(dict.fromkeys(case_no for block in self.blocks for case_no in block.case_nos()))
        return self.decisions.case_nos

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

    def parents(self) -> set[str]:
        if self.decisions is not None:
            return self.decisions.parents
        found = (block.columns.get("parent_case_no", ()) for block in self.blocks)
        return {parent for column in found for parent in column if parent is not None}


#: Fetches what stands in the store under row ids and raw identities.
Fetch = Callable[["Plan", Sequence[Prepared], Sequence[str]], dict[RowId, Standing]]
Past = Callable[[Sequence[RowId]], dict[RowId, set[bytes]]]


def is_plural(intake: Intake, mapped: Mapped) -> bool:
    """Whether raw records and rows are not simply one to one, by key, in a single kind."""
    kinds = {block.kind for block in mapped.blocks} | intake.state.kinds.keys()
    if intake.state.plural or len(kinds) > 1 or len(mapped.blocks) > 1:
        return True
    if not mapped.blocks:
        return bool(mapped.raw_keys)
    block = mapped.blocks[0]
    if len(block) != len(mapped.raw_keys):
        return True
    return list(map(mapped.raw_keys.get, block.indexes)) != list(block.keys)


def all_new(intake: Intake, plan: Plan) -> bool:
    """Whether no record of this batch can have been met before; notes the keys either way."""
    if intake.seen is None or isinstance(plan.batch, KeptBatch):
        return False
    groups = [(block.kind, block.keys) for block in plan.blocks]
    if plan.plural:
        groups.append(("", list(plan.mapped.raw_keys.values())))
    new = len({kind for kind, _ in groups}) == len(groups)
    for kind, keys in groups:
        hashes = SeenKeys.hashes(kind, keys)
        if kind == "case" and len(plan.blocks) == 1:
            plan.case_hashes = hashes
        new = new and len(set(keys)) == len(keys) and not intake.seen.meets(hashes)
        if len(hashes):
            intake.seen.add(hashes)
    intake.repeats = intake.repeats or not new
    return new


def settle_all_new(plan: Plan) -> None:
    """Every raw record that yielded a row was inserted."""
    size = len(plan.batch.raws)
    if len(plan.blocks) == 1 and len(plan.blocks[0]) == size and not plan.plural:
        plan.outcomes = [Outcome.INSERTED] * size
        return
    outcomes = [Outcome.UNCHANGED] * size
    for block in plan.blocks:
        for index in block.indexes:
            outcomes[index] = Outcome.INSERTED
    plan.outcomes = _with_rejections(plan, outcomes)


def settle_by_renewing(plan: Plan, made: Renewal) -> None:
    """What was told by columns alone."""
    outcomes = [Outcome.UNCHANGED] * len(plan.batch.raws)
    for index, new in zip(made.block.indexes, made.new.tolist(), strict=True):
        outcomes[index] = Outcome.INSERTED if new else Outcome.UPDATED
    plan.decisions = made
    plan.outcomes = _with_rejections(plan, outcomes)


def settle_by_deciding(
    plan: Plan, intake: Intake, fetch: Fetch, past: Past, mapping_id: int, now: int
) -> None:
    """Compare with what stands, in arrival order."""
    blocks = plan.blocks if plan.plural else [block.unknown_to(intake.values) for block in plan.blocks]
    identities = list(plan.mapped.raw_keys.values()) if plan.plural else []
    if isinstance(plan.batch, KeptBatch):
        identities += [key for rows in plan.batch.rows for _, key in rows]
    standing = fetch(plan, blocks, identities)
    raws = _raw_arrivals(plan, blocks)
    old = past(_worth_comparing(raws, standing))
    decisions = Deciding(standing, old, mapping_id, now).run(raws)
    outcomes = [Outcome.UNCHANGED] * len(plan.batch.raws)
    for index, outcome in decisions.outcomes.items():
        outcomes[index] = outcome
    plan.decisions = decisions
    plan.outcomes = _with_rejections(plan, outcomes)


def _with_rejections(plan: Plan, outcomes: list[Outcome]) -> list[Outcome]:
    for rejected in plan.rejected:
        outcomes[rejected.rejection.index] = Outcome.QUARANTINED
    return outcomes


def _raw_arrivals(plan: Plan, blocks: Sequence[Prepared]) -> list[RawArrival]:
    """The mapped raw records in order of arrival, with their rows."""
    records: dict[int, list[Arrival]] = {i: [] for i in plan.mapped.raw_keys} if plan.plural else {}
    for number, block in enumerate(blocks):
        for arrival, index in zip(_arrivals(number, block), block.indexes, strict=True):
            records.setdefault(index, []).append(arrival)
    kept = plan.batch if isinstance(plan.batch, KeptBatch) else None
    return [
        RawArrival(
            index,
            plan.mapped.raw_keys[index],
            plan.raw_fps[index],
            records[index],
            kept.rows[index] if kept else frozenset(),
            kept.places[index] if kept else None,
        )
        for index in sorted(records)
    ]


def _arrivals(number: int, block: Prepared) -> list[Arrival]:
    versions = block.column("data_version")
    parents = block.column("parent_case_no")
    return [
        Arrival(block.kind, key, value_fp, version, parent, (number, position))
        for key, value_fp, version, parent, position in zip(
            block.keys, block.value_fps, versions, parents, block.positions(), strict=True
        )
    ]


def _may_be_older(record: Arrival, stands: Standing, *, again: bool) -> bool:
    if record.version is None:
        return False
    return again or (stands.version is not None and record.version < stands.version)


def _worth_comparing(raws: Sequence[RawArrival], standing: dict[RowId, Standing]) -> list[RowId]:
    """Rows of which an older version may have arrived: only there do earlier versions matter."""
    met: set[RowId] = set()
    found: set[RowId] = set()
    for raw in raws:
        for record in raw.records:
            row = (record.kind, record.key)
            stands = standing.get(row)
            if stands is None:
                continue
            if _may_be_older(record, stands, again=row in met) or raw.kept_at is not None:
                found.add(row)
            met.add(row)
    return list(found)
