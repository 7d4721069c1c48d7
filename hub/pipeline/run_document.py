"""A run as people and scripts read it: the JSON of ``hub sync``, instants still integers."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hub.errors import HubError

if TYPE_CHECKING:
    from hub.store.run_writer import RunWriter


def run_document(
    run: "RunWriter",
    source: str,
    streams: Iterable[str],
    kind: str,
    status: str,
    times: tuple[int, int],
    error: dict[str, str] | None,
) -> dict[str, Any]:
    """Counts of the run and of each stream, in the mapping's order."""
    return {
        "source": source,
        "run_id": None if run.dry else run.run_id,
        "kind": kind,
        "status": status,
        **asdict(run.counts()),
        "started_at": times[0],
        "finished_at": times[1],
        "streams": [_stream(run, name) for name in streams],
        "error": error,
    }


def _stream(run: "RunWriter", name: str) -> dict[str, Any]:
    return {
        "stream": name,
        **asdict(run.counts(name)),
        "withdrawn": run.withdrawn(name),
        "cursor": run.cursor(name),
        "drift": run.drift(name),
    }


def error_document(error: HubError | None) -> dict[str, str] | None:
    """What stopped a run: its reaction, what was found, what to do."""
    if error is None:
        return None
    return {"kind": error.kind, "message": error.message, "remedy": error.remedy}
