"""The sources of a sync, side by side: replay what a mended mapping asks for, then pull."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hub.errors import AuthError, Busy
from hub.model.records import Counts
from hub.pipeline.orders import SourcePlan, SyncRequest
from hub.pipeline.replay import needs_replay, replay_source
from hub.pipeline.sync import sync_source
from hub.runner.process import Process
from hub.runner.waiting import Waiting
from hub.verbs.foretelling import Requests
from hub.verbs.installation import Installation
from hub.verbs.silences import SILENCE
from hub.verbs.sync_options import SIDE_BY_SIDE
from hub.verbs.watching import stamped


def pull(installation: Installation, requests: Requests, waiting: Waiting) -> dict[str, Any]:
    """Run the sources and return the document of ``hub sync``."""
    if installation.lists_items:
        _ = installation.listed_items  # its faults end all of it
    store = installation.store  # opened before the threads
    before = {alarm["alarm_id"] for alarm in store.open_alarms()}

    def run(plan: SourcePlan) -> list[dict[str, Any]]:
        return _run_source(installation, plan, requests.of(plan), waiting.take(plan.name))

    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE, thread_name_prefix="sync") as pool:
        done = [document for documents in pool.map(run, requests.plans) for document in documents]
    runs = [stamped(installation, document) for document in done]
    return {
        "dry_run": requests.options.dry_run,
        "runs": [r for r in runs if r["kind"] == "sync"],
        "replays": [r for r in runs if r["kind"] == "replay"],
        "alarms": [stamped(installation, a) for a in store.open_alarms() if a["alarm_id"] not in before],
    }


def _run_source(
    installation: Installation, plan: SourcePlan, request: SyncRequest, waiting: Process | None
) -> list[dict[str, Any]]:
    store, documents = installation.store, []
    try:
        if not request.dry and needs_replay(store, plan.name, plan.mapping):
            if waiting is not None and waiting.told:
                waiting.close()  # it would be at its deadline before the replay is done
                waiting = None
            documents.append(replay_source(store, plan.name, plan.mapping, request.now))
        documents.append(sync_source(store, plan, request, waiting=waiting))
    except Busy as busy:
        documents.append(_refused(plan, request, busy))
    finally:
        if waiting is not None:
            waiting.close()
    if not request.dry:
        _note_credentials(installation, plan, documents[-1], request.now())
    return documents


def _note_credentials(
    installation: Installation, plan: SourcePlan, document: dict[str, Any], now: int
) -> None:
    """A refused credential is an alarm until a run of the source succeeds, and so is its silence."""
    error = document["error"]
    if error is not None and error["kind"] == AuthError.kind:
        installation.store.raise_alarm(AuthError.kind, plan.name, error["message"], now)
    elif document["status"] == "ok":
        for kind in (AuthError.kind, SILENCE):
            installation.store.clear_alarm(kind, plan.name, now)


def _refused(plan: SourcePlan, request: SyncRequest, busy: Busy) -> dict[str, Any]:
    counts = dict.fromkeys(Counts.__slots__, 0)
    return {
        "source": plan.name,
        "run_id": None,
        "kind": "sync",
        "status": "failed",
        **counts,
        "started_at": request.window.started_at,
        "finished_at": request.now(),
        "streams": [],
        "error": {"kind": busy.kind, "message": busy.message, "remedy": busy.remedy},
    }
