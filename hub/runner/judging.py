"""The parent's side of a plugin's monitors: blocks in, verdicts out, and no answer outlives its deadline."""

import msgspec

from hub.errors import DeadlineExceeded, PluginFault
from hub.model.blocks import CaseBlock
from hub.model.opinions import VerdictColumns, opinion_of
from hub.model.packing import block_columns, packed, unpacked
from hub.roles import Plugin
from hub.runner.output import cleaned
from hub.runner.process import Process
from hub.wire import Fault, Opinion, Order, Question, frame, read_frame

_MOST = 16_000


class Judges:
    """One plugin's process that judges: started at the first question, asked again and again, then closed.

    A monitor that raises spoils its own answer only. A process that hangs, dies or talks nonsense is
    ended, and every later question meets the same PluginFault: it is not given a second chance.
    """

    def __init__(
        self, plugin: Plugin, *, timezone: str, deadline_s: float = 120.0, memory_mb: int = 2048
    ) -> None:
        """``deadline_s``: for each answer."""
        self.plugin = plugin
        self._timezone = timezone
        self._deadline_s = deadline_s
        self._memory_mb = memory_mb
        self._process: Process | None = None
        self._block: CaseBlock | None = None
        self._ended: PluginFault | None = None

    def ask(self, monitor: str, block: CaseBlock, as_of: int) -> VerdictColumns:
        """What the monitor says of a block's cases; PluginFault when it says nothing that can be used."""
        if self._ended is not None:
            raise self._ended
        try:
            return self._turn(monitor, block, as_of)
        except DeadlineExceeded as error:
            self._ended = PluginFault(
                f"monitor {monitor} of plugin {self.plugin.name} did not answer "
                f"within {self._deadline_s:g} s and was stopped",
                detail=self._printed(),
                remedy="find out what it waits for",
            )
            raise self._ended from error

    def close(self) -> None:
        """End the process and all it started."""
        if self._process is not None:
            self._process.close()

    def _turn(self, monitor: str, block: CaseBlock, as_of: int) -> VerdictColumns:
        process = self._running(as_of)
        process.allow(self._deadline_s)
        columns, pieces = ([], []) if block is self._block else packed(block_columns(block))
        process.write(frame(Question(monitor, as_of, columns), pieces))
        self._block = block
        try:
            answer = read_frame(process.read)
        except PluginFault as error:
            raise self._end(error) from error
        if answer is None:
            raise self._end(PluginFault(process.obituary(), remedy="see what it printed"))
        head, body = answer
        if isinstance(head, Fault):
            detail = cleaned(head.detail[-_MOST:], ())
            raise PluginFault(_line(head.message), detail=detail, remedy=_line(head.remedy))
        if not isinstance(head, Opinion):
            raise self._end(PluginFault(f"the plugin's process sent a {type(head).__name__} of its own"))
        try:
            return opinion_of(unpacked(head.columns, body), len(block))
        except (ValueError, msgspec.MsgspecError) as error:
            raise PluginFault(_line(f"monitor {monitor} answered {error}")) from error

    def _running(self, as_of: int) -> Process:
        if self._process is None:
            folder, code = self.plugin.folder, self.plugin.code
            self._process = Process(self._deadline_s, str(folder or "."))
            order = Order(
                source=self.plugin.name,
                kind=self.plugin.kind,
                code=str(code.resolve()) if code else None,
                config={},
                hosts=[],
                streams={},
                action="judge",
                deadline_s=self._deadline_s,
                timezone=self._timezone,
                started_at=as_of,
                base_dir=str(folder or "."),
                memory_mb=self._memory_mb,
            )
            self._process.write(frame(order))
        return self._process

    def _end(self, fault: PluginFault) -> PluginFault:
        self._ended = PluginFault(
            f"plugin {self.plugin.name}: {fault.message}", detail=self._printed(), remedy=fault.remedy
        )
        return self._ended

    def _printed(self) -> str:
        """What the process printed last; it is ended first, so that nothing is still on its way."""
        if self._process is None:
            return ""
        self._process.close()
        return self._process.output.text()[-4000:].strip()


def _line(text: str) -> str:
    """One printable line without personal data: it goes into alarms as it is."""
    return "".join(char if char.isprintable() else " " for char in cleaned(text[:_MOST], ()))[:500]
