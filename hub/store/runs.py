"""The register: sources, streams, mapping versions, runs and what each run counted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, Table, func, insert, select, update

from hub.model.records import Counts
from hub.store.bulk import add_unless_there
from hub.store.locks import who_am_i
from hub.store.schema import (
    cursors,
    dossiers,
    mappings,
    marks,
    run_streams,
    runs,
    sources,
    stream_kinds,
    streams,
)

RunKind = Literal["sync", "replay", "retry"]
RunStatus = Literal["ok", "partial", "failed"]
#: Stands for what a dry run may not register.
NOT_REGISTERED = -1


@dataclass(slots=True)
class StreamState:
    """What a run must know of a stream, and what it counted so far."""

    stream_id: int
    name: str
    plural: bool = False
    kinds: dict[str, int] = field(default_factory=dict)
    cursor: str | None = None
    bound: int | None = None
    marks: dict[str, str] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    withdrawn: int = 0
    drift: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(self.kinds.values())


def _id_of(connection: Connection, table: Table, id_name: str, dry: bool, **named: Any) -> int:
    same = [table.c[name] == value for name, value in named.items()]
    found = connection.execute(select(table.c[id_name]).where(*same)).scalar()
    if found is None and not dry:
        # Two sources that begin at once may name the same mapping: the second finds the first one's.
        add_unless_there(connection, table, named)
        found = connection.execute(select(table.c[id_name]).where(*same)).scalar_one()
    return NOT_REGISTERED if found is None else int(found)


def source_id(connection: Connection, name: str, *, dry: bool) -> int:
    return _id_of(connection, sources, "source_id", dry, name=name)


def mapping_id(connection: Connection, version: str, *, dry: bool) -> int:
    return _id_of(connection, mappings, "mapping_id", dry, version=version)


def stream_states(
    connection: Connection, source: int, names: Sequence[str], *, dry: bool
) -> dict[str, StreamState]:
    """Register the streams in the mapping's order and read where each stands."""
    states = {}
    for rank, name in enumerate(names):
        stream = _id_of(connection, streams, "stream_id", dry, source_id=source, name=name)
        if not dry:
            connection.execute(update(streams).where(streams.c.stream_id == stream).values(rank=rank))
        states[name] = _stream_state(connection, stream, name)
    return states


def _stream_state(connection: Connection, stream: int, name: str) -> StreamState:
    state = StreamState(stream, name)
    plural = select(streams.c.plural).where(streams.c.stream_id == stream)
    state.plural = bool(connection.execute(plural).scalar())
    kinds = select(stream_kinds.c.kind, stream_kinds.c.rows).where(stream_kinds.c.stream_id == stream)
    state.kinds = {row.kind: row.rows for row in connection.execute(kinds)}
    where = connection.execute(select(cursors).where(cursors.c.stream_id == stream)).first()
    if where is not None:
        state.cursor, state.bound = where.value, where.bound
    taken = select(marks.c.name, marks.c.value).where(marks.c.stream_id == stream)
    state.marks = {row.name: row.value for row in connection.execute(taken)}
    return state


def begin(
    connection: Connection, source: int, kind: str, mapping: int, now: int, reach: str | None = None
) -> int:
    """Register a run; what an earlier process left running is marked interrupted (we hold the lock)."""
    connection.execute(
        update(runs)
        .where(runs.c.source_id == source, runs.c.status == "running")
        .values(
            status="failed",
            finished_at=now,
            error_kind="interrupted",
            error_message="the process that ran it ended before the run did",
            error_remedy="nothing was lost: the next run goes on from the last batch committed",
        )
    )
    values = {"source_id": source, "kind": kind, "status": "running", "mapping_id": mapping}
    values |= {"who": who_am_i(), "started_at": now, "reach": reach}
    made = connection.execute(insert(runs).values(values).returning(runs.c.run_id))
    return int(made.scalar_one())


def end(connection: Connection, run: int, status: str, now: int, error: Mapping[str, Any] | None) -> None:
    told = error or {}
    connection.execute(
        update(runs)
        .where(runs.c.run_id == run)
        .values(
            status=status,
            finished_at=now,
            error_kind=told.get("kind"),
            error_message=told.get("message"),
            error_remedy=told.get("remedy"),
        )
    )


