"""A mapping file loaded: checked, versioned by content, compiled once."""

import hashlib
import json
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.errors import Complaint, ConfigError
from hub.located import load_toml
from hub.mapping.codes import CodeLists
from hub.mapping.complaining import Desk
from hub.mapping.reading import MappingReader
from hub.mapping.spec import StreamSpec

if TYPE_CHECKING:
    from hub.mapping.stream import StreamMapping

#: Raised when the same file would map the same raw to other values: every row is then replayed.
REVISION = 2


@dataclass(frozen=True)
class Mapping:
    """A loaded mapping; ``specs`` in order of authority, the first the highest."""

    name: str
    version: str
    specs: AbstractMapping[str, StreamSpec]

    @cached_property
    def streams(self) -> "AbstractMapping[str, StreamMapping]":
        """The streams compiled, in the same order; made when the first record is to be mapped."""
        from hub.mapping.stream import StreamMapping

        return {name: StreamMapping(spec) for name, spec in self.specs.items()}

    @property
    def supplied(self) -> frozenset[str]:
        """The unified fields it names, as ``kind.field``: of others, absence is no fact."""
        return frozenset(name for spec in self.specs.values() for name in spec.supplied())

    @property
    def assumed(self) -> frozenset[str]:
        """Those of them that it fills itself where the source says nothing."""
        return frozenset(name for spec in self.specs.values() for name in spec.assumed())


def load_mapping(path: Path, *, codes_dir: Path, zone: tzinfo) -> Mapping:
    """Load and compile; ConfigError with every complaint of the file and its code lists."""
    complaints, specs, version = _read(path, codes_dir, zone)
    if complaints:
        count = f"{len(complaints)} faults" if len(complaints) > 1 else "1 fault"
        raise ConfigError(f"mapping {path}: {count}", complaints, remedy="mend the lines named")
    return Mapping(path.stem, version, {spec.name: spec for spec in specs})


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
