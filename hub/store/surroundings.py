"""What stands around a chunk's cases: their source, how far it was heard, quarantine, cards."""

import numpy as np
from sqlalchemy import ColumnElement, Connection, func, or_, select

from hub.model.blocks import Children, Coded, Flags, Instants
from hub.model.instants import NO_INSTANT
from hub.store.child_rows import offsets_of
from hub.store.chunks import Chunk, numbered, places
from hub.store.columnar import fetch
from hub.store.columns import Shape
from hub.store.row_source import Streams
from hub.store.schema import cursors, quarantine, streams
from hub.store.schema_audit import findings


def source_names(chunk: Chunk, told: Streams) -> Coded:
    return Coded(np.zeros(len(chunk), dtype=np.int32), [told.source])


def source_bound(connection: Connection, source_id: int) -> int:
    """The instant up to which all streams of a source were heard; NO_INSTANT: one never was."""
    found = connection.scalar(
        select(func.min(func.coalesce(cursors.c.bound, NO_INSTANT)))
        .select_from(streams.outerjoin(cursors, cursors.c.stream_id == streams.c.stream_id))
        .where(streams.c.source_id == source_id)
    )
    return NO_INSTANT if found is None else int(found)


def known_until(told: Streams, may_be_absent: Flags, known_at: int | None) -> Instants:
    """Up to when absence may be judged; NO_INSTANT for withdrawn cases and those no row tells of."""
    bound = told.bound if known_at is None else min(told.bound, known_at)
    return np.where(may_be_absent, bound, NO_INSTANT)


def held(connection: Connection, chunk: Chunk, told: Streams, known_at: int | None) -> Flags:
    """Which cases a quarantined row speaks of (that was open then)."""
    flags = np.zeros(len(chunk), dtype=np.bool_)
    if not told.any_quarantined:
        return flags
    own = chunk.condition(quarantine.c.case_no, connection)
    if spoken_of := quarantined(connection, chunk.source_id, own, known_at):
        flags[[case_no in spoken_of for case_no in chunk.case_nos]] = True
    return flags


def quarantined(
    connection: Connection, source_id: int, condition: ColumnElement[bool], known_at: int | None
) -> set[str]:
    """The cases of a source, among those meeting a condition, of which a quarantined row speaks."""
    query = select(quarantine.c.case_no).where(quarantine.c.source_id == source_id, condition)
    if known_at is None:
        query = query.where(quarantine.c.status == "open")
    else:
        settled = quarantine.c.settled_at
        query = query.where(
            quarantine.c.first_seen_at <= known_at, or_(settled.is_(None), settled > known_at)
        )
    return set(connection.scalars(query))


_CARD_INSTANTS = ("detected_at", "issued_at", "answered_at", "started_at", "due_at", "stopped_at")
_CARD_NUMBERS = ("finding_id", "supported", "limit")
_CARD_WORDS = ("monitor", "severity", "status", "item_code")


def card_rows(connection: Connection, chunk: Chunk, known_at: int | None) -> Children:
    """The cards the chunk's cases already have, as children of kind "card", in order of detection."""
    shapes: dict[str, Shape] = {
        **dict.fromkeys(("dossier_id", "finding_id", "supported", *_CARD_INSTANTS), "integer"),
        **dict.fromkeys(_CARD_WORDS, "word"),
        "limit": "real",
    }
    own = numbered(findings.c.dossier_id, chunk.ids, connection)
    columns = ", ".join(map(connection.dialect.identifier_preparer.quote, shapes))
    query = f"SELECT {columns} FROM findings WHERE {own}"
    if known_at is not None:
        query = f"{query} AND detected_at <= {int(known_at)}"
    rows = fetch(connection, query, shapes)
    owners, inside = places(chunk.ids, rows.numbers["dossier_id"])
    order = np.lexsort((rows.numbers["finding_id"], owners))
    order = order[inside[order]]
    rows, owners = rows.take(order), owners[order]
    return Children(
        offsets=offsets_of(owners, len(chunk)),
        instants={
            **{name: rows.numbers[name] for name in _CARD_INSTANTS},
            "first_seen_at": rows.numbers["detected_at"],
        },
        numbers={name: rows.numbers[name].astype(np.float64) for name in _CARD_NUMBERS},
        words=rows.words,
    )
