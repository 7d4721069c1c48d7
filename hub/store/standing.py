"""What stands in the store, looked up for deciding; a dry run lays its own changes over it."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, Engine

from hub.store.dialect import Dialect, StandingRow
from hub.store.engine import reading
from hub.store.outcomes import Decisions, RowId, Standing
from hub.store.planning import Plan
from hub.store.preparing import Prepared
from hub.store.runs import StreamState


class Lookup:
    """Reads the current and the earlier versions of rows of one stream."""

    def __init__(self, engine: Engine, dialect: Dialect, state: StreamState) -> None:
        self._engine = engine
        self._dialect = dialect
        self._state = state
        self._overlay: dict[RowId, Standing] = {}
        self._by_identity: dict[str, set[RowId]] = {}
        self._overlay_past: dict[RowId, set[bytes]] = {}

    def standing(
        self, blocks: Sequence[Prepared], identities: Sequence[str], plural: bool
    ) -> dict[RowId, Standing]:
        """Under the keys of these blocks; ``plural``: in every kind, and by the raw records' keys too."""
        wanted: dict[str, list[str]] = {}
        for block in blocks:
            wanted.setdefault(block.kind, []).extend(block.keys)
        if plural:
            wanted = {kind: wanted.get(kind, []) for kind in {*wanted, *self._state.kinds}}
        found = self._fetch(wanted, identities, plural)
        if plural:
            # Whoever takes a row over from another raw record must know what else came from that one.
            others = list({s.identity for s in found.values()}.difference(identities))
            found = self._fetch({kind: [] for kind in wanted}, others, True) | found
        return found

    def _fetch(
        self, wanted: dict[str, list[str]], identities: Sequence[str], plural: bool
    ) -> dict[RowId, Standing]:
        found: dict[RowId, Standing] = {}
        with reading(self._engine) as connection:
            for kind, keys in wanted.items():
                asked = dict.fromkeys((*keys, *identities))
                found |= versions(kind, self._read(connection, kind, asked, plural))
        return self._overlaid(found, wanted, identities) if self._overlay else found

    def rows(self, block: Prepared) -> list[StandingRow]:
        """What stands under the keys of a block, of its kind alone, as it is read."""
        with reading(self._engine) as connection:
            return self._read(connection, block.kind, block.keys, plural=False)

    def _read(
        self, connection: Connection, kind: str, keys: Collection[str], plural: bool
    ) -> list[StandingRow]:
        if not keys or not self._state.kinds.get(kind):
            return []
        return self._dialect.standing(connection, kind, self._state.stream_id, list(keys), by_raw=plural)

    def past(self, rows: Sequence[RowId]) -> dict[RowId, set[bytes]]:
        """The value fingerprints of every earlier version of these rows."""
        by_kind: dict[str, list[str]] = {}
        for kind, key in rows:
            by_kind.setdefault(kind, []).append(key)
        found: dict[RowId, set[bytes]] = {row: set(self._overlay_past.get(row, ())) for row in rows}
        if by_kind:
            with reading(self._engine) as connection:
                for kind, keys in by_kind.items():
                    for key, value_fp in self._dialect.past(connection, kind, self._state.stream_id, keys):
                        found[kind, key].add(bytes(value_fp))
        return found

    def remember(self, plan: Plan, mapping_id: int, now: int) -> None:
        """Lay what a plan would have written over the store (dry runs)."""
        if plan.decisions is None:
            for block in plan.blocks:
                for key, stands in _all_new(plan, block, mapping_id, now):
                    self._lay((block.kind, key), stands)
        elif isinstance(plan.decisions, Decisions):  # nothing else decides a dry run's
            made = plan.decisions
            for row in made.changed | made.touched.keys():
                self._lay(row, made.standing[row])
                self._overlay_past.setdefault(row, set()).update(made.past.get(row, ()))

    def _lay(self, row: RowId, stands: Standing) -> None:
        stands.place = None
        self._overlay[row] = stands
        self._by_identity.setdefault(stands.identity, set()).add(row)

    def _overlaid(
        self, found: dict[RowId, Standing], wanted: dict[str, list[str]], identities: Sequence[str]
    ) -> dict[RowId, Standing]:
        asked = {(kind, key) for kind, keys in wanted.items() for key in (*keys, *identities)}
        for identity in identities:
            asked |= self._by_identity.get(identity, set())
        for row in asked | found.keys():
            if row in self._overlay:
                found[row] = self._overlay[row]
        return found


def versions(kind: str, rows: Sequence[StandingRow]) -> dict[RowId, Standing]:
    """Rows of a kind as they are decided by."""
    return {(kind, row[0]): _standing(row) for row in rows}


def _standing(row: StandingRow) -> Standing:
    key, raw_key, raw_fp, value_fp, mapping_id, first_seen_at, *more = row
    page_id, page_index, withdrawn_at, version, parent = more
    return Standing(
        bytes(value_fp),
        bytes(raw_fp),
        version,
        withdrawn_at is not None,
        mapping_id,
        raw_key or key,
        first_seen_at,
        (page_id, page_index),
        parent,
    )


def _all_new(plan: Plan, block: Prepared, mapping_id: int, now: int) -> Iterator[tuple[str, Standing]]:
    columns = (block.keys, block.indexes, block.value_fps)
    told = zip(*columns, block.column("data_version"), block.column("parent_case_no"), strict=True)
    for key, index, value_fp, version, parent in told:
        raw_fp, identity = plan.raw_fps[index], plan.mapped.raw_keys[index]
        yield key, Standing(value_fp, raw_fp, version, False, mapping_id, identity, now, (0, 0), parent)
