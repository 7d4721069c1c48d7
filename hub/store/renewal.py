"""A plain batch decided by its columns: what Deciding makes of it, without an object for every record.

Plain is a lone block whose rows have the keys of their raw records, each once, and neither versions nor
parents; and what stands under these keys came so too, by the same mapping, and is not withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.model.arrow_column import taken
from hub.store.changes import Changes, Written
from hub.store.dialect import StandingRow
from hub.store.fingerprints import pairs_in
from hub.store.planning import Plan
from hub.store.preparing import Prepared
from hub.store.standing import Found


def renew(plan: Plan, blocks: Sequence[Prepared], found: Found, mapping_id: int, now: int) -> Changes | None:
    """What a plain batch changes, by what was found under the keys of its block, or of the part of it that
    is compared; None where the batch is not plain, or what stands came otherwise.
    """
    if not _is_plain(plan, blocks):
        return None
    block = blocks[0]
    stands = _Stands.of(found[block.kind], mapping_id)
    if stands is None:
        return None
    places = stands.places(block.keys)
    known = places >= 0
    changed = known.copy()
    changed[known] = (pairs_in(block.value_fps)[known] != pairs_in(stands.value_fps)[places[known]]).any(1)
    first_seen_at = np.full(len(block), now)
    first_seen_at[known] = np.array(stands.first_seen_at, np.int64)[places[known]]
    at = np.flatnonzero(changed | ~known)
    if not len(at):
        return Changes()
    block = block if len(at) == len(block) else block.only(at.tolist())
    new, gone = ~known[at], places[changed].tolist()
    return Changes(
        moved={block.kind: _where(~new, block.keys)} if gone else {},
        written=[Written.of(block, taken(plan.raw_fps, block.indexes), first_seen_at[at])],
        new={block.kind: _where(new, block.keys)} if new.any() else {},
        inserted=_where(new, block.indexes),
        updated=_where(~new, block.indexes),
        gone=([stands.raw_fps[p] for p in gone], [stands.value_fps[p] for p in gone]),
    )


def _is_plain(plan: Plan, blocks: Sequence[Prepared]) -> bool:
    """As far as the batch itself tells."""
    if plan.plural or len(blocks) != 1:
        return False
    return blocks[0].unique and not {"data_version", "parent_case_no"} & blocks[0].columns.keys()


def _where(which: NDArray[np.bool_], column: Sequence[Any]) -> Sequence[Any]:
    return column if which.all() else [column[p] for p in np.flatnonzero(which).tolist()]


@dataclass(frozen=True, slots=True)
class _Stands:
    """Columns of what stands."""

    keys: Sequence[str] = ()
    raw_fps: Sequence[bytes] = ()
    value_fps: Sequence[bytes] = ()
    first_seen_at: Sequence[int] = ()

    @classmethod
    def of(cls, rows: Sequence[StandingRow], mapping_id: int) -> "_Stands | None":
        """None where a row did not come as one of a plain batch does."""
        if not rows:
            return cls()
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        keys, raw_keys, raw_fps, value_fps, mapping_ids, first_seen_at, *_, withdrawn_at, _, parents = columns
        absent = all(column.count(None) == len(rows) for column in (raw_keys, withdrawn_at, parents))
        if not absent or mapping_ids.count(mapping_id) < len(rows):
            return None
        return cls(keys, raw_fps, value_fps, first_seen_at)

    def places(self, keys: Sequence[str]) -> NDArray[np.intp]:
        """Where each key stands; −1 where it does not."""
        at = dict(zip(self.keys, range(len(self.keys)), strict=True))
        return np.fromiter((at.get(key, -1) for key in keys), np.intp, len(keys))
