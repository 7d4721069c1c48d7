"""What a pull knows of itself: its source, its configuration, when it began and how long it has."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hub.errors import DeadlineExceeded


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
class Surroundings:
    """All that a source's connections are made from. ``base_dir``: where hub.toml stands."""

    source: str
    config: Mapping[str, Any]
    clock: Clock
    deadline: Deadline
    hosts: tuple[str, ...] = ()
    base_dir: Path = field(default_factory=Path)
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("plugin"))
