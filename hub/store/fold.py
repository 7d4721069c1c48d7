"""The fold: a case told by several rows is, per field, the first given value in order of authority.

Pure columns in, columns out. Rows may have arrived in any order: only ranks decide. Withdrawn rows
give no values while the case has others. Sources with one stream per kind never come here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Folding:
    """How rows fall into groups: ``order`` sorts them by group, then rank; withdrawn ones are left out.

    ``groups[k]`` is the group of row ``order[k]``; groups are numbered 0 to count − 1.
    """

    order: NDArray[np.int64]
    groups: NDArray[np.int64]
    count: int

    @classmethod
    def of(
        cls, groups: NDArray[np.int64], ranks: NDArray[np.int64], live: NDArray[np.bool_], count: int
    ) -> "Folding":
        order = np.lexsort((ranks, groups)).astype(np.int64)
        order = order[live[order]]
        return cls(order, groups[order], count)

    def reviving(
        self, groups: NDArray[np.int64], ranks: NDArray[np.int64]
    ) -> tuple["Folding", NDArray[np.bool_]]:
        """The same with groups that lost every row kept at their last values, and which those are."""
        alive = np.bincount(self.groups, minlength=self.count) > 0
        present = np.bincount(groups, minlength=self.count) > 0
        dead: NDArray[np.bool_] = present & ~alive
        if not dead.any():
            return self, dead
        kept = dead[groups]
        kept[self.order] = True
        return Folding.of(groups, ranks, kept, self.count), dead

    def first(self, column: Column, given: NDArray[np.bool_], absent: Any) -> Column:
        """Per group the first given value; ``absent`` where no row of the group gives one."""
        folded = np.full(self.count, absent, dtype=column.dtype)
        rows, winners = self._winners(given)
        folded[winners] = column[rows]
        return folded

    def least(self, column: NDArray[np.int64], absent: int) -> NDArray[np.int64]:
        """Per group the smallest value of its rows: when the group was first seen."""
        folded = np.full(self.count, np.iinfo(np.int64).max)
        np.minimum.at(folded, self.groups, column[self.order])
        folded[np.bincount(self.groups, minlength=self.count) == 0] = absent
        return folded

    def _winners(self, given: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        kept = given[self.order]
        rows, groups = self.order[kept], self.groups[kept]
        starts = np.ones(len(groups), dtype=np.bool_)
        starts[1:] = groups[1:] != groups[:-1]
        return rows[starts], groups[starts]


def given(column: Column, absent: Any) -> NDArray[np.bool_]:
    """Where a column holds a value; NaN and the given marker mean absent."""
    if column.dtype.kind == "f":
        return ~np.isnan(column)
    return np.asarray(column != absent, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Folded:
    """One record folded from rows: its values, and for each field the row that gave it."""

    values: dict[str, Any]
    givers: dict[str, int]
    withdrawn: bool


def fold_rows(
    rows: Sequence[Mapping[str, Any]],
    fields: Sequence[str],
    *,
    ranks: Sequence[int],
    withdrawn: Sequence[bool],
) -> Folded:
    """Fold the rows of one record (None = absent), telling which row gave each field."""
    ranked = sorted(range(len(rows)), key=ranks.__getitem__)
    live = [i for i in ranked if not withdrawn[i]]
    telling = live or ranked  # Not nothing, because a withdrawn record stays visible with its last values.
    givers = {field: next((i for i in telling if rows[i].get(field) is not None), -1) for field in fields}
    given_by = {field: i for field, i in givers.items() if i >= 0}
    return Folded({field: rows[i][field] for field, i in given_by.items()}, given_by, withdrawn=not live)
