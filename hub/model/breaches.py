"""What one monitor found among a block's cases, as columns: most of it a card says already."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hub.model.blocks import Coded, Codes, Flags, Instants, Numbers
from hub.model.verdicts import Finding

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Breaches:
    """One row per finding, no two of one case. ``severity``: 1 the least grave.

    ``cases``: the place of each one's case in the block. The columns are what a card says (see Finding);
    ``tell`` makes the findings of some rows, which costs as much as all the rest.
    """

    monitor: str
    cases: Rows
    severity: NDArray[np.int8]
    pending: Flags
    limit: Numbers
    limit_unit: Coded
    started_at: Instants
    due_at: Instants
    stopped_at: Instants
    provisional: Flags
    department: Coded
    item_code: Coded
    reason: Coded
    tell: Callable[[Rows], list[Finding]]

    def __len__(self) -> int:
        return len(self.cases)

    @cached_property
    def findings(self) -> list[Finding]:
        """All of them."""
        return self.tell(np.arange(len(self)))

    def told(self, rows: Rows) -> list[Finding]:
        """Those of some rows."""
        if "findings" in self.__dict__:
            return [self.findings[row] for row in rows.tolist()]
        return self.tell(rows) if len(rows) else []


def coded_alike(column: Coded, words: Sequence[str | None]) -> Codes:
    """The codes that the column's texts have among other words; −2: not among them."""
    places = {word: place for place, word in reversed(list(enumerate(words)))}
    table = np.array([*(places.get(word, -2) for word in column.words), -1], dtype=np.int32)
    return table[column.codes]


def one_code_each(column: Coded) -> Coded:
    """The same texts, equal ones under one code and blank ones under −1."""
    words = [word or None for word in column.words]
    places = {word: place for place, word in reversed(list(enumerate(words)))}
    table = np.array([*(-1 if word is None else places[word] for word in words), -1], dtype=np.int32)
    return replace(column, codes=table[column.codes])
