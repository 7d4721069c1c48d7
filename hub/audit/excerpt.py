"""Parts of a block: some of its cases, and its cases as they stood at an instant."""

from dataclasses import replace

import numpy as np

from hub.model.blocks import CaseBlock, Children, Coded, Flags, Instants
from hub.model.instants import NO_INSTANT

#: The instant at which a row of a kind comes to be; rows dated later than as-of have not happened.
_BIRTH = {
    "step": "started_at",
    "pause": "started_at",
    "supplement": "issued_at",
    "extension": "approved_at",
    "payment": "paid_at",
    "rating": "rated_at",
    "card": "detected_at",
}
#: When the Hub saw something is no event of the case, a deadline may lie ahead.
_NOT_EVENTS = ("first_seen_at", "due_at")


def take(block: CaseBlock, cases: Instants) -> CaseBlock:
    """The cases at these indexes, in this order, with their children."""
    return replace(
        block,
        dossier_ids=block.dossier_ids[cases],
        changed_seqs=block.changed_seqs[cases],
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
    birth = rows.instants.get(_BIRTH.get(kind, ""))
    if birth is not None and (born := birth <= as_of).sum() < len(birth):
        rows = keep_rows(rows, born)
    return replace(rows, instants={name: _until(name, col, as_of) for name, col in rows.instants.items()})


def keep_rows(rows: Children, kept: Flags) -> Children:
    """The rows that are flagged, still owned by the same cases."""
    before = np.concatenate(([0], np.cumsum(kept)))
    return _rows_at(rows, np.flatnonzero(kept), before[rows.offsets])


def _take_children(rows: Children, cases: Instants) -> Children:
    counts = np.diff(rows.offsets)[cases]
    offsets = np.concatenate(([0], np.cumsum(counts)))
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    return _rows_at(rows, np.repeat(rows.offsets[:-1][cases], counts) + within, offsets)


def _rows_at(rows: Children, index: Instants, offsets: Instants) -> Children:
    return Children(
        offsets=offsets,
        instants={name: column[index] for name, column in rows.instants.items()},
        numbers={name: column[index] for name, column in rows.numbers.items()},
        words={name: _coded(column, index) for name, column in rows.words.items()},
    )


def _coded(column: Coded, index: Instants) -> Coded:
    return Coded(column.codes[index], column.words)
