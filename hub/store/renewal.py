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
from hub.store.preparing import Prepared
from hub.store.standing import Found


@dataclass(frozen=True, slots=True)
class Renewal:
    """The rows of a plain batch that are new or changed, and what stands of the latter.

    ``new``: which of them; ``first_seen_at``: of the others; ``gone``: fingerprints of what they replace.
    """

    block: Prepared
    raw_fps: Sequence[bytes]
    new: NDArray[np.bool_]
    first_seen_at: NDArray[np.int64]
    gone: tuple[Sequence[bytes], Sequence[bytes]]

    def changes(self, now: int) -> Changes:
        """What the batch changes when it is stored at that instant."""
        block, new = self.block, self.new
        if not len(block):
            return Changes()
        renewed = _where(~new, block.keys)
        return Changes(
            moved={block.kind: renewed} if len(renewed) else {},
            written=[Written.of(block, self.raw_fps, np.where(new, now, self.first_seen_at))],
            new={block.kind: _where(new, block.keys)} if new.any() else {},
            inserted=_where(new, block.indexes),
            updated=_where(~new, block.indexes),
            gone=self.gone,
        )


def renewal(
    raw_fps: Sequence[bytes], blocks: Sequence[Prepared], found: Found, mapping_id: int
) -> Renewal | None:
    """What of a batch that is not plural is new or changed, by what was found under the keys of its block, or
    of the part of it that is compared; None where it is not plain, or what stands came otherwise.

    ``raw_fps``: of each raw record of the batch.
    """
    if not _is_plain(blocks):
        return None
    block = blocks[0]
    stands = _Stands.of(found[block.kind], mapping_id)
    if stands is None:
        return None
    places = stands.places(block.keys)
    known = places >= 0
    changed = known.copy()
    changed[known] = (pairs_in(block.value_fps)[known] != pairs_in(stands.value_fps)[places[known]]).any(1)
    first_seen_at = np.zeros(len(block), np.int64)
    first_seen_at[known] = np.array(stands.first_seen_at, np.int64)[places[known]]
    at = np.flatnonzero(changed | ~known)
    block = block if len(at) == len(block) else block.only(at.tolist())
    gone = places[changed].tolist()
    replaced = [stands.raw_fps[p] for p in gone], [stands.value_fps[p] for p in gone]
    return Renewal(block, taken(raw_fps, block.indexes), ~known[at], first_seen_at[at], replaced)


def _is_plain(blocks: Sequence[Prepared]) -> bool:
    """As far as the batch itself tells."""
    if len(blocks) != 1:
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
