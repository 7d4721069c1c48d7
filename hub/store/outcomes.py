"""What becomes of each arriving record: pure decisions over what stands in the store.

Arrivals are taken in order. Nothing here reads or writes; the result says which rows to write, which
stored rows to move to history first, and which raw records are new or changed something.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from hub.store.fingerprints import NO_FINGERPRINT

#: (kind, key) of a row within its stream.
RowId = tuple[str, str]


@dataclass(slots=True)
class Standing:
    """The current version of a row. ``place``: where its values are in the batch, if it came with it."""

    value_fp: bytes
    raw_fp: bytes
    version: int | None
    withdrawn: bool
    mapping_id: int
    identity: str  # the key of the raw record it came from
    first_seen_at: int
    kept_at: tuple[int, int]  # page and index of its raw record
    parent: str | None = None
    place: tuple[int, int] | None = None


@dataclass(slots=True)
class Arrival:
    """One mapped record: its row, and its place (block, position) in the batch.

    Not frozen, nor is RawArrival, because there is one for every record that is compared, and making
    a frozen one takes four times as long.
    """

    kind: str
    key: str
    value_fp: bytes
    version: int | None
    parent: str | None
    place: tuple[int, int]


@dataclass(slots=True)
class RawArrival:
    """One raw record with what it was mapped to. ``before``: the rows a replayed raw stood for;
    ``kept_at``: where it is kept, if it was: pages are in order of arrival.
    """

    index: int
    identity: str
    raw_fp: bytes
    records: Sequence[Arrival]
    before: frozenset[RowId] = frozenset()
    kept_at: tuple[int, int] | None = None


@dataclass(slots=True)
class Decisions:
    """Rows and versions by what is to be done with them (see ``Changes``): ``passed`` came and went within
    the batch, ``final`` stand after it, ``forgotten`` stand no longer. Raw records are told by their index.
    """

    inserted: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    withdrawn: set[RowId] = field(default_factory=set)
    moved: set[RowId] = field(default_factory=set)
    passed: list[Standing] = field(default_factory=list)
    final: dict[RowId, Standing] = field(default_factory=dict)
    touched: dict[RowId, bytes] = field(default_factory=dict)
    new_rows: set[RowId] = field(default_factory=set)
    parents: set[str] = field(default_factory=set)
    forgotten: list[Standing] = field(default_factory=list)


class Deciding:
    """Decides one batch. ``past`` holds the value fingerprints of earlier versions where they matter."""

    def __init__(
        self, standing: dict[RowId, Standing], past: dict[RowId, set[bytes]], mapping_id: int, now: int
    ) -> None:
        self._standing = standing
        self._past = past
        self._mapping_id = mapping_id
        self._now = now
        self._owned: dict[str, set[RowId]] = {}
        self._identities: set[str] = set()
        for row, stands in standing.items():
            self._identities.add(stands.identity)
            if not stands.withdrawn:
                self._owned.setdefault(stands.identity, set()).add(row)
        self.made = Decisions()

    def run(self, raws: Iterable[RawArrival]) -> Decisions:
        for raw in raws:
            self._take(raw)
        return self.made

    def _take(self, raw: RawArrival) -> None:
        known = raw.identity in self._identities or bool(raw.before)
        changed = False
        for record in raw.records:
            row = (record.kind, record.key)
            known = known or row in self._standing
            changed = self._record(raw, row, record) or changed
        yielded = {(r.kind, r.key) for r in raw.records}
        for row in (self._owned.get(raw.identity, set()) | raw.before) - yielded:
            changed = self._withdraw(row) or changed
        if changed:
            self._rejoin(raw, yielded)
        self._identities.add(raw.identity)
        if changed:
            (self.made.updated if known else self.made.inserted).append(raw.index)

    def _rejoin(self, raw: RawArrival, yielded: set[RowId]) -> None:
        """Its unchanged rows now stand for these bytes, lest the former ones be taken for known."""
        for row in yielded:
            stands = self._standing[row]
            if stands.identity == raw.identity and stands.raw_fp != raw.raw_fp and not stands.withdrawn:
                self._touch(row, stands, raw.raw_fp)

    def _record(self, raw: RawArrival, row: RowId, record: Arrival) -> bool:
        """Settle one record; True when it is a version the store did not have."""
        stands = self._standing.get(row)
        if stands is None or stands.withdrawn:
            self._replace(raw, row, record, stands)
            return True
        if stands.value_fp == record.value_fp:
            if stands.mapping_id != self._mapping_id:
                self._touch(row, stands, raw.raw_fp)
            return False
        if _older(raw, record, stands) and row not in raw.before:
            return self._late(raw, row, record, stands)
        self._replace(raw, row, record, stands)
        return True

    def _replace(self, raw: RawArrival, row: RowId, record: Arrival, stands: Standing | None) -> None:
        if stands is None:
            self.made.new_rows.add(row)
        else:
            self._supersede(row, stands)
            if stands.identity != raw.identity:
                self._disown(row, stands.identity)
        first_seen_at = self._now if stands is None else stands.first_seen_at
        fresh = self._version(raw, record, first_seen_at)
        self._standing[row] = self.made.final[row] = fresh
        self._owned.setdefault(raw.identity, set()).add(row)
        self._note_parent(record.parent)

    def _supersede(self, row: RowId, stands: Standing) -> None:
        """The version that stands ceases to be current."""
        self._past.setdefault(row, set()).add(stands.value_fp)
        self.made.forgotten.append(stands)
        self.made.touched.pop(row, None)
        self._note_parent(stands.parent)
        if stands.place is None:
            self.made.moved.add(row)
        else:
            self.made.passed.append(stands)

    def _late(self, raw: RawArrival, row: RowId, record: Arrival, stands: Standing) -> bool:
        """An older version after a newer one: into history, unless it is there already."""
        past = self._past.setdefault(row, set())
        if record.value_fp in past:
            return False
        past.add(record.value_fp)
        self.made.passed.append(self._version(raw, record, stands.first_seen_at))
        return True

    def _withdraw(self, row: RowId) -> bool:
        """The raw record no longer yields this row: its last values stay, marked withdrawn."""
        stands = self._standing.get(row)
        if stands is None or stands.withdrawn:
            return False
        self._note_parent(stands.parent)
        self.made.forgotten.append(stands)
        self.made.touched.pop(row, None)
        if stands.place is None:
            self.made.withdrawn.add(row)
        else:
            self.made.passed.append(_copy(stands, withdrawn=False))
        stands.withdrawn = True
        self._owned.get(stands.identity, set()).discard(row)
        return True

    def _disown(self, row: RowId, identity: str) -> None:
        """Another raw record took the row over: what is left of its former one must be looked at again."""
        siblings = self._owned.get(identity, set())
        siblings.discard(row)
        for sibling in siblings:
            self._touch(sibling, self._standing[sibling], NO_FINGERPRINT)

    def _touch(self, row: RowId, stands: Standing, raw_fp: bytes) -> None:
        self.made.forgotten.append(_copy(stands, withdrawn=stands.withdrawn))
        stands.raw_fp = raw_fp
        stands.mapping_id = self._mapping_id
        if stands.place is None:
            self.made.touched[row] = raw_fp

    def _version(self, raw: RawArrival, record: Arrival, first_seen_at: int) -> Standing:
        return Standing(
            record.value_fp,
            raw.raw_fp,
            record.version,
            False,
            self._mapping_id,
            raw.identity,
            first_seen_at,
            raw.kept_at or (0, 0),
            record.parent,
            record.place,
        )

    def _note_parent(self, parent: str | None) -> None:
        if parent is not None:
            self.made.parents.add(parent)


def _older(raw: RawArrival, record: Arrival, stands: Standing) -> bool:
    """Whether an arrival is of an earlier version than the one that stands."""
    if record.version is not None and stands.version is not None and record.version != stands.version:
        return record.version < stands.version
    return raw.kept_at is not None and raw.kept_at < stands.kept_at


def _copy(stands: Standing, *, withdrawn: bool) -> Standing:
    return replace(stands, withdrawn=withdrawn)
