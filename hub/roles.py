"""What a plugin says of itself (its manifest as a value) and the parts its code may play (Protocols)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, Protocol

from hub.errors import Complaint
from hub.model.records import Delivery, Window
from hub.model.verdicts import Severity

#: The only contract there is: a manifest that names another one was written for another Hub.
CONTRACT = 1
#: The kinds of source that come with the Hub, each a plugin of its own.
SOURCE_KINDS = ("rest", "soap", "table", "files")

PluginState = Literal["loaded", "failed", "blocked"]
ValueType = Literal["text", "integer", "number", "boolean", "list", "table", "any"]


@dataclass(frozen=True, slots=True)
class ConfigKey:
    """One key a plugin understands: what may stand there, and what stands there when nothing does."""

    required: bool = False
    secret: bool = False
    default: Any = None
    type: ValueType = "text"
    about: str = ""


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """One stream of a source, and how its kind is to read it (``settings``)."""

    delivery: Delivery = "changes"
    cursor: str | None = None
    ordered: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MonitorSpec:
    """A monitor of a plugin's own, as its manifest declares it; ``severity`` is the gravest it may give.

    ``line``: where the manifest declares it.
    """

    id: str
    title: str
    severity: Severity
    legal_basis: str
    effective_from: date | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Plugin:
    """A manifest. ``why`` and ``complaints`` tell why a plugin is not ``loaded``.

    ``code`` is the file that holds its hooks; None means that the kind alone does the work.
    """

    name: str
    title: str = ""
    owner: str = ""
    kind: str = ""
    folder: Path | None = None
    contract: int = CONTRACT
    config_schema: Mapping[str, ConfigKey] = field(default_factory=dict)
    stream_schema: Mapping[str, ConfigKey] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    streams: Mapping[str, StreamSpec] = field(default_factory=dict)
    monitors: Mapping[str, MonitorSpec] = field(default_factory=dict)
    state: PluginState = "loaded"
    why: str = ""
    complaints: tuple[Complaint, ...] = ()

    @property
    def code(self) -> Path | None:
        file = self.folder / "plugin.py" if self.folder else None
        return file if file and file.is_file() else None


class PullsPages(Protocol):
    """The part every source plays. Pages, streams and contexts are those of ``hub.sdk``."""

    def pull(self, ctx: Any, stream: Any, window: Window) -> Iterator[Any]:
        """Yield the pages of one stream that fall into the window."""
        ...


class Checks(Protocol):
    """A source that can say, without pulling, whether it would work now."""

    def check(self, ctx: Any) -> None:
        """Raise the SourceError a pull would meet."""
        ...


class Acknowledges(Protocol):
    """A source of flagged streams: told each row's fate after the commit."""

    def acknowledge(self, ctx: Any, rows: Sequence[Any]) -> None:
        """Set the flag back on rows that still equal what was read."""
        ...
