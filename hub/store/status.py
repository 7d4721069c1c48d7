"""How each source is: its last run, when it last succeeded, its cases, what waits in quarantine."""

from typing import Any

from sqlalchemy import Connection, func, select

from hub.model.instants import TICKS_PER_SECOND
from hub.store import runs as register
from hub.store.engine import reading
from hub.store.schema import dossiers, quarantine, runs, sources
from hub.store.store import Store


def silent_since(store: Store) -> dict[str, int]:
    """By source that ever ran, when it last succeeded; where it never did, when it first ran.

    By the index of runs, one look a source: every audit asks.
    """
    with reading(store.engine, "reading when sources last succeeded") as connection:
        found = {}
        for source in connection.execute(select(sources)).all():
            own = runs.c.source_id == source.source_id
            good = select(runs.c.finished_at).where(own, runs.c.status == "ok", runs.c.kind == "sync")
            first = select(runs.c.started_at).where(own).order_by(runs.c.run_id).limit(1)
            at = connection.scalar(good.order_by(runs.c.run_id.desc()).limit(1)) or connection.scalar(first)
            if at is not None:
                found[source.name] = int(at)
        return found


def source_rows(store: Store, now: int) -> list[dict[str, Any]]:
    """One row for each source that ever ran, by name; instants as integers."""
    with reading(store.engine, "reading the status") as connection:
        cases = _counts(connection, select(dossiers.c.source_id, func.count()).group_by(dossiers.c.source_id))
        waiting = _counts(
            connection,
            select(quarantine.c.source_id, func.count())
            .where(quarantine.c.status == "open")
            .group_by(quarantine.c.source_id),
        )
        successes = _counts(
            connection,
            select(runs.c.source_id, func.max(runs.c.finished_at))
            .where(runs.c.status == "ok", runs.c.kind == "sync")
            .group_by(runs.c.source_id),
        )
        found = connection.execute(select(sources).order_by(sources.c.name)).all()
        return [
            _row(connection, source, now, cases, waiting, successes.get(source.source_id)) for source in found
        ]


def _counts(connection: Connection, query: Any) -> dict[int, int]:
    return {int(row[0]): int(row[1]) for row in connection.execute(query)}


def _row(
    connection: Connection,
    source: Any,
    now: int,
    cases: dict[int, int],
    waiting: dict[int, int],
    last_success_at: int | None,
) -> dict[str, Any]:
    last = next(iter(register.list_runs(connection, source.name, 1)), None)
    return {
        "source": source.name,
        "state": _state(source, last),
        "last_run": last,
        "last_success_at": last_success_at,
        "age_s": None if last_success_at is None else (now - last_success_at) // TICKS_PER_SECOND,
        "cases": cases.get(source.source_id, 0),
        "quarantined": waiting.get(source.source_id, 0),
    }


def _state(source: Any, last: dict[str, Any] | None) -> str:
    if source.paused_at is not None:
        return "paused"
    return "never" if last is None else str(last["status"])
