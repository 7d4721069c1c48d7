"""Walking through the cases of a store: chunks of dossiers of one source, all or those due."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, ColumnElement, Connection, Engine, func, literal_column, select

from hub.store.columnar import fetch
from hub.store.columns import Shape
from hub.store.engine import reading, tell
from hub.store.names import Names
from hub.store.packed import STEADY
from hub.store.schema import dossiers
from hub.store.woken import merged, woken_dossiers

#: Below this many, naming each dossier is always cheap enough.
CROWD = 1000
_SHAPES: dict[str, Shape] = {"dossier_id": "integer", "case_no": "names"}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some dossiers of one source.

    ``span``: they are (nearly) all the dossiers between these two in order of case number, so that
    reading the range costs less than naming each. ``absent``: by kind, the columns of which no chunk of
    the walk had a value so far.
    """

    source_id: int
    ids: NDArray[np.int64]
    names: Names
    span: tuple[int, int] | None
    absent: dict[str, set[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    def condition(self, column: Column[str], connection: Connection) -> ColumnElement[bool]:
        """SQL for "this case number is of the chunk"; a span lets strangers through."""
        return literal_column(self.words(column, connection))

    def words(self, column: Column[str], connection: Connection) -> str:
        """The same, written out."""
        if self.span is not None:
            first, last = (f"({_CASE_NO_OF.format(int(dossier))})" for dossier in self.span)
            return f"{column} BETWEEN {first} AND {last}"
        own = f"SELECT case_no FROM dossiers WHERE {among_words(dossiers.c.dossier_id, self.ids, connection)}"
        if connection.dialect.name == "postgresql":
            # An array walks the index once; a join goes down it for each case.
            return f"{column} = ANY(ARRAY({own}))"
        return f"{column} IN ({own})"

    @property
    def case_nos(self) -> tuple[str, ...]:
        return self.names.texts

    def only(self, kept: NDArray[np.bool_]) -> "Chunk":
        if kept.all():
            return self
        names = self.names.only(kept)
        return replace(self, ids=self.ids[kept], names=names)


_CASE_NO_OF = "SELECT case_no FROM dossiers WHERE dossier_id = {}"


def among(column: Column[int], ids: NDArray[np.int64], connection: Connection) -> ColumnElement[bool]:
    """SQL for "is one of these", however many they are."""
    return literal_column(among_words(column, ids, connection))


def among_words(column: Column[int], ids: NDArray[np.int64], connection: Connection) -> str:
    """The same, written out."""
    listed = ",".join(map(str, ids.tolist()))
    if connection.dialect.name == "postgresql":
        return f"{column} = ANY('{{{listed}}}'::bigint[])"
    return f"{column} IN (SELECT value FROM json_each('[{listed}]'))"


def lie_close(ids: NDArray[np.int64]) -> bool:
    """Whether reading the whole range costs less than naming each."""
    return len(ids) > CROWD and int(ids.max() - ids.min()) < 4 * len(ids)


def numbered(column: Column[int], ids: NDArray[np.int64], connection: Connection) -> str:
    """SQL for "is one of these", by range where they lie close together: then strangers may be among them."""
    if lie_close(ids):
        return f"{column} BETWEEN {int(ids.min())} AND {int(ids.max())}"
    return among_words(column, ids, connection)


def places(ids: NDArray[np.int64], sought: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The place of each sought dossier among these, and which of them are there at all."""
    if not len(ids):
        return np.zeros(len(sought), dtype=np.int64), np.zeros(len(sought), dtype=np.bool_)
    order = np.argsort(ids)
    found = order[np.minimum(np.searchsorted(ids, sought, sorter=order), len(ids) - 1)]
    return found, ids[found] == sought


#: Reads the next chunk in a transaction; it may be empty.
Step = Callable[[Connection], Chunk]


def steps(engine: Engine, *, due_before: int | None, source: str | None, size: int) -> Iterator[Step]:
    """The walk, step by step; each is taken in a transaction of the caller's."""
    with reading(engine, "listing what is due") as connection:
        told = connection.exec_driver_sql("SELECT source_id, name FROM sources ORDER BY source_id")
        known = {row.source_id: row.name for row in told}
        wanted = dict.fromkeys(known) if due_before is None else _due_by_source(connection, due_before, known)
    for source_id, name in known.items():
        if source is None or source == name:
            yield from _source_steps(engine, source_id, wanted.get(source_id), due_before is None, size)


def _source_steps(
    engine: Engine, source_id: int, wanted: NDArray[np.int64] | None, everything: bool, size: int
) -> Iterator[Step]:
    if everything:
        yield from _walk(source_id, None, size)
    elif wanted is not None and _are_most(engine, source_id, wanted, size):
        yield from _walk(source_id, wanted, size)
    elif wanted is not None:
        for start in range(0, len(wanted), size):
            yield _named(source_id, wanted[start : start + size])


def _due_by_source(
    connection: Connection, due_before: int, known: Collection[int]
) -> dict[int, NDArray[np.int64]]:
    """Of each source the dossiers that are due, in order; of numbers never given some may be among them."""
    # An audit turns this table over, and its statistics come later.
    by_indexes(connection, "seqscan")
    query = f"SELECT dossier_id FROM due WHERE judge_at <= {int(due_before)}"
    noted = merged([_numbers(connection, query, "dossier_id")["dossier_id"]])
    woken = woken_dossiers(connection)
    ids = merged([noted, *woken.values()])
    if len(known) <= 1 or not len(ids):
        return dict.fromkeys(known, ids)
    names = ("dossier_id", "source_id")
    owners = (
        f"SELECT dossier_id, source_id FROM dossiers WHERE {numbered(dossiers.c.dossier_id, ids, connection)}"
    )
    found = _numbers(connection, owners, *names)
    at, inside = places(ids, found["dossier_id"])
    of = np.zeros(len(ids), dtype=np.int64)
    of[at[inside]] = found["source_id"][inside]
    wanted = {}
    for source_id in known:
        own = ids[of == source_id]
        lists = (noted, woken[source_id]) if source_id in woken else (noted,)
        wanted[source_id] = merged([own[_within(those, own)] for those in lists if len(those)])
    return wanted


def _numbers(connection: Connection, query: str, *names: str) -> dict[str, NDArray[Any]]:
    return fetch(connection, query, dict.fromkeys(names, "integer")).numbers


def _are_most(engine: Engine, source_id: int, wanted: NDArray[np.int64], size: int) -> bool:
    if len(wanted) * 10 < size:
        return False
    with reading(engine, "counting cases") as connection:
        count = connection.scalar(select(func.count()).where(dossiers.c.source_id == source_id))
        return len(wanted) * 2 > int(count or 0)


def by_indexes(connection: Connection, *ways: str) -> None:
    """Have the rest of the transaction reach rows through indexes, whatever the planner believes."""
    if connection.dialect.name == "postgresql":
        tell(connection, *STEADY, *(f"enable_{way} = off" for way in ways))


def _named(source_id: int, ids: NDArray[np.int64]) -> Step:
    def step(connection: Connection) -> Chunk:
        # Of a thousand cases among a million; how many rows a case has, no statistics tell.
        by_indexes(connection, "seqscan", "hashjoin", "mergejoin")
        own = among_words(dossiers.c.dossier_id, ids, connection)
        query = f"SELECT {', '.join(_SHAPES)} FROM dossiers WHERE {own} ORDER BY case_no"
        found = fetch(connection, query, _SHAPES)
        return Chunk(source_id, found.numbers["dossier_id"], found.names["case_no"], None)

    return step


def chunk_of_many(connection: Connection, source_id: int, ids: NDArray[np.int64]) -> Chunk:
    """The chunk of these."""
    return _named(source_id, ids)(connection)


def chunk_of(connection: Connection, source_id: int, dossier_id: int) -> Chunk:
    """The chunk of one."""
    return _named(source_id, np.array([dossier_id], dtype=np.int64))(connection)


def _walk(source_id: int, wanted: NDArray[np.int64] | None, size: int) -> Iterator[Step]:
    last: int | None = 0
    absent: dict[str, set[str]] = {}

    def step(connection: Connection) -> Chunk:
        nonlocal last
        # The first chunk of many is a small one: judging begins sooner, and it tells what is never filled.
        first = last == 0 and size > CROWD
        chunk = _next(connection, source_id, last or 0, size // 10 if first else size)
        last = int(chunk.ids[-1]) if len(chunk) else None
        chunk = replace(chunk, absent=absent)
        return chunk if wanted is None or not len(chunk) else chunk.only(_within(wanted, chunk.ids))

    while last is not None:
        yield step


def _within(ordered: NDArray[np.int64], sought: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Not np.isin, because that looks at all that are due for each chunk."""
    at = np.minimum(np.searchsorted(ordered, sought), len(ordered) - 1)
    within: NDArray[np.bool_] = ordered[at] == sought
    return within


def _next(connection: Connection, source_id: int, after: int, size: int) -> Chunk:
    beyond = f"AND case_no > ({_CASE_NO_OF.format(int(after))})" if after else ""
    query = f"SELECT {', '.join(_SHAPES)} FROM dossiers WHERE source_id = {int(source_id)} {beyond}"
    found = fetch(connection, f"{query} ORDER BY case_no LIMIT {int(size)}", _SHAPES)
    ids = found.numbers["dossier_id"]
    span = (int(ids[0]), int(ids[-1])) if len(ids) else None
    return Chunk(source_id, ids, found.names["case_no"], span)
