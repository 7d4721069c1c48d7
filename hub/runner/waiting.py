"""Processes started before the Hub is ready for them, so that they load, and fetch, while the Hub loads."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from hub.runner.process import Process
from hub.wire import Order

#: For the Hub to come to its first word; a pull sets its own deadline.
_PATIENCE_S = 60.0


class Waiting:
    """A process for each source named, told the kind it will play, or all of it; those left are ended."""

    def __init__(self, kinds: Mapping[str, str], cwd: str) -> None:
        """``kinds``: {source: kind}."""
        self._processes: dict[str, Process] = {}
        try:
            for source, kind in kinds.items():
                self._processes[source] = Process(_PATIENCE_S, cwd, kind=kind)
        except BaseException:
            self._end()
            raise

    def tell(self, source: str, order: Order) -> None:
        """Let the source's process begin with what it will be asked for."""
        if source in self._processes:
            self._processes[source].allow(order.deadline_s)
            self._processes[source].tell(order)

    def take(self, source: str) -> Process | None:
        """The source's process, now the caller's to close; None where none waits for it."""
        return self._processes.pop(source, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        while self._processes:
            self._processes.popitem()[1].close()
