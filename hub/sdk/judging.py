"""Serves a plugin's monitors: each question of the Hub answered with verdicts, or with what went wrong."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from hub.errors import PluginFault
from hub.model.blocks import CaseBlock
from hub.model.opinions import Verdict, VerdictColumns, in_columns, opinion_columns, opinion_of
from hub.model.packing import block_of, packed, unpacked
from hub.sdk.driving import fault_of
from hub.sdk.outbox import Channel
from hub.wire import Opinion, Question


class Monitor(Protocol):
    """A monitor of a plugin's own. ``id`` is that of its table in plugin.toml."""

    id: str

    def judge(self, block: CaseBlock, as_of: int) -> Sequence[Verdict] | VerdictColumns:
        """What it says of the block's cases as they stood at ``as_of``; cases left out keep the law."""
        ...


def serve(channel: Channel, offered: Callable[[], Sequence[Any]]) -> None:
    """Answer questions until the Hub asks no more. ``offered`` loads the plugin, once."""
    monitors: dict[str, Any] | PluginFault | BaseException | None = None
    block: CaseBlock | None = None
    while (asked := channel.read()) is not None:
        question, body = asked
        if not isinstance(question, Question):
            raise PluginFault(f"the Hub sent a {type(question).__name__}")
        try:
            if question.columns:
                block = None  # not the one before, whatever becomes of this
                block = block_of(unpacked(question.columns, body))
            monitors = _loaded(offered) if monitors is None else monitors
            columns, pieces = _answer(monitors, question, block)
        except BaseException as error:  # noqa: BLE001 - one monitor's failure must not silence the others
            if monitors is None:
                monitors = error
            channel.write(fault_of(error))
        else:
            channel.write(Opinion(columns), pieces)


def _loaded(offered: Callable[[], Sequence[Any]]) -> dict[str, Any]:
    monitors: dict[str, Any] = {}
    for each in offered():
        monitor = each() if isinstance(each, type) else each
        name = getattr(monitor, "id", None)
        if not isinstance(name, str) or not callable(getattr(monitor, "judge", None)):
            raise PluginFault(
                f"hub_monitors() returned a {type(monitor).__name__} without id or judge()",
                remedy="return a list of classes with both",
            )
        if name in monitors:
            raise PluginFault(f"hub_monitors() returned {name} twice", remedy="give each its own id")
        monitors[name] = monitor
    return monitors


def _answer(monitors: Any, question: Question, block: CaseBlock | None) -> Any:
    if isinstance(monitors, BaseException):
        raise monitors
    if question.monitor not in monitors:
        known = ", ".join(monitors) or "none"
        raise PluginFault(
            f"plugin.py has no monitor {question.monitor}", remedy=f"hub_monitors() returned: {known}"
        )
    if block is None:
        raise PluginFault("the Hub asked before it sent a block")
    said = monitors[question.monitor].judge(block, question.as_of)
    if not isinstance(said, VerdictColumns):
        try:
            said = in_columns(list(said))
        except TypeError as error:
            raise PluginFault(f"judge() returned a {type(said).__name__}: {error}") from error
    columns = opinion_columns(said)
    opinion_of(columns, len(block))  # told here, with the plugin's own traceback
    return packed(columns)
