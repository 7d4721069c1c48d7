"""What stands around a chunk's cases: their source, how far it was heard, quarantine, lead cases, cards."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, or_, select

from hub.model.blocks import Children, Coded, Flags, Instants
from hub.model.instants import NO_INSTANT
from hub.store.child_rows import offsets_of
from hub.store.chunks import Chunk, numbered, places
from hub.store.columnar import fetch
from hub.store.columns import Shape
from hub.store.schema import ROWS, cursors, dossiers, quarantine, sources, streams
from hub.store.schema_audit import findings


def source_names(connection: Connection, chunk: Chunk) -> Coded:
    name = connection.scalar(select(sources.c.name).where(sources.c.source_id == chunk.source_id))
    return Coded(np.zeros(len(chunk), dtype=np.int32), [str(name)])


def source_bound(connection: Connection, source_id: int) -> int:
    """The instant up to which all streams of a source were heard; NO_INSTANT: one never was."""
    found = connection.scalar(
        select(func.min(func.coalesce(cursors.c.bound, NO_INSTANT)))
        .select_from(streams.outerjoin(cursors, cursors.c.stream_id == streams.c.stream_id))
        .where(streams.c.source_id == source_id)
    )
    return NO_INSTANT if found is None else int(found)


def known_until(connection: Connection, chunk: Chunk, may_be_absent: Flags, known_at: int | None) -> Instants:
    """Up to when absence may be judged; NO_INSTANT for withdrawn cases and those no row tells of."""
    bound = source_bound(connection, chunk.source_id)
    if known_at is not None:
        bound = min(bound, known_at)
    return np.where(may_be_absent, bound, NO_INSTANT)


def held(connection: Connection, chunk: Chunk, known_at: int | None) -> Flags:
    """Which cases a quarantined row speaks of (that was open then)."""
    query = select(quarantine.c.case_no).where(
        quarantine.c.source_id == chunk.source_id, chunk.condition(quarantine.c.case_no, connection)
    )
    if known_at is None:
        query = query.where(quarantine.c.status == "open")
    else:
        settled = quarantine.c.settled_at
        query = query.where(
            quarantine.c.first_seen_at <= known_at, or_(settled.is_(None), settled > known_at)
        )
    flags = np.zeros(len(chunk), dtype=np.bool_)
    spoken_of = set(connection.scalars(query))
    if spoken_of:
        flags[[case_no in spoken_of for case_no in chunk.case_nos]] = True
    return flags


def has_leads(connection: Connection) -> bool:
    """Whether any case at all names a lead case."""
    case = ROWS["case"]
    query = select(case.c.parent_case_no).where(case.c.parent_case_no.is_not(None)).limit(1)
    return connection.scalar(query) is not None


def parents(connection: Connection, chunk: Chunk, leads: Coded | None) -> NDArray[np.int64]:
    """The dossier of each case's lead case (in the same source), −1 where it names none."""
    if leads is None or not len(leads.words):
        return np.full(len(chunk), -1, dtype=np.int64)
    known: dict[str, int] = {}
    for start in range(0, len(leads.words), 500):
        query = select(dossiers.c.case_no, dossiers.c.dossier_id).where(
            dossiers.c.source_id == chunk.source_id,
            dossiers.c.case_no.in_(leads.words[start : start + 500]),
        )
        known |= {row.case_no: row.dossier_id for row in connection.execute(query)}
    ids = np.array([known.get(case_no, -1) for case_no in leads.words] + [-1], dtype=np.int64)
    return ids[leads.codes]  # absent is −1: the last


_CARD_INSTANTS = ("detected_at", "issued_at", "answered_at", "started_at", "due_at", "stopped_at")
_CARD_WORDS = ("monitor", "severity", "status")


def card_rows(connection: Connection, chunk: Chunk, known_at: int | None) -> Children:
    """The cards the chunk's cases already have, as children of kind "card", in order of detection."""
    shapes: dict[str, Shape] = {
        **dict.fromkeys(("dossier_id", "finding_id", "supported", *_CARD_INSTANTS), "integer"),
        **dict.fromkeys(_CARD_WORDS, "word"),
    }
    query = select(*(findings.c[name] for name in shapes)).where(
        numbered(findings.c.dossier_id, chunk.ids, connection)
    )
    if known_at is not None:
        query = query.where(findings.c.detected_at <= known_at)
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
        numbers={name: rows.numbers[name].astype(np.float64) for name in ("finding_id", "supported")},
        words=rows.words,
    )
