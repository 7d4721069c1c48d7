"""A mapping file loaded: checked, versioned by content, compiled once."""

import hashlib
import json
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

from hub.errors import Complaint, ConfigError
from hub.located import load_toml
from hub.mapping.codes import CodeLists
from hub.mapping.complaining import Desk
from hub.mapping.reading import MappingReader
from hub.mapping.spec import StreamSpec
from hub.mapping.stream import StreamMapping

#: Raised when the same file would map the same raw to other values: every row is then replayed.
REVISION = 1


@dataclass(frozen=True, slots=True)
class Mapping:
    """A loaded mapping; ``streams`` in order of authority, the first the highest."""

    name: str
    version: str
    streams: AbstractMapping[str, StreamMapping]

    @property
    def supplied(self) -> frozenset[str]:
        """The unified fields it names, as ``kind.field``: of others, absence is no fact."""
        return frozenset(name for stream in self.streams.values() for name in stream.spec.supplied())


def load_mapping(path: Path, *, codes_dir: Path, zone: tzinfo) -> Mapping:
    """Load and compile; ConfigError with every complaint of the file and its code lists."""
    complaints, specs, version = _read(path, codes_dir, zone)
    if complaints:
        count = f"{len(complaints)} faults" if len(complaints) > 1 else "1 fault"
        raise ConfigError(f"mapping {path}: {count}", complaints, remedy="mend the lines named")
    return Mapping(path.stem, version, {spec.name: StreamMapping(spec) for spec in specs})


def check_mapping(path: Path, *, codes_dir: Path, zone: tzinfo) -> list[Complaint]:
    """Every fault of a mapping file and the code lists it names."""
    try:
        return _read(path, codes_dir, zone)[0]
    except ConfigError as error:
        return list(error.complaints)


def _read(path: Path, codes_dir: Path, zone: tzinfo) -> tuple[list[Complaint], tuple[StreamSpec, ...], str]:
    located = load_toml(path)
    desk, lists = Desk(located), CodeLists(codes_dir)
    specs = MappingReader(desk, lists, zone).read()
    complaints = sorted(desk.complaints, key=lambda complaint: complaint.line or 0)
    return complaints + list(dict.fromkeys(lists.complaints)), specs, _version(located.data, lists.used, zone)


def _version(data: dict[str, Any], lists: dict[str, Any], zone: tzinfo) -> str:
    content = [REVISION, str(zone), _ordered(data), dict(sorted(lists.items()))]
    text = json.dumps(content, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _ordered(data: dict[str, Any]) -> dict[str, Any]:
    """Titles change no value; the order of streams and fields is kept: it is authority."""
    return {name: value for name, value in data.items() if name != "title"}
