"""The rows that belong to a chunk's cases (steps, pauses, …): folded where told twice, in order of start."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from hub.model.blocks import Children, Coded
from hub.model.instants import NO_INSTANT
from hub.model.kinds import KINDS, STARTS, Field
from hub.store.chunks import Chunk
from hub.store.columns import Columns, Shape
from hub.store.fold import Folding
from hub.store.row_source import SHAPES, Streams, fetch_rows, folded, folded_words, is_live, reals

#: Long texts that no monitor reads.
_UNREAD = {"comment"}


def child_rows(
    connection: Connection, kind: str, chunk: Chunk, told: Streams, known_at: int | None
) -> Children:
    """Read, fold and order a kind's rows; ties of start go by key, so that arrival plays no part."""
    fields = [f for f in KINDS[kind].fields if not f.key and f.name not in _UNREAD]
    if not told.tellers.get(kind):
        return _children(_no_rows(fields), np.zeros(0, dtype=np.int64), len(chunk), fields)
    keyed = len(told.tellers[kind]) > 1
    rows, owners = _read(connection, kind, chunk, told, known_at, fields, keyed)
    order = np.lexsort((rows.numbers[STARTS[kind]], owners))
    if not keyed and _has_ties(rows.numbers[STARTS[kind]][order], owners[order]):
        keyed = True
        rows, owners = _read(connection, kind, chunk, told, known_at, fields, keyed)
    if keyed:
        order = np.lexsort((_alphabetic(rows.words["key"]), rows.numbers[STARTS[kind]], owners))
    if not np.array_equal(order, np.arange(len(order))):
        rows, owners = rows.take(order), owners[order]
    return _children(rows, owners, len(chunk), fields)


def _read(
    connection: Connection,
    kind: str,
    chunk: Chunk,
    told: Streams,
    known_at: int | None,
    fields: list[Field],
    keyed: bool,
) -> tuple[Columns, NDArray[np.int64]]:
    shapes: dict[str, Shape] = {
        "first_seen_at": "integer",
        "withdrawn_at": "integer",
    }
    shapes |= {f.name: SHAPES[f.type] for f in fields}
    if keyed:
        shapes |= {"stream_id": "integer", "key": "word"}
    rows, owners = fetch_rows(connection, kind, chunk, told, shapes, known_at)
    live = is_live(rows.numbers["withdrawn_at"], known_at)
    if not live.all():
        rows, owners = rows.take(live), owners[live]
    return _fold(rows, owners, told) if keyed else (rows, owners)


def _fold(rows: Columns, owners: NDArray[np.int64], told: Streams) -> tuple[Columns, NDArray[np.int64]]:
    """One row for each (case, key), whatever streams tell of it."""
    keys = rows.words["key"]
    tagged = owners * max(len(keys.words), 1) + keys.codes
    told_once, firsts, groups = np.unique(tagged, return_index=True, return_inverse=True)
    if len(told_once) == rows.count:
        return rows, owners
    live = np.ones(rows.count, dtype=np.bool_)
    fold = Folding.of(groups, told.rank(rows.numbers["stream_id"]), live, len(told_once))
    numbers = {name: folded(fold, column) for name, column in rows.numbers.items()}
    numbers["first_seen_at"] = fold.least(rows.numbers["first_seen_at"], NO_INSTANT)
    words = {name: folded_words(fold, coded) for name, coded in rows.words.items()}
    return Columns(len(told_once), numbers, words), owners[firsts]


def _has_ties(starts: NDArray[np.int64], owners: NDArray[np.int64]) -> bool:
    return bool(((starts[1:] == starts[:-1]) & (owners[1:] == owners[:-1])).any())


def _alphabetic(coded: Coded) -> NDArray[np.int64]:
    """Each text's place among all texts in order."""
    places = np.zeros(len(coded.words), dtype=np.int64)
    places[sorted(range(len(coded.words)), key=coded.words.__getitem__)] = np.arange(len(coded.words))
    return places[coded.codes]


def _no_rows(fields: list[Field]) -> Columns:
    none = Columns(0, {"first_seen_at": np.zeros(0, dtype=np.int64)})
    for field in fields:
        if SHAPES[field.type] == "word":
            none.words[field.name] = Coded(np.zeros(0, dtype=np.int32), [])
        else:
            none.numbers[field.name] = np.zeros(0, dtype=np.int64)
    return none


def _children(rows: Columns, owners: NDArray[np.int64], cases: int, fields: list[Field]) -> Children:
    instants = [f.name for f in fields if f.type in ("instant", "date")]
    numbers = {f.name: 100.0 if f.type == "money" else 1.0 for f in fields if f.type in _NUMERIC}
    return Children(
        offsets=offsets_of(owners, cases),
        instants={name: rows.numbers[name] for name in (*instants, "first_seen_at")},
        numbers={name: reals(rows.numbers[name], divisor) for name, divisor in numbers.items()},
        words={f.name: rows.words[f.name] for f in fields if SHAPES[f.type] == "word"},
    )


_NUMERIC = ("quantity", "integer", "money")


def offsets_of(owners: NDArray[np.int64], cases: int) -> NDArray[np.int64]:
    """Where each case's rows begin, for owners in ascending order."""
    offsets = np.zeros(cases + 1, dtype=np.int64)
    np.cumsum(np.bincount(owners, minlength=cases), out=offsets[1:])
    return offsets
