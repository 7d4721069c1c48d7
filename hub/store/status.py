"""How each source is: its last run, when it last succeeded, its cases, what waits in quarantine."""

from typing import Any

from sqlalchemy import Connection, func, select

from hub.model.instants import TICKS_PER_SECOND
from hub.store import runs as register
from hub.store.engine import reading
from hub.store.schema import dossiers, quarantine, runs, sources
from hub.store.store import Store


def source_rows(store: Store, now: int) -> list[dict[str, Any]]:
    """One row for each source that ever ran, by name; instants as integers.

    ``silent_s``: since its last success, or since its first run where none succeeded.
    """
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
        first = select(runs.c.source_id, func.min(runs.c.started_at)).group_by(runs.c.source_id)
        begun = _counts(connection, first)
        found = connection.execute(select(sources).order_by(sources.c.name)).all()
        return [
            _row(connection, source, now, cases, waiting, successes.get(source.source_id))
            | {"silent_s": _since(now, successes.get(source.source_id, begun.get(source.source_id)))}
            for source in found
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
        "age_s": _since(now, last_success_at),
        "cases": cases.get(source.source_id, 0),
        "quarantined": waiting.get(source.source_id, 0),
    }


def _since(now: int, instant: int | None) -> int | None:
    return None if instant is None else (now - instant) // TICKS_PER_SECOND


def _state(source: Any, last: dict[str, Any] | None) -> str:
    if source.paused_at is not None:
        return "paused"
    return "never" if last is None else str(last["status"])
