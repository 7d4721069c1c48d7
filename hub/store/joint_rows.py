"""Joint approvals: the lead case that a case names, and the members that name a case as their lead."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Table, select

from hub.model.blocks import Children, Coded
from hub.model.instants import NO_INSTANT
from hub.store.child_rows import offsets_of
from hub.store.chunks import Chunk
from hub.store.columnar import text_of
from hub.store.columns import Columns, Shape
from hub.store.fold import Folding
from hub.store.row_source import Streams, fetch_where, folded, folded_words, is_live
from hub.store.schema import ROWS, dossiers, quarantine
from hub.store.surroundings import quarantined

_CASE = ROWS["case"]
_INSTANTS = ("received_at", "accepted_at", "refused_at", "decided_at", "closed_at")


def parents(
    connection: Connection, chunk: Chunk, told: Streams, leads: Coded | None, known_at: int | None
) -> NDArray[np.int64]:
    """The dossier of each case's lead case (in the same source), −1 where it names none that has come.

    A lead of which only steps or pauses have come is no case yet: its own record wakes its members.
    """
    if leads is None or not len(leads.words):
        return np.full(len(chunk), -1, dtype=np.int64)
    known: dict[str, int] = {}
    for start in range(0, len(leads.words), 500):
        query = select(dossiers.c.case_no, dossiers.c.dossier_id).where(
            dossiers.c.source_id == chunk.source_id,
            dossiers.c.case_no.in_(leads.words[start : start + 500]),
            _has_come(told, known_at),
        )
        known |= {row.case_no: row.dossier_id for row in connection.execute(query)}
    ids = np.array([known.get(case_no, -1) for case_no in leads.words] + [-1], dtype=np.int64)
    return ids[leads.codes]  # absent is −1: the last


def _has_come(told: Streams, known_at: int | None) -> ColumnElement[bool]:
    """Whether a case record of the dossier has come (by then)."""
    rows = select(_CASE.c.key).where(
        _CASE.c.stream_id.in_(told.tellers.get("case", [])), _CASE.c.key == dossiers.c.case_no
    )
    return (rows if known_at is None else rows.where(_CASE.c.first_seen_at <= known_at)).exists()


def member_rows(connection: Connection, chunk: Chunk, told: Streams, known_at: int | None) -> Children:
    """The members of the chunk's cases as children of kind "member", wherever their own chunk is."""
    shapes: dict[str, Shape] = {
        **dict.fromkeys(("stream_id", "withdrawn_at", "first_seen_at", *_INSTANTS), "integer"),
        "key": "word",
        "parent_case_no": "names",
    }
    if not told.any_leads:
        return _members(_none(shapes), np.zeros(0, dtype=np.int64), len(chunk), set())
    # By the members' keys and not by their rows, because only one of a case's streams names the lead.
    named = chunk.condition(_CASE.c.parent_case_no, connection)
    keys = select(_CASE.c.key).where(_CASE.c.source_id == chunk.source_id, named)

    def of_members(table: Table) -> str:
        return f"{table.name}.key IN ({text_of(connection, keys)})"

    rows = fetch_where(connection, "case", chunk, told, shapes, known_at, of_members, set())
    # A lead of another chunk (−1) is a lead, where no lead at all (NO_INSTANT) leaves the word to others.
    leads = rows.names["parent_case_no"]
    rows.numbers["lead"] = np.where(leads.given(), chunk.names.places(leads), NO_INSTANT)
    rows = rows.take(is_live(rows.numbers["withdrawn_at"], known_at))
    rows = _fold(rows, told)
    lead = rows.numbers["lead"]
    own = np.flatnonzero(lead >= 0)
    order = own[np.lexsort((own, lead[own]))]
    held = quarantined(connection, chunk.source_id, quarantine.c.case_no.in_(keys), known_at)
    return _members(rows.take(order), lead[order], len(chunk), held)


def _fold(rows: Columns, told: Streams) -> Columns:
    keys = rows.words["key"]
    ranks = told.rank(rows.numbers["stream_id"])
    live = np.ones(rows.count, dtype=np.bool_)
    alphabetic = np.argsort(np.argsort(np.array(keys.words, dtype=object))) if keys.words else keys.codes
    fold = Folding.of(alphabetic[keys.codes].astype(np.int64), ranks, live, len(keys.words))
    numbers = {name: folded(fold, column) for name, column in rows.numbers.items()}
    numbers["first_seen_at"] = fold.least(rows.numbers["first_seen_at"], NO_INSTANT)
    return Columns(fold.count, numbers, {name: folded_words(fold, c) for name, c in rows.words.items()})


def _none(shapes: dict[str, Shape]) -> Columns:
    empty = Columns(0)
    for name, shape in shapes.items():
        if shape == "word":
            empty.words[name] = Coded(np.zeros(0, dtype=np.int32), [])
        else:
            empty.numbers[name] = np.zeros(0, dtype=np.int64)
    return empty


def _members(rows: Columns, leads: NDArray[np.int64], cases: int, held: set[str]) -> Children:
    keys = rows.words["key"]
    is_held = np.array([*(word in held for word in keys.words), False])
    return Children(
        offsets=offsets_of(leads, cases),
        instants={name: rows.numbers[name] for name in (*_INSTANTS, "first_seen_at")},
        numbers={"held": is_held[keys.codes].astype(np.float64)},
        words={"case_no": keys},
    )
