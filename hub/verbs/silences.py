"""The alarm of a source that has not been heard for longer than it promises (expect_every)."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.model.instants import TICKS_PER_SECOND
from hub.store.status import silent_since
from hub.verbs.installation import Installation

SILENCE = "silence"


def silence_alarms(
    installation: Installation, now: int, standing: Sequence[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """Raise or clear the alarm of each source that promises anything; only what is new is returned.

    ``standing``: the open alarms.
    """
    store, found = installation.store, []
    promised = {n: s.expect_every_s for n, s in installation.settings.sources.items() if s.expect_every_s}
    since = silent_since(store) if promised else {}
    silent = {alarm["key"] for alarm in standing if alarm["kind"] == SILENCE}
    for name, every in promised.items():
        silent_s = (now - since.get(name, now)) / TICKS_PER_SECOND
        if silent_s <= every:
            if name in silent:
                store.clear_alarm(SILENCE, name, now)
            continue
        message = f"{name} has sent nothing for {silent_s / 3600:.1f} hours"
        if store.raise_alarm(SILENCE, name, message, now):
            found.append({"kind": SILENCE, "key": name, "message": message})
    return found
