"""Processes started before there is anything to tell them, so that they load while the Hub loads."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from hub.runner.process import Process

#: For the Hub to come to its first word; a pull sets its own deadline.
_PATIENCE_S = 60.0


class Waiting:
    """A process for each source named, told nothing but the kind it will play; those not taken are ended."""

    def __init__(self, kinds: Mapping[str, str], cwd: str) -> None:
        """``kinds``: {source: kind}."""
        self._processes: dict[str, Process] = {}
        try:
            for source, kind in kinds.items():
                self._processes[source] = Process(_PATIENCE_S, cwd, kind=kind)
        except BaseException:
            self._end()
            raise

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
