"""What a dry run would have changed, laid over what stands; the store itself is as it was."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hub.store.changes import Written
from hub.store.dialect import StandingRow
from hub.store.outcomes import RowId
from hub.store.rows import Places


class _Row(NamedTuple):
    """A StandingRow, its columns by name."""

    key: str
    raw_key: str | None
    raw_fp: bytes
    value_fp: bytes
    mapping_id: int
    first_seen_at: int
    page_id: int
    page_index: int
    withdrawn_at: int | None
    version: int | None
    parent: str | None


class Overlay:
    """Takes what a batch changes, as the store would. ``former``: the rows that stand under its keys."""

    def __init__(self) -> None:
        #: Fingerprints of what a dry run would have replaced, and the store still holds.
        self.gone: dict[str, list[bytes]] = {"raw_fp": [], "value_fp": []}
        self._rows: dict[RowId, _Row] = {}
        self._by_identity: dict[RowId, set[str]] = {}
        self._past: dict[RowId, set[bytes]] = {}

    def __bool__(self) -> bool:
        return bool(self._rows)

    def withdraw(self, kind: str, former: Iterable[StandingRow], now: int) -> None:
        for row in self._into_past(kind, former):
            self._lay(kind, row._replace(withdrawn_at=now))

    def move(self, kind: str, former: Iterable[StandingRow]) -> None:
        self._into_past(kind, former)

    def touch(
        self, kind: str, former: Iterable[StandingRow], raw_fps: Mapping[str, bytes], mapping_id: int
    ) -> None:
        for row in map(_Row._make, former):
            self._lay(kind, row._replace(raw_fp=raw_fps[row.key], mapping_id=mapping_id))

    def insert(self, written: Written, places: Places, mapping_id: int, now: int) -> None:
        block, nothing = written.block, [None] * len(written.block)
        columns = (
            block.keys,
            written.told.get("raw_key", nothing),
            written.told["raw_fp"],
            block.value_fps,
            [mapping_id] * len(block),
            written.told.get("first_seen_at", [now] * len(block)),
            *places.columns(block.indexes).values(),
            written.told.get("withdrawn_at", nothing),
            block.column("data_version"),
            block.column("parent_case_no"),
        )
        for row in map(_Row._make, zip(*columns, strict=True)):
            if written.passed:
                self._into_past(block.kind, [row])
            else:
                self._lay(block.kind, row)

    def over(
        self, kind: str, found: Iterable[StandingRow], keys: Iterable[str], identities: Iterable[str]
    ) -> list[StandingRow]:
        """What stands now, by what was found in the store under these keys."""
        rows = {row[0]: row for row in found}
        asked = {*keys, *rows}.union(*(self._by_identity.get((kind, i), ()) for i in identities))
        rows |= {key: self._rows[kind, key] for key in asked if (kind, key) in self._rows}
        return list(rows.values())

    def past(self, row: RowId) -> set[bytes]:
        """The value fingerprints of versions that a dry run would have moved to history."""
        return set(self._past.get(row, ()))

    def _into_past(self, kind: str, rows: Iterable[StandingRow]) -> list[_Row]:
        gone = [_Row._make(row) for row in rows]
        for row in gone:
            self._past.setdefault((kind, row.key), set()).add(bytes(row.value_fp))
        return gone

    def _lay(self, kind: str, row: _Row) -> None:
        self._rows[kind, row.key] = row
        self._by_identity.setdefault((kind, row.raw_key or row.key), set()).add(row.key)
