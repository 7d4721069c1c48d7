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
    marks: AbstractMapping[str, AbstractMapping[str, str]],
) -> PullOrder:
    """The order, by what is committed of each stream: its cursor, and the files taken."""
    streams = {
        name: _stream_order(spec, request, cursors.get(name), marks.get(name, {}))
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


def _stream_order(
    spec: StreamSpec, request: SyncRequest, cursor: str | None, marks: AbstractMapping[str, str]
) -> StreamOrder:
    return StreamOrder(
        delivery=spec.delivery,
        cursor=spec.cursor,
        ordered=spec.ordered,
        window=window_for(cursor, request.window),
        marks={} if request.window.full else marks,
        committed=cursor,
        settings=spec.settings,
    )


def foretold_order(plan: SourcePlan, request: SyncRequest) -> PullOrder | None:
    """The order where nothing that is committed can change it, and nothing is promised to the source."""
    specs = plan.streams.values()
    if plan.plugin.kind == "files" or any(spec.cursor or spec.delivery == "flagged" for spec in specs):
        return None
    return order_for(plan, request, {}, {})


def brings_all(
    plan: SourcePlan, request: SyncRequest, stream: str, cursor: str | None, marks: AbstractMapping[str, str]
) -> bool:
    """Whether all that the source has of a stream is about to come, by what is committed of it."""
    order = _stream_order(plan.streams[stream], request, cursor, marks)
    bounded = request.limit is not None or order.window.lower is not None
    return not (bounded or order.marks or order.delivery == "flagged")
