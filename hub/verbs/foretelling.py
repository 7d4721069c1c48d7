"""What a sync will ask of each source, told to its process where the store has no say in it."""

from collections.abc import Callable, Sequence

from hub.pipeline.orders import Progress, SourcePlan, SyncRequest, foretold_order
from hub.pipeline.windows import WindowRequest
from hub.runner.waiting import Waiting
from hub.verbs.installation import Installation
from hub.verbs.plans import plans_for, range_bounds
from hub.verbs.sync_options import SIDE_BY_SIDE, SyncOptions


class Requests:
    """The sources of a sync and what is asked of each, as of the instant it begins."""

    def __init__(
        self,
        installation: Installation,
        names: Sequence[str],
        options: SyncOptions,
        now: Callable[[], int],
        progress: Progress,
        stop: Callable[[], bool],
    ) -> None:
        """ConfigError where one of them is not configured right."""
        self.plans = plans_for(installation, names)
        self.options = options
        self._sources = installation.settings.sources
        self._range = range_bounds(installation, self.plans, options.since, options.until)
        self._now, self._progress, self._stop = now, progress, stop
        self._begun: dict[str, SyncRequest] = {}

    def foretell(self, waiting: Waiting) -> None:
        """Let those processes begin whose order is known before the store is opened."""
        for plan in self.plans[:SIDE_BY_SIDE]:
            request = self._made(plan.name)
            order = foretold_order(plan, request)
            if order is not None:
                self._begun[plan.name] = request
                waiting.tell(plan.name, order.to_wire())

    def of(self, plan: SourcePlan) -> SyncRequest:
        """What is asked of a source that begins now, or has begun."""
        return self._begun.get(plan.name) or self._made(plan.name)

    def _made(self, name: str) -> SyncRequest:
        source, (since, until) = self._sources[name], self._range
        window = WindowRequest(
            started_at=self._now(),
            overlap_s=source.overlap_s,
            settle_s=source.settle_s,
            full=self.options.full,
            since=since,
            until=until,
        )
        return SyncRequest(
            window,
            self._now,
            dry=self.options.dry_run,
            limit=self.options.limit,
            progress=self._progress,
            stop=self._stop,
        )