def save_progress(connection: Connection, run: int, state: StreamState) -> None:
    """Write what the run counted on this stream so far, and how many rows of each kind stand."""
    same = (run_streams.c.run_id == run) & (run_streams.c.stream_id == state.stream_id)
    values = {name: getattr(state.counts, name) for name in Counts.__slots__}
    values |= {"withdrawn": state.withdrawn, "drift": json.dumps(state.drift, ensure_ascii=False)}
    values |= {"cursor": state.cursor}
    if not connection.execute(update(run_streams).where(same).values(values)).rowcount:
        connection.execute(insert(run_streams).values(values | {"run_id": run, "stream_id": state.stream_id}))
    save_kinds(connection, state)


def save_kinds(connection: Connection, state: StreamState) -> None:
    """Write how many rows of each kind stand."""
    for kind, rows in state.kinds.items():
        _save_kind(connection, state.stream_id, kind, rows)


def _save_kind(connection: Connection, stream: int, kind: str, rows: int) -> None:
    same = (stream_kinds.c.stream_id == stream) & (stream_kinds.c.kind == kind)
    if not connection.execute(update(stream_kinds).where(same).values(rows=rows)).rowcount:
        connection.execute(insert(stream_kinds), {"stream_id": stream, "kind": kind, "rows": rows})


def save_cursor(connection: Connection, run: int, stream: int, **values: Any) -> None:
    """Move the cursor (``value``) or the watermark (``bound``) of a stream."""
    same = cursors.c.stream_id == stream
    told = {**values, "run_id": run}
    if not connection.execute(update(cursors).where(same).values(told)).rowcount:
        connection.execute(insert(cursors).values(told | {"stream_id": stream}))


def save_heard(connection: Connection, run: int, stream: int, bound: int) -> None:
    """Note how far this very run heard a stream; ``cursors`` only knows the last."""
    same = (run_streams.c.run_id == run) & (run_streams.c.stream_id == stream)
    connection.execute(update(run_streams).where(same).values(bound=bound))


def save_marks(connection: Connection, stream: int, taken: Mapping[str, str]) -> None:
    for name, value in taken.items():
        same = (marks.c.stream_id == stream) & (marks.c.name == name)
        if not connection.execute(update(marks).where(same).values(value=value)).rowcount:
            connection.execute(insert(marks), {"stream_id": stream, "name": name, "value": value})


def list_runs(connection: Connection, source: str | None, limit: int) -> list[dict[str, Any]]:
    """Runs, newest first, each with its streams."""
    query = select(runs, sources.c.name.label("source")).join(
        sources, sources.c.source_id == runs.c.source_id
    )
    if source is not None:
        query = query.where(sources.c.name == source)
    found = [
        dict(r) for r in connection.execute(query.order_by(runs.c.run_id.desc()).limit(limit)).mappings()
    ]
    counted = streams_of_runs(connection, [run["run_id"] for run in found])
    for run in found:
        run["streams"] = counted.get(run["run_id"], [])
        run |= {name: sum(s[name] for s in run["streams"]) for name in Counts.__slots__}
    return found


def streams_of_runs(connection: Connection, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    query = select(run_streams, streams.c.name.label("stream"))
    query = query.join(streams, streams.c.stream_id == run_streams.c.stream_id)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(
        query.where(run_streams.c.run_id.in_(ids)).order_by(streams.c.rank)
    ).mappings():
        told = dict(row) | {"drift": json.loads(row["drift"])}
        del told["bound"]
        found.setdefault(told["run_id"], []).append(told)
    return found


def dossier_count(connection: Connection, source: int) -> int:
    """Whether the source has any case yet: 0 or 1."""

    some = select(dossiers.c.dossier_id).where(dossiers.c.source_id == source).limit(1).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def is_settled(connection: Connection, source: str, mapping_version: str) -> bool:
    """Whether nothing of a source is of another mapping version, as far as its runs tell: a sync by this
    version began, and neither the run before it nor one since was by another.

    Before a sync all was replayed; but that was looked for before the source was taken, and whoever had it
    in between may have another version. Asked first, because looking whether any row is of another version
    reads them all.
    """
    of_source = select(runs.c.run_id).join(sources, sources.c.source_id == runs.c.source_id)
    newest = of_source.where(sources.c.name == source).order_by(runs.c.run_id.desc()).limit(1)
    run_id = connection.execute(newest.where(runs.c.kind == "sync")).scalar()
    if run_id is None:
        return False
    first = connection.execute(newest.where(runs.c.run_id < run_id)).scalar() or run_id
    source_id = select(runs.c.source_id).where(runs.c.run_id == run_id).scalar_subquery()
    since = select(mappings.c.version).join(runs, runs.c.mapping_id == mappings.c.mapping_id)
    since = since.where(runs.c.source_id == source_id, runs.c.run_id >= first)
    return set(connection.scalars(since)) == {mapping_version}
