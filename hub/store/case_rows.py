"""The case rows of a chunk, folded into one case each."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from hub.model.blocks import Coded, Instants, Numbers
from hub.model.instants import NO_INSTANT
from hub.model.kinds import CASE
from hub.store.chunks import Chunk
from hub.store.columns import Columns, Shape
from hub.store.fold import Folding
from hub.store.row_source import Streams, fetch_rows, folded, folded_words, is_live, reals

CASE_WORDS = ("item_code", "department", "case_type", "result", "applicant_type", "channel", "handler")
_INSTANTS = [f.name for f in CASE.fields if f.type in ("instant", "date")]
_MONEY = [f.name for f in CASE.fields if f.type == "money"]
_INTEGERS = (
    "stream_id",
    "withdrawn_at",
    "first_seen_at",
    "applicant_id_valid",
    *_INSTANTS,
    *_MONEY,
)


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of a chunk in its order; ``is_told``: some row tells of the case at all."""

    instants: dict[str, Instants]
    words: dict[str, Coded]
    numbers: dict[str, Numbers]
    applicant_id_valid: NDArray[np.int8]
    is_told: NDArray[np.bool_]
    is_withdrawn: NDArray[np.bool_]


def case_rows(
    connection: Connection, chunk: Chunk, told: Streams, known_at: int | None, *more_words: str
) -> Cases:
    """Read and fold; ``more_words`` names further text columns to read."""
    shapes: dict[str, Shape] = {
        **dict.fromkeys(_INTEGERS, "integer"),
        **dict.fromkeys((*CASE_WORDS, *more_words), "word"),
    }
    tellers = told.tellers.get("case", [])
    if len(tellers) == 1:
        del shapes["stream_id"]
    rows, owners = fetch_rows(connection, "case", chunk, told, shapes, known_at)
    live = is_live(rows.numbers["withdrawn_at"], known_at)
    if len(tellers) == 1 and known_at is None and len(owners) == len(chunk):
        if not np.array_equal(owners, np.arange(len(chunk))):
            row_of = np.argsort(owners)  # one row each
            rows, live = rows.take(row_of), live[row_of]
        return _cases(rows, np.ones(len(chunk), dtype=np.bool_), ~live)
    by = np.full(rows.count, tellers[0]) if len(tellers) == 1 else rows.numbers["stream_id"]
    ranks = told.rank(by)
    fold, withdrawn = Folding.of(owners, ranks, live, len(chunk)).reviving(owners, ranks)
    is_told = np.bincount(owners, minlength=len(chunk)) > 0
    return _cases(_fold(rows, fold), is_told, withdrawn)


def _fold(rows: Columns, fold: Folding) -> Columns:
    numbers: dict[str, NDArray[Any]] = {name: folded(fold, column) for name, column in rows.numbers.items()}
    numbers["first_seen_at"] = fold.least(rows.numbers["first_seen_at"], NO_INSTANT)
    return Columns(
        fold.count, numbers, {name: folded_words(fold, coded) for name, coded in rows.words.items()}
    )


def _cases(rows: Columns, is_told: NDArray[np.bool_], is_withdrawn: NDArray[np.bool_]) -> Cases:
    valid = rows.numbers["applicant_id_valid"]
    return Cases(
        instants={name: rows.numbers[name] for name in (*_INSTANTS, "first_seen_at")},
        words=rows.words,
        numbers={name: reals(rows.numbers[name], 100) for name in _MONEY},
        applicant_id_valid=np.where(valid == NO_INSTANT, -1, valid).astype(np.int8),
        is_told=is_told,
        is_withdrawn=is_withdrawn,
    )
