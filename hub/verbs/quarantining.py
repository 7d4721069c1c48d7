"""hub quarantine: rejected records, and their way back in after a mapping was mended."""

from collections.abc import Callable
from typing import Any

from hub.errors import ConfigError
from hub.model.records import shown_key
from hub.pipeline.replay import needs_replay, replay_source
from hub.verbs.installation import Installation
from hub.verbs.watching import stamped

_SHOWN = ("id", "source", "stream", "run_id", "key", "reason", "field", "value", "message", "first_seen_at")


def list_(installation: Installation, source: str | None) -> dict[str, Any]:
    """The open ones, the oldest first."""
    rows = installation.store.quarantined(source)
    return {"quarantined": [{name: told[name] for name in _SHOWN} for told in map(_told(installation), rows)]}


def show(installation: Installation, quarantine_id: int) -> dict[str, Any]:
    """One record with its raw text."""
    row = installation.store.show_quarantined(quarantine_id)
    if row is None:
        raise ConfigError(f"no quarantined record {quarantine_id}", remedy="see: hub quarantine list")
    told = _told(installation)(row)
    return {**told, "raw": bytes(row["raw"]).decode("utf-8", "replace")}


def retry(installation: Installation, source: str | None, now: Callable[[], int]) -> dict[str, Any]:
    """Map every quarantined record again, after replaying what a changed mapping touches."""
    asked = installation.sources_named(() if source is None else (source,))
    store, sources = installation.store, installation.settings.sources
    held = {row["source"] for row in store.quarantined(source)}
    runs = []
    for name in [name for name in asked if name in held]:
        mapping = installation.mapping(sources[name].mapping)
        if needs_replay(store, name, mapping):
            runs.append(replay_source(store, name, mapping, now))
        runs.append(replay_source(store, name, mapping, now, kind="retry"))
    left = store.quarantined(source)
    return {"runs": [stamped(installation, run) for run in runs], "left": len(left)}


def discard(
    installation: Installation, quarantine_id: int, *, by: str, reason: str, now: int
) -> dict[str, Any]:
    """A person decides that a record is not needed; who and why are kept."""
    installation.store.discard_quarantined(quarantine_id, by, reason, now)
    return {"id": quarantine_id, "status": "discarded", "by": by, "reason": reason}


def _told(installation: Installation) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def tell(row: dict[str, Any]) -> dict[str, Any]:
        key = shown_key(row["key"]) if row["key"] else None
        stamps = {k: installation.iso(v) for k, v in row.items() if k.endswith("_at") and isinstance(v, int)}
        return {**row, **stamps, "key": key}

    return tell
