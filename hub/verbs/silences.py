"""The alarm of a source that has not been heard for longer than it promises (expect_every)."""

from typing import Any

from hub.store.status import source_rows
from hub.verbs.installation import Installation

SILENCE = "silence"


def silence_alarms(installation: Installation, now: int) -> list[dict[str, str]]:
    """Raise or clear the alarm of each source; only what is new is returned."""
    store, found = installation.store, []
    rows = {row["source"]: row for row in source_rows(store, now)}
    for name, source in installation.settings.sources.items():
        message = _overdue(name, rows.get(name, {}), source.expect_every_s)
        if message is None:
            store.clear_alarm(SILENCE, name, now)
        elif store.raise_alarm(SILENCE, name, message, now):
            found.append({"kind": SILENCE, "key": name, "message": message})
    return found


def _overdue(name: str, row: dict[str, Any], expect_every_s: float | None) -> str | None:
    """What is alarming about a source's row of the status, if it is silent for too long."""
    silent_s = row.get("silent_s")
    if not expect_every_s or silent_s is None or silent_s <= expect_every_s:
        return None
    return f"{name} has sent nothing for {silent_s / 3600:.1f} hours"
