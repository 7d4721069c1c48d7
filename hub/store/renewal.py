"""A plain batch decided by its columns: what Deciding makes of it, without an object for every record.

Plain is a lone block whose rows have the keys of their raw records, each once, and neither versions nor
parents; and what stands under these keys came so too, by the same mapping, and is not withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.store.dialect import StandingRow
from hub.store.fingerprints import pairs_in
from hub.store.preparing import Prepared

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Renewal:
    """The rows to be written, in order of arrival: the new ones, and those that take another's place."""

    block: Prepared
    #: Of each row to be written, when its key was first seen.
    first_seen_at: NDArray[np.int64]
    #: Which of them are new.
    new: NDArray[np.bool_]
    #: Fingerprints of what stands no longer: of raw bytes, and of values.
    gone: tuple[list[bytes], list[bytes]]

    @property
    def nothing(self) -> bool:
        """Whether every record stands as it is."""
        return not len(self.block)

    @property
    def new_keys(self) -> dict[str, list[str]]:
        """The keys of rows that there are more than before, by kind."""
        return {self.block.kind: self._keys(self.new)} if self.new.any() else {}

    @property
    def moved(self) -> list[str]:
        """The keys whose rows move to history first."""
        return self._keys(~self.new)

    @property
    def case_nos(self) -> list[str]:
        """The cases whose records changed, each once."""
        return list(dict.fromkeys(self.block.case_nos()))

    @property
    def parents(self) -> set[str]:
        """None of a plain batch."""
        return set()

    def _keys(self, which: NDArray[np.bool_]) -> list[str]:
        keys = self.block.keys
        return list(keys) if which.all() else [keys[p] for p in np.flatnonzero(which).tolist()]


def may_be_plain(block: Prepared) -> bool:
    """Whether nothing about a lone block of a stream that is not plural forbids it."""
    told = {"data_version", "parent_case_no"} & block.columns.keys()
    return not told and len(set(block.keys)) == len(block)


def renew(block: Prepared, rows: Sequence[StandingRow], mapping_id: int, now: int) -> Renewal | None:
    """What becomes of a plain block, or part of one, by the rows that stand under its keys.

    None where those came otherwise.
    """
    stands = _Stands.of(rows, mapping_id)
    if stands is None:
        return None
    places = stands.places(block.keys)
    known = places >= 0
    changed = known.copy()
    changed[known] = (pairs_in(block.value_fps)[known] != pairs_in(stands.value_fps)[places[known]]).any(1)
    first_seen_at = np.full(len(block), now)
    first_seen_at[known] = np.array(stands.first_seen_at, np.int64)[places[known]]
    written = np.flatnonzero(changed | ~known)
    gone = places[changed].tolist()
    return Renewal(
        block if len(written) == len(block) else block.only(written.tolist()),
        first_seen_at[written],
        ~known[written],
        ([stands.raw_fps[p] for p in gone], [stands.value_fps[p] for p in gone]),
    )


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

    def places(self, keys: Sequence[str]) -> Places:
        """Where each key stands; −1 where it does not."""
        at = dict(zip(self.keys, range(len(self.keys)), strict=True))
        return np.fromiter((at.get(key, -1) for key in keys), np.intp, len(keys))
