"""What stands in the store, looked up for comparing; a dry run lays its own changes over it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Engine

from hub.store.dialect import Dialect, StandingRow
from hub.store.engine import reading
from hub.store.kept import places_of
from hub.store.outcomes import RowId, Standing
from hub.store.overlay import Overlay
from hub.store.planning import Plan
from hub.store.preparing import Prepared
from hub.store.runs import StreamState

#: What stands, as it is read, by kind; a row may be there twice.
Found = dict[str, list[StandingRow]]


class Lookup:
    """Reads the current and the earlier versions of rows of one stream."""

    def __init__(self, engine: Engine, dialect: Dialect, state: StreamState) -> None:
        self._engine = engine
        self._dialect = dialect
        self._state = state
        self._overlay = Overlay()

    def rows(self, kind: str, keys: Sequence[str]) -> list[StandingRow]:
        """What stands under these keys, of one kind."""
        return self._fetch({kind: keys}, (), by_raw=False)[kind]

    def find(self, blocks: Sequence[Prepared], identities: Sequence[str]) -> Found:
        """What stands under the keys of these blocks, or came from raw records of their or these keys."""
        wanted: dict[str, list[str]] = {kind: [] for kind in self._state.kinds}
        for block in blocks:
            wanted.setdefault(block.kind, []).extend(block.keys)
        found = self._fetch(wanted, identities, by_raw=True)
        # Whoever takes a row over from another raw record must know what else came from that one.
        others = {row[1] or row[0] for rows in found.values() for row in rows}.difference(identities)
        more = self._fetch(dict.fromkeys(wanted, ()), list(others), by_raw=True)
        return {kind: found[kind] + more[kind] for kind in wanted}

    def fingerprints(self, identities: Sequence[str]) -> tuple[list[bytes], list[bytes]]:
        """Of what stands for raw records of these keys: those of raw bytes, and of values."""
        found = [row for rows in self.find((), identities).values() for row in rows]
        return [row[2] for row in found], [row[3] for row in found]

    def _fetch(
        self, wanted: Mapping[str, Sequence[str]], identities: Sequence[str], *, by_raw: bool
    ) -> Found:
        found: Found = {}
        with reading(self._engine) as connection:
            for kind, keys in wanted.items():
                asked = list(dict.fromkeys((*keys, *identities))) if identities else keys
                found[kind] = self._read(connection, kind, asked, by_raw=by_raw)
                if self._overlay:
                    found[kind] = self._overlay.over(kind, found[kind], asked, identities)
        return found

    def _read(
        self, connection: Connection, kind: str, keys: Sequence[str], *, by_raw: bool
    ) -> list[StandingRow]:
        if not keys or not self._state.kinds.get(kind):
            return []
        return self._dialect.standing(connection, kind, self._state.stream_id, keys, by_raw=by_raw)

    def past(self, rows: Sequence[RowId]) -> dict[RowId, set[bytes]]:
        """The value fingerprints of every earlier version of these rows."""
        by_kind: dict[str, list[str]] = {}
        for kind, key in rows:
            by_kind.setdefault(kind, []).append(key)
        found = {row: self._overlay.past(row) for row in rows}
        if by_kind:
            with reading(self._engine) as connection:
                for kind, keys in by_kind.items():
                    for key, value_fp in self._dialect.past(connection, kind, self._state.stream_id, keys):
                        found[kind, key].add(bytes(value_fp))
        return found

    def lay(self, plan: Plan, mapping_id: int, now: int) -> None:
        """Lay what a plan would have written over the store (dry runs)."""
        changes, overlay = plan.changes, self._overlay
        for kind, keys in changes.withdrawn.items():
            overlay.withdraw(kind, self.rows(kind, keys), now)
        for kind, keys in changes.moved.items():
            overlay.move(kind, self.rows(kind, keys))
        for kind, raw_fps in changes.touched.items():
            overlay.touch(kind, self.rows(kind, [*raw_fps]), raw_fps, mapping_id)
        for written in changes.written:
            overlay.insert(written, places_of(plan.batch, (), 0), mapping_id, now)
        for gone, fingerprints in zip(overlay.gone.values(), changes.gone, strict=True):
            gone += fingerprints

    def replaced(self, column: str) -> list[bytes]:
        """Fingerprints the store still holds, though a dry run would have replaced them."""
        return self._overlay.gone[column]


def versions(found: Found) -> dict[RowId, Standing]:
    """Rows as they are decided by."""
    return {(kind, row[0]): _standing(row) for kind, rows in found.items() for row in rows}


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
