"""What a case's source reported before it reported otherwise: the dates that a new report replaced (M18)."""

import numpy as np
from sqlalchemy import Connection

from hub.model.blocks import Children
from hub.store.child_rows import offsets_of
from hub.store.chunks import Chunk
from hub.store.columnar import fetch
from hub.store.columns import Shape
from hub.store.row_source import Streams
from hub.store.schema import HISTORY, ROWS

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
_ENDS = ("decided_at", "closed_at", "refused_at")
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
    tellers = ", ".join(str(int(stream_id)) for stream_id in told.tellers.get("case", ()))
    if not tellers or not _is_any(connection, tellers):
        return None
    rows = fetch(connection, _replaced(connection, chunk, tellers, known_at), _SHAPES)
    owners = chunk.names.places(rows.names["key"])
    order = np.argsort(owners, kind="stable")
    order = order[owners[order] >= 0]
    rows = rows.take(order)
    instants = {**rows.numbers, "first_seen_at": rows.numbers["superseded_at"]}
    return Children(offsets_of(owners[order], len(chunk)), instants, {}, rows.words)


def _is_any(connection: Connection, tellers: str) -> bool:
    """Whether any case of these streams was ever reported anew."""
    statement = f"SELECT 1 FROM {HISTORY['case'].name} WHERE stream_id IN ({tellers}) LIMIT 1"
    return connection.exec_driver_sql(statement).first() is not None


def _replaced(connection: Connection, chunk: Chunk, tellers: str, known_at: int | None) -> str:
    past, now = HISTORY["case"], ROWS["case"]
    columns = ", ".join(f"{past.name}.{name}" for name in _SHAPES)
    ended = " OR ".join(f"{past.name}.{name} IS NOT NULL" for name in _ENDS)
    replaced = (
        f"SELECT {columns} FROM {past.name} "
        f"JOIN runs ON runs.run_id = {past.name}.superseded_run_id AND runs.kind = 'sync' "
    )
    own = f"{past.name}.stream_id IN ({tellers}) AND {chunk.words(past.c.key, connection)} AND ({ended})"
    if known_at is not None:
        return f"{replaced} WHERE {own} AND {past.name}.superseded_at <= {int(known_at)}"
    if chunk.span is None and "," not in tellers:
        return f"{replaced} WHERE {own}"  # what the one teller tells as before is judged as it is now
    # Told otherwise now, in what a verdict on lateness rests on.
    differs = "IS DISTINCT FROM" if connection.dialect.name == "postgresql" else "IS NOT"
    told = [name for name in (*INSTANTS, *WORDS) if name != "superseded_at"]
    otherwise = " OR ".join(f"{now.name}.{name} {differs} {past.name}.{name}" for name in told)
    same = f"{now.name}.stream_id = {past.name}.stream_id AND {now.name}.key = {past.name}.key"
    return f"{replaced} JOIN {now.name} ON {same} WHERE {own} AND ({otherwise})"
