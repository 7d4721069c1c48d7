"""How a run begins, as far as it needs nothing of what writes records: what it is, and where it starts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.store import runs
from hub.store.runs import NOT_REGISTERED, RunKind, StreamState


@dataclass(frozen=True, slots=True)
class Intent:
    """What a run is to be; see Store.begin_run."""

    source: str
    kind: RunKind
    streams: Sequence[str]
    mapping_version: str
    now: int
    dry: bool
    #: None: any.
    snapshots: Collection[str] | None
    reach: str | None
    brings_all: Callable[[StreamState], bool]

    def tracks(self, stream: str) -> bool:
        """Whether what the run meets of a stream is remembered, to tell what is missing."""
        return self.snapshots is None or stream in self.snapshots


@dataclass(frozen=True, slots=True)
class Beginning:
    """A run as it is registered; ``whole``: the streams of which all is about to come."""

    source_id: int
    mapping_id: int
    run_id: int
    states: Mapping[str, StreamState]
    whole: frozenset[str]


def register(connection: Connection, intent: Intent) -> Beginning:
    """Note that the run has begun; a dry one only looks."""
    dry = intent.dry
    source_id = runs.source_id(connection, intent.source, dry=dry)
    mapping_id = runs.mapping_id(connection, intent.mapping_version, dry=dry)
    states = runs.stream_states(connection, source_id, intent.streams, dry=dry)
    run_id = (
        NOT_REGISTERED
        if dry
        else runs.begin(connection, source_id, intent.kind, mapping_id, intent.now, intent.reach)
    )
    whole = frozenset(name for name, state in states.items() if intent.brings_all(state))
    return Beginning(source_id, mapping_id, run_id, states, whole)
