"""What a plugin says of itself: its manifest as a value. What its code may do stands in ``hub.sdk``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from hub.errors import Complaint
from hub.model.records import Delivery
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
