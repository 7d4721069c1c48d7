"""What one source's run is: its plan, what was asked for, and the order for its plugin's process."""

from collections.abc import Callable
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hub.pipeline.windows import WindowRequest, window_for
from hub.roles import Plugin, StreamSpec
from hub.runner.pull import PullOrder, StreamOrder

if TYPE_CHECKING:
    from hub.mapping.mapping import Mapping

Progress = Callable[[str, str, int], None]


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """Everything one source's runs need, assembled by the composition root.

    ``known_items`` tells the item codes of the catalogue by now: a row of a flagged stream with another
    one is answered "item unknown" (it is stored all the same; M21 says so to people).
    """

    name: str
    plugin: Plugin
    config: dict[str, Any]
    hosts: tuple[str, ...]
    streams: dict[str, StreamSpec]
    mapping: "Mapping"
    known_items: Callable[[], frozenset[str]]
    deadline_s: float
    timezone: str
    base_dir: str


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """How this run was asked for; ``now`` reads the clock of whoever asked."""

    window: WindowRequest
    now: Callable[[], int]
    dry: bool = False
    limit: int | None = None
    progress: Progress = lambda *_: None
    stop: Callable[[], bool] = lambda: False


def order_for(
    plan: SourcePlan,
    request: SyncRequest,
    cursors: AbstractMapping[str, str | None],
    marks: AbstractMapping[str, dict[str, str]],
) -> PullOrder:
    """The order, by what is committed of each stream: its cursor, and the files taken."""
    streams = {
        name: StreamOrder(
            delivery=spec.delivery,
            cursor=spec.cursor,
            ordered=spec.ordered,
            window=window_for(cursors.get(name), request.window),
            marks={} if request.window.full else marks.get(name, {}),
            committed=cursors.get(name),
            settings=spec.settings,
        )
        for name, spec in plan.streams.items()
    }
    return PullOrder(
        source=plan.name,
        plugin=plan.plugin,
        config=plan.config,
        streams=streams,
        deadline_s=plan.deadline_s,
        timezone=plan.timezone,
        started_at=request.window.started_at,
        limit=request.limit,
        base_dir=plan.base_dir,
        hosts=plan.hosts,
    )


def foretold_order(plan: SourcePlan, request: SyncRequest) -> PullOrder | None:
    """The order where nothing that is committed can change it, and nothing is promised to the source."""
    specs = plan.streams.values()
    if plan.plugin.kind == "files" or any(spec.cursor or spec.delivery == "flagged" for spec in specs):
        return None
    return order_for(plan, request, {}, {})


def asks_for_all(stream: StreamOrder) -> bool:
    """Whether all that the source has is asked for."""
    return stream.delivery != "flagged" and stream.window.lower is None and not stream.marks
