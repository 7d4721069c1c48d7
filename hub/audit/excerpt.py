"""Parts of a block: some of its cases, and its cases as they stood at an instant."""

from dataclasses import replace

import numpy as np

from hub.clock.columns import rows_of
from hub.model.blocks import CaseBlock, Children, Coded, Flags, Instants
from hub.model.instants import NEVER, NO_INSTANT
from hub.model.kinds import STARTS

#: A card is a row too: it comes to be when the Hub detects what it says.
_STARTS = {**STARTS, "card": "detected_at"}
#: When the Hub saw something is no event of the case, a deadline may lie ahead.
_NOT_EVENTS = ("first_seen_at", "heard_before", "due_at")


def take(block: CaseBlock, cases: Instants) -> CaseBlock:
    """The cases at these indexes, in this order, with their children."""
    return replace(
        block,
        dossier_ids=block.dossier_ids[cases],
        sources=_coded(block.sources, cases),
        instants={name: column[cases] for name, column in block.instants.items()},
        words={name: _coded(column, cases) for name, column in block.words.items()},
        numbers={name: column[cases] for name, column in block.numbers.items()},
        known_until=block.known_until[cases],
        held=block.held[cases],
        applicant_id_valid=block.applicant_id_valid[cases],
        parents=block.parents[cases],
        children={name: _take_children(rows, cases) for name, rows in block.children.items()},
    )


def as_it_stood(block: CaseBlock, as_of: int) -> CaseBlock:
    """The block without anything dated later than ``as_of``."""
    return replace(
        block,
        instants={name: _until(name, column, as_of) for name, column in block.instants.items()},
        children={kind: _rows_until(kind, rows, as_of) for kind, rows in block.children.items()},
    )


def _until(name: str, column: Instants, as_of: int) -> Instants:
    if name in _NOT_EVENTS:
        return column
    later = column > as_of
    return np.where(later, NO_INSTANT, column) if later.any() else column


def _rows_until(kind: str, rows: Children, as_of: int) -> Children:
    start = rows.instants.get(_STARTS.get(kind, ""))
    if start is not None and (born := start <= as_of).sum() < len(start):
        rows = keep_rows(rows, born)
    return replace(rows, instants={name: _until(name, col, as_of) for name, col in rows.instants.items()})


def next_events(block: CaseBlock, as_of: int) -> Instants:
    """Per case the first instant after ``as_of`` that its facts name: then they read otherwise."""
    coming = np.full(len(block), NEVER, dtype=np.int64)
    for name, column in block.instants.items():
        later = column > as_of
        if name not in _NOT_EVENTS and later.any():
            coming[later] = np.minimum(coming[later], column[later])
    for rows in block.children.values():
        for name, column in rows.instants.items():
            later = column > as_of
            if name not in _NOT_EVENTS and later.any():
                np.minimum.at(coming, rows.owners()[later], column[later])
    return coming


def keep_rows(rows: Children, kept: Flags) -> Children:
    """The rows that are flagged, still owned by the same cases."""
    before = np.concatenate(([0], np.cumsum(kept)))
    return _rows_at(rows, np.flatnonzero(kept), before[rows.offsets])


def _take_children(rows: Children, cases: Instants) -> Children:
    offsets, index = rows_of(rows.offsets, cases)
    return _rows_at(rows, index, offsets)


def _rows_at(rows: Children, index: Instants, offsets: Instants) -> Children:
    return Children(
        offsets=offsets,
        instants={name: column[index] for name, column in rows.instants.items()},
        numbers={name: column[index] for name, column in rows.numbers.items()},
        words={name: _coded(column, index) for name, column in rows.words.items()},
    )


def _coded(column: Coded, index: Instants) -> Coded:
    return Coded(column.codes[index], column.words)
