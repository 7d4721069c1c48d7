"""Whole table rows as columns: what a block gives, and what the store itself says about each row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.errors import StoreError
from hub.model.arrow_column import ArrowColumn
from hub.model.kinds import KINDS
from hub.store.changes import Written
from hub.store.preparing import Prepared, check_texts
from hub.store.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Head:
    """What is the same for every row of a batch."""

    source_id: int
    stream_id: int
    mapping_id: int
    run_id: int
    now: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table as columns of one length; columns without any value are left out.

    ``constants``: what is the same in every row.
    """

    table: str
    kind: str
    size: int
    constants: dict[str, int | str]
    columns: dict[str, Sequence[Any]]
    personal: dict[str, Sequence[Any]]
    sealer: Sealer

    @property
    def names(self) -> list[str]:
        """The table's columns that are written: the constants, then those of each piece."""
        return [*self.constants, *self.columns, *self.sealer.names(self.personal)]

    def pieces(self, size: int) -> Iterator[dict[str, Sequence[Any]]]:
        """The rows in pieces, in the order of ``names`` after the constants; each checked when asked for."""
        for start in range(0, self.size, size):
            cut = slice(start, min(start + size, self.size))
            columns = {name: column[cut] for name, column in self.columns.items()}
            check_texts(KINDS[self.kind], columns)
            personal = {name: column[cut] for name, column in self.personal.items()}
            yield columns | self.sealer.columns(self.kind, personal, cut.stop - cut.start)


#: Where a raw record is kept: (page_id, page_index).
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Places:
    """Where the raw records of a batch are kept, by their index; (0, 0) where one is not."""

    page_ids: NDArray[np.int64]
    page_indexes: NDArray[np.int64]

    def __getitem__(self, index: int) -> Place:
        return int(self.page_ids[index]), int(self.page_indexes[index])

    def columns(self, indexes: Sequence[int]) -> dict[str, ArrowColumn]:
        """What rows that came from these raw records say of it."""
        at = np.array(indexes, np.intp)
        given = {"page_id": self.page_ids[at], "page_index": self.page_indexes[at]}
        return {name: ArrowColumn.of_integers(numbers) for name, numbers in given.items()}


def rows_of(head: Head, written: Written, places: Places) -> Rows:
    """Rows as they are written, in their table; StoreError where a raw record of theirs is not kept."""
    block = written.block
    if not places.page_ids[np.array(block.indexes, np.intp)].all():
        raise StoreError("a row's raw record is not kept", remedy="report this as a bug")
    columns: dict[str, Sequence[Any]] = {"key": block.keys, "value_fp": block.value_fps}
    columns |= written.told | places.columns(block.indexes) | block.columns
    alike = _alike(block, columns)
    columns = {name: column for name, column in columns.items() if name not in alike}
    constants = _constant(head) | (_superseded(head) if written.passed else {}) | alike
    if "first_seen_at" not in written.told:
        constants["first_seen_at"] = head.now
    table = f"{block.kind}_history" if written.passed else f"{block.kind}_rows"
    return Rows(table, block.kind, len(block), constants, columns, block.personal, block.sealer)


def _alike(block: Prepared, columns: dict[str, Sequence[Any]]) -> dict[str, int | str]:
    """What is the same in every row, though it was said of each: a department, a region, a kind."""
    alike = {n: c[:1] for n, c in columns.items() if n != "key" and isinstance(c, ArrowColumn) and c.alike}
    check_texts(KINDS[block.kind], {"key": block.keys[:1], **alike})
    return {name: column[0] for name, column in alike.items()}


def _constant(head: Head) -> dict[str, int | str]:
    return {
        "source_id": head.source_id,
        "stream_id": head.stream_id,
        "mapping_id": head.mapping_id,
        "run_id": head.run_id,
        "last_changed_at": head.now,
    }


def _superseded(head: Head) -> dict[str, int | str]:
    """What history adds to versions that came and went within one batch."""
    return {"arrived_at": head.now, "superseded_at": head.now, "superseded_run_id": head.run_id}
