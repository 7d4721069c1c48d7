"""hub status, hub runs: how the sources are, and how their runs went."""

from typing import Any

from hub.cadence import next_run
from hub.model.instants import at, to_datetime
from hub.store.status import source_rows
from hub.verbs.installation import Installation

_STAMPS = ("started_at", "finished_at", "raised_at", "last_seen_at", "cleared_at", "last_success_at")


def status(installation: Installation, now: int) -> dict[str, Any]:
    """Each source of the configuration, also those that never ran."""
    known = {row["source"]: row for row in source_rows(installation.store, now)}
    alarms = [stamped(installation, alarm) for alarm in installation.store.open_alarms()]
    sources = [
        _source(installation, name, known.get(name, {}), alarms, now)
        for name in installation.settings.sources
    ]
    return {"sources": sources, "alarms": alarms}


def _source(
    installation: Installation, name: str, row: dict[str, Any], alarms: list[dict[str, Any]], now: int
) -> dict[str, Any]:
    last = row.get("last_run")
    return {
        "source": name,
        "state": row.get("state", "never"),
        "last_run": None if last is None else stamped(installation, last),
        "last_success_at": installation.iso(row.get("last_success_at")),
        "age_s": row.get("age_s"),
        "cases": row.get("cases", 0),
        "quarantined": row.get("quarantined", 0),
        "next_run_at": _next_run(installation, name, last, now),
        "alarms": [alarm for alarm in alarms if alarm["key"] == name],
    }


def _next_run(installation: Installation, name: str, last: dict[str, Any] | None, now: int) -> str | None:
    """When the daemon would run the source by its pace; None without one."""
    source, zone = installation.settings.sources[name], installation.settings.zone
    before = None if last is None else to_datetime(last["started_at"], zone)
    due = next_run(source.every_s, source.cron, before, to_datetime(now, zone))
    return None if due is None else installation.iso(at(due))


def next_due(installation: Installation) -> int | None:
    """When the next verdict could change by time alone; None when none can."""
    from hub.store.schedule import next_due_at

    return next_due_at(installation.store.engine)


def runs(installation: Installation, source: str | None, limit: int) -> dict[str, Any]:
    """Past runs, the latest first."""
    return {"runs": [stamped(installation, run) for run in installation.store.runs(source, limit)]}


def stamped(installation: Installation, row: dict[str, Any]) -> dict[str, Any]:
    """A row with its instants as ISO 8601."""
    return {**row, **{name: installation.iso(row[name]) for name in _STAMPS if name in row}}
