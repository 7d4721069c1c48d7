"""What a case's source reported before it reported otherwise: the dates that a new report replaced (M18)."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, or_, select

from hub.model.blocks import Children
from hub.store.child_rows import offsets_of
from hub.store.chunks import Chunk
from hub.store.columnar import fetch
from hub.store.columns import Shape
from hub.store.row_source import Streams
from hub.store.schema import HISTORY, ROWS, runs

_PAST, _NOW = HISTORY["case"], ROWS["case"]
INSTANTS = (
    "received_at",
    "accepted_at",
    "refused_at",
    "decided_at",
    "closed_at",
    "delivered_at",
    "due_at",
    "superseded_at",
)
WORDS = ("item_code", "case_type", "result")
_SHAPES: dict[str, Shape] = {
    "key": "names",
    **dict.fromkeys(INSTANTS, "integer"),
    **dict.fromkeys(WORDS, "word"),
}


def earlier_reports(
    connection: Connection, chunk: Chunk, told: Streams, known_at: int | None
) -> Children | None:
    """The versions of the chunk's cases that a sync replaced and that told an end, by case.

    Also one that came when its successor was known already: it was reported all the same.
    Not what a replay replaced: there the mapping was mended, and nobody reported anything.
    """
    tellers = told.tellers.get("case", [])
    if not tellers or not _is_any(connection, tellers):
        return None
    rows = fetch(connection, _replaced(connection, chunk, tellers, known_at), _SHAPES)
    owners = chunk.names.places(rows.names["key"])
    order = np.argsort(owners, kind="stable")
    order = order[owners[order] >= 0]
    rows = rows.take(order)
    instants = {**rows.numbers, "first_seen_at": rows.numbers["superseded_at"]}
    return Children(offsets_of(owners[order], len(chunk)), instants, {}, rows.words)


def _is_any(connection: Connection, tellers: list[int]) -> bool:
    """Whether any case of these streams was ever reported anew."""
    ids = ", ".join(str(int(stream_id)) for stream_id in tellers)
    found = connection.exec_driver_sql(f"SELECT 1 FROM case_history WHERE stream_id IN ({ids}) LIMIT 1")
    return found.first() is not None


def _replaced(connection: Connection, chunk: Chunk, tellers: list[int], known_at: int | None) -> Select[Any]:
    query = (
        select(*(_PAST.c[name] for name in _SHAPES))
        .join(runs, runs.c.run_id == _PAST.c.superseded_run_id)
        .where(
            _PAST.c.stream_id.in_(tellers),
            chunk.condition(_PAST.c.key, connection),
            or_(*(_PAST.c[name].is_not(None) for name in ("decided_at", "closed_at", "refused_at"))),
            runs.c.kind == "sync",
        )
    )
    if known_at is not None:
        return query.where(_PAST.c.superseded_at <= known_at)
    same = (_NOW.c.stream_id == _PAST.c.stream_id) & (_NOW.c.key == _PAST.c.key)
    return query.join(_NOW, same).where(or_(*_otherwise()))


def _otherwise() -> Iterator[ColumnElement[bool]]:
    """Told otherwise now, in what a verdict on lateness rests on."""
    for name in (*INSTANTS, *WORDS):
        if name != "superseded_at":
            yield _NOW.c[name].is_distinct_from(_PAST.c[name])
