"""Kept raw records mapped again: after a mapping changed, and when a person retries the quarantine."""

from collections.abc import Callable
from typing import Any, Literal

from hub.mapping.mapping import Mapping
from hub.pipeline.run_document import run_document
from hub.store.store import Store


def needs_replay(store: Store, source: str, mapping: Mapping) -> bool:
    """Whether the store holds records of this source that another version of its mapping made."""
    return bool(store.stale_streams(source, mapping.version))


def replay_source(
    store: Store,
    source: str,
    mapping: Mapping,
    now: Callable[[], int],
    kind: Literal["replay", "retry"] = "replay",
) -> dict[str, Any]:
    """A run of its own over kept records. A retry takes only what is quarantined."""
    from hub.store.replay import replay_batches  # not above: most syncs have nothing to replay

    started_at = now()
    names = list(mapping.specs)
    with store.begin_run(source, kind, names, mapping.version, started_at, snapshots=()) as run:
        for name, stream in mapping.streams.items():
            for batch in replay_batches(
                store.engine, source, name, mapping.version, only_quarantined=kind == "retry"
            ):
                mapped = stream.apply(batch.raws, range(len(batch.raws)))
                run.store(batch, mapped, now=now())
        finished_at = now()
        run.finish("ok", finished_at)
    return run_document(run, source, names, kind, "ok", (started_at, finished_at), None)
