"""Whole table rows as columns: what a block gives, and what the store itself says about each row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hub.model.arrow_column import ArrowColumn, taken
from hub.model.kinds import KINDS
from hub.store.outcomes import Standing
from hub.store.preparing import Prepared, check_texts, taken_at
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


def rows_as_decided(
    head: Head, block: Prepared, chosen: Sequence[Standing], places: dict[int, Place], *, passed: bool = False
) -> Rows:
    """The rows of a block that a batch of decisions chose. ``passed``: for history, not as current."""
    positions = [s.place[1] for s in chosen if s.place is not None]
    keys = taken(list(block.keys), positions)
    kept = [places[block.indexes[p]] for p in positions]
    columns: dict[str, Sequence[Any]] = {
        "key": keys,
        "raw_fp": [s.raw_fp for s in chosen],
        "value_fp": [s.value_fp for s in chosen],
        "page_id": [page for page, _ in kept],
        "page_index": [index for _, index in kept],
        "first_seen_at": [s.first_seen_at for s in chosen],
    }
    identities = [s.identity if s.identity != key else None for s, key in zip(chosen, keys, strict=True)]
    _add_given(columns, "raw_key", identities)
    _add_given(columns, "withdrawn_at", [head.now if s.withdrawn else None for s in chosen])
    columns |= taken_at(positions, block.columns)
    personal = taken_at(positions, block.personal)
    constants = _constant(head) | (_superseded(head) if passed else {})
    table = f"{block.kind}_history" if passed else f"{block.kind}_rows"
    return Rows(table, block.kind, len(positions), constants, columns, personal, block.sealer)


def rows_all_new(
    head: Head,
    block: Prepared,
    raw_fps: Sequence[bytes],
    identities: Sequence[str],
    page_id: int,
    page_indexes: Sequence[int],
) -> Rows:
    """All rows of a block, none of which the store has met."""
    given: dict[str, Sequence[Any]] = {}
    if identities is not block.keys:
        pairs = zip(identities, block.keys, strict=True)
        _add_given(given, "raw_key", [i if i != key else None for i, key in pairs])
    return _whole(head, block, raw_fps, page_id, page_indexes, {"first_seen_at": head.now}, given)


def rows_renewed(
    head: Head,
    block: Prepared,
    raw_fps: Sequence[bytes],
    page_id: int,
    page_indexes: Sequence[int],
    first_seen_at: Sequence[int],
) -> Rows:
    """All rows of a block whose keys are those of their raw records, some of which were met before."""
    return _whole(head, block, raw_fps, page_id, page_indexes, {}, {"first_seen_at": first_seen_at})


def _whole(
    head: Head,
    block: Prepared,
    raw_fps: Sequence[bytes],
    page_id: int,
    page_indexes: Sequence[int],
    same: dict[str, int],
    given: dict[str, Sequence[Any]],
) -> Rows:
    constants = _constant(head) | {"page_id": page_id} | same
    columns: dict[str, Sequence[Any]] = {
        "key": block.keys,
        "raw_fp": raw_fps,
        "value_fp": block.value_fps,
        "page_index": page_indexes,
    }
    columns |= given | block.columns
    alike = _alike(block, columns)
    columns = {name: column for name, column in columns.items() if name not in alike}
    table = f"{block.kind}_rows"
    return Rows(table, block.kind, len(block), constants | alike, columns, block.personal, block.sealer)


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


def _add_given(columns: dict[str, Sequence[Any]], name: str, column: list[Any]) -> None:
    if any(value is not None for value in column):
        columns[name] = column
