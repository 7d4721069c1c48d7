"""One source's run, in order: window → pull → fresh → map → store → answer → finish."""

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from hub.errors import ConfigError, HubError, SourceError
from hub.pipeline.orders import SourcePlan, SyncRequest, brings_all, order_for
from hub.pipeline.overlap import Writer
from hub.pipeline.run_document import error_document, run_document
from hub.runner.process import Process
from hub.runner.pull import Pull
from hub.store.runs import RunStatus
from hub.store.store import Store
from hub.wire import TAKEN

if TYPE_CHECKING:
    from hub.store.run_writer import RunWriter


@dataclass(slots=True)
class _Outcome:
    """How far a run got: the first error ends it, finished streams earn their bound."""

    done: set[str] = field(default_factory=set)
    error: HubError | None = None

    def status(self, received: int) -> RunStatus:
        if self.error is None:
            return "ok"
        return "partial" if received else "failed"


def sync_source(
    store: Store, plan: SourcePlan, request: SyncRequest, *, waiting: Process | None = None
) -> dict[str, Any]:
    """Run one source to its end and return its run as ``hub sync`` reports it (instants as integers).

    ``waiting``: a process started ahead, told nothing yet, or already what it would be told now. A
    SourceError becomes the run's error; Busy and StoreError are raised.
    """
    started_at = request.window.started_at
    snapshots = {name for name, spec in plan.streams.items() if spec.delivery == "snapshot"}
    opened = store.begin_run(
        plan.name,
        "sync",
        list(plan.streams),
        plan.mapping.version,
        started_at,
        dry=request.dry,
        snapshots=snapshots,
        reach=request.window.reach,
        brings_all=lambda state: brings_all(plan, request, state.name, state.cursor, state.marks),
    )
    with opened as run:
        outcome = _Outcome()
        try:
            _pull_all(run, plan, request, outcome, waiting)
        except (SourceError, ConfigError) as stopped:
            outcome.error = stopped
        bounds = {} if request.window.by_hand else dict.fromkeys(sorted(outcome.done), request.window.bound)
        status, error, now = (
            outcome.status(run.counts().received),
            error_document(outcome.error),
            request.now(),
        )
        run.finish(status, now, bounds=bounds, error=error)
    return run_document(run, plan.name, plan.streams, "sync", status, (started_at, now), error)


def _pull_all(
    run: "RunWriter", plan: SourcePlan, request: SyncRequest, outcome: _Outcome, waiting: Process | None
) -> None:
    from hub.pipeline.lanes import lane_for  # not above: loaded while the store reads what stands

    lanes = {name: lane_for(run, plan, request, name) for name in plan.streams}
    cursors = {name: run.cursor(name) for name in lanes}
    order = order_for(plan, request, cursors, {name: run.marks(name) for name in lanes})
    with Pull(order, stop=request.stop, waiting=waiting, unread=True) as pull, Writer() as writer:
        for pulled in pull:
            lane = lanes[pulled.batch.stream]
            promised = lane.promises(pulled)
            if not promised:
                pull.answer(bytes([TAKEN]) * len(pulled.batch.raws), committed=not request.dry)
            writer.begin(partial(lane.take, lane.ready(pulled)))
            if promised:
                pull.answer(writer.settle(), committed=not request.dry)
            request.progress(plan.name, pulled.batch.stream, len(pulled.batch.raws))
            if request.stop():
                raise SourceError("the run was stopped by a signal", remedy="run hub sync again")
    for name, lane in lanes.items():
        complete = pull.final is not None and pull.final.complete.get(name, False)
        lane.close(complete=complete and request.limit is None)
        if complete and request.limit is None:
            outcome.done.add(name)
    outcome.error = next(iter(pull.stream_errors.values()), None)
