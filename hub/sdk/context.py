"""The only way out of a plugin: what it may reach, and how long it has."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hub.errors import DeadlineExceeded

if TYPE_CHECKING:
    from hub.sdk.database import Database
    from hub.sdk.dropfolder import DropFolder
    from hub.sdk.http import Http
    from hub.sdk.soapcall import Soap


class Deadline:
    """The end of this pull, by the machine's own steady clock."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - time.monotonic())

    def sleep(self, seconds: float) -> None:
        """Wait; DeadlineExceeded at once where the wait would outlast the pull."""
        if seconds >= self.remaining():
            raise DeadlineExceeded(f"a wait of {seconds:.0f} s would outlast the deadline")
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Clock:
    """When the pull began (an instant of hub.model.instants), and the city's zone."""

    started_at: int
    zone: ZoneInfo


@dataclass
class Context:
    """What a source works with. Nothing is opened before it is asked for."""

    source: str
    config: Mapping[str, Any]
    clock: Clock
    deadline: Deadline
    hosts: tuple[str, ...] = ()
    base_dir: Path = field(default_factory=Path)
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("plugin"))

    @cached_property
    def http(self) -> "Http":
        from hub.sdk.http import Http

        return Http(self)

    @cached_property
    def soap(self) -> "Soap":
        from hub.sdk.soapcall import Soap

        return Soap(self)

    @cached_property
    def db(self) -> "Database":
        from hub.sdk.database import Database

        return Database(self)

    @cached_property
    def files(self) -> "DropFolder":
        from hub.sdk.dropfolder import DropFolder

        return DropFolder(self)

    def close(self) -> None:
        """Close what was opened."""
        for name in ("http", "soap", "db"):
            if name in self.__dict__ and hasattr(self.__dict__[name], "close"):
                self.__dict__[name].close()
