"""Where rows come from: the current ones, or those current at an instant, of the streams that tell them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Table

from hub.model.blocks import Coded
from hub.model.instants import NO_INSTANT
from hub.store.chunks import Chunk
from hub.store.columnar import fetch_sparse
from hub.store.columns import Columns, Shape
from hub.store.fold import Folding, given
from hub.store.schema import HISTORY, ROWS

SHAPES: dict[str, Shape] = {
    "text": "word",
    "unit": "word",
    "identifier": "word",
    "integer": "integer",
    "quantity": "real",
    "money": "integer",
    "boolean": "integer",
    "instant": "integer",
    "date": "integer",
}


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of one source: their rank, and which of them tell of each kind.

    ``bound``: the instant up to which all of them were heard; NO_INSTANT: one never was. ``any_leads``:
    whether any case of the source names a lead case; ``any_quarantined``: whether a row of it ever was.
    """

    source: str
    bound: int
    ids: NDArray[np.int64]
    ranks: NDArray[np.int64]
    tellers: dict[str, list[int]]
    any_leads: bool
    any_quarantined: bool

    def rank(self, stream_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        return self.ranks[np.searchsorted(self.ids, stream_ids)]


def streams_of(connection: Connection, source_id: int) -> Streams:
    # One question, because a judge of ten cases asks as much beside them as of them.
    told = connection.exec_driver_sql(
        f"SELECT s.name, t.stream_id, t.rank, c.bound, k.kind, {_any_of(source_id)} FROM sources s "
        "LEFT JOIN streams t ON t.source_id = s.source_id "
        "LEFT JOIN cursors c ON c.stream_id = t.stream_id "
        "LEFT JOIN stream_kinds k ON k.stream_id = t.stream_id "
        f"WHERE s.source_id = {int(source_id)} ORDER BY t.stream_id"
    ).all()
    ranks: dict[int, int] = {}
    bounds: list[int | None] = []
    tellers: dict[str, list[int]] = {}
    for _, stream_id, rank, bound, kind, *_ in told:
        if stream_id is not None:
            ranks[stream_id] = rank
            bounds.append(bound)
        if kind is not None:
            tellers.setdefault(kind, []).append(stream_id)
    heard = [NO_INSTANT if bound is None else bound for bound in bounds]
    ids, places = (np.array([*of], dtype=np.int64) for of in (ranks, ranks.values()))
    # A block of no cases is of no source.
    name, lead, quarantined = (told[0][0], told[0][5], told[0][6]) if told else ("", None, None)
    any_leads, any_quarantined = lead is not None, quarantined is not None
    heard_to = min(heard, default=NO_INSTANT)
    return Streams(name, heard_to, ids, places, tellers, any_leads, any_quarantined)


def _any_of(source_id: int) -> str:
    """Two columns: a lead case that a case of the source names, 1 where a case ever was quarantined."""
    # In order, because the index of leads has it: else a planner without statistics reads all cases.
    return (
        f"(SELECT parent_case_no FROM {ROWS['case'].name} WHERE source_id = {int(source_id)} "
        "AND parent_case_no IS NOT NULL ORDER BY parent_case_no LIMIT 1), "
        f"(SELECT 1 FROM quarantine WHERE source_id = {int(source_id)} AND case_no IS NOT NULL LIMIT 1)"
    )


def fetch_rows(
    connection: Connection,
    kind: str,
    chunk: Chunk,
    told: Streams,
    shapes: dict[str, Shape],
    known_at: int | None,
) -> tuple[Columns, NDArray[np.int64]]:
    """The rows of a chunk's cases, and the place of each one's case in the chunk."""
    name = case_no_column(kind)
    rows = fetch_where(
        connection,
        kind,
        chunk,
        told,
        {name: "names", **shapes},
        known_at,
        lambda table: chunk.words(table.c[name], connection),
        chunk.absent.setdefault(kind, set()) if known_at is None else set(),
    )
    owners = chunk.names.places(rows.names[name])
    inside = owners >= 0
    return (rows, owners) if inside.all() else (rows.take(inside), owners[inside])


def case_no_column(kind: str) -> str:
    """Where a kind's rows keep the case number: the key of a case row is nothing else."""
    return "key" if kind == "case" else "case_no"


def fetch_where(
    connection: Connection,
    kind: str,
    chunk: Chunk,
    told: Streams,
    shapes: dict[str, Shape],
    known_at: int | None,
    condition: Callable[[Table], str],
    absent: set[str],
) -> Columns:
    """The rows of the chunk's source that meet a condition; ``absent``: see ``fetch_sparse``."""
    columns = ", ".join(map(connection.dialect.identifier_preparer.quote, shapes))
    tellers = ", ".join(map(str, told.tellers.get(kind, []))) or "NULL"
    of_streams = f"source_id = {int(chunk.source_id)} AND stream_id IN ({tellers})"
    parts = [
        f"SELECT {columns} FROM {table.name} WHERE {of_streams} AND {valid} AND {condition(table)}"
        for table, valid in _versions(kind, known_at)
    ]
    return fetch_sparse(connection, " UNION ALL ".join(parts), shapes, absent)


def _versions(kind: str, known_at: int | None) -> list[tuple[Table, str]]:
    """The current rows of a kind, or the versions that were current at an instant."""
    if known_at is None:
        return [(ROWS[kind], "true")]
    then = int(known_at)
    past = f"arrived_at <= {then} AND superseded_at > {then}"
    return [(ROWS[kind], f"last_changed_at <= {then}"), (HISTORY[kind], past)]


def is_live(withdrawn_at: NDArray[np.int64], known_at: int | None) -> NDArray[np.bool_]:
    """Which rows were not withdrawn (by then)."""
    live: NDArray[np.bool_] = withdrawn_at == NO_INSTANT
    return live if known_at is None else live | (withdrawn_at > known_at)


def folded(fold: Folding, column: NDArray[Any]) -> NDArray[Any]:
    absent = np.nan if column.dtype.kind == "f" else NO_INSTANT
    return fold.first(column, given(column, absent), absent)


def folded_words(fold: Folding, coded: Coded) -> Coded:
    return Coded(fold.first(coded.codes, coded.codes >= 0, -1), coded.words)


def reals(column: NDArray[Any], divisor: float = 1.0) -> NDArray[np.float64]:
    """Integers as numbers that may be absent: money in yuan, scores."""
    if column.dtype.kind == "f":
        return column
    return np.where(column == NO_INSTANT, np.nan, column / divisor)
