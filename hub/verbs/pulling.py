"""A sync: plan every source first, replay what a mended mapping asks for, then pull them side by side."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hub.errors import AuthError, Busy
from hub.model.records import Counts
from hub.pipeline.lanes import Progress, SourcePlan, SyncRequest
from hub.pipeline.replay import needs_replay, replay_source
from hub.pipeline.sync import sync_source
from hub.pipeline.windows import WindowRequest
from hub.runner.process import Process
from hub.runner.waiting import Waiting
from hub.verbs.installation import Installation
from hub.verbs.plans import plans_for, range_bounds
from hub.verbs.sync_options import SIDE_BY_SIDE, SyncOptions
from hub.verbs.watching import stamped


def pull(
    installation: Installation,
    names: Sequence[str],
    options: SyncOptions,
    now: Callable[[], int],
    progress: Progress,
    stop: Callable[[], bool],
    waiting: Waiting,
) -> dict[str, Any]:
    """Run the sources named (all when none) and return the document of ``hub sync``."""
    plans = plans_for(installation, names)
    since, until = range_bounds(installation, plans, options.since, options.until)
    store = installation.store  # opened before the threads
    before = {alarm["alarm_id"] for alarm in store.open_alarms()}

    def run(plan: SourcePlan) -> list[dict[str, Any]]:
        source = installation.settings.sources[plan.name]
        window = WindowRequest(
            started_at=now(),
            overlap_s=source.overlap_s,
            settle_s=source.settle_s,
            full=options.full,
            since=since,
            until=until,
        )
        request = SyncRequest(
            window, now, dry=options.dry_run, limit=options.limit, progress=progress, stop=stop
        )
        return _run_source(installation, plan, request, waiting.take(plan.name))

    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE, thread_name_prefix="sync") as pool:
        done = [document for documents in pool.map(run, plans) for document in documents]
    runs = [stamped(installation, document) for document in done]
    return {
        "dry_run": options.dry_run,
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
    """A refused credential is an alarm until a run of the source succeeds."""
    error = document["error"]
    if error is not None and error["kind"] == AuthError.kind:
        installation.store.raise_alarm(AuthError.kind, plan.name, error["message"], now)
    elif document["status"] == "ok":
        installation.store.clear_alarm(AuthError.kind, plan.name, now)


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
