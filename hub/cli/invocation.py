"""What one call of the command line was given: options, environment, clock, streams, and the App to ask."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from hub.model import instants

if TYPE_CHECKING:
    from hub.app import App
    from hub.settings import Settings

Opener = Callable[..., Any]


@dataclass(slots=True)
class Invocation:
    """Filled in by the shared options while the command line is read; ``opener`` is the tests' door."""

    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    config: Path | None = None
    language: str | None = None
    json: bool = False
    safe_mode: bool = False
    verbosity: int = 0
    opener: Opener | None = None
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)

    def now(self) -> int:
        """The clock is read here, at the door, and travels as a parameter from here on."""
        return instants.at(datetime.now(UTC))

    def config_path(self) -> Path:
        return self.config or Path(self.env.get("HUB_CONFIG") or "hub.toml")

    def settings(self) -> "Settings":
        from hub.settings import load_settings

        return load_settings(self.config_path(), self.env)

    def start_logging(self, at_least: int = 0) -> None:
        from hub.log import configure_logging

        configure_logging(max(self.verbosity, at_least), stream=self.err)

    @contextmanager
    def app(self) -> "Iterator[App]":
        """The App on this installation, closed afterwards."""
        self.start_logging()
        with self.open(self.settings()) as app:
            yield app

    def open(self, settings: "Settings") -> Any:
        if self.opener is None:
            from hub.app import open_app

            self.opener = open_app
        return self.opener(settings, safe_mode=self.safe_mode, env=self.env)
