"""hub.toml as frozen values: every complaint at once, each with its line, what was found, and the remedy."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from hub import cadence
from hub.errors import Complaint, ConfigError
from hub.located import load_toml
from hub.reading import TableReader, shown

SQLITE = "sqlite:///"
_NAME = re.compile(r"\w[\w-]{0,62}")
_INTERVAL = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})")
_SOURCE_KEYS = (
    "plugin",
    "mapping",
    "every",
    "cron",
    "overlap",
    "settle",
    "deadline",
    "expect_every",
    "config",
)
DEFAULT_DEADLINE_S = 3600.0


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """Which days are worked, which hours ("08:30-12:00", in order), and the clock that judges."""

    base: Literal["cn", "weekdays"] = "cn"
    overlays: tuple[Path, ...] = ()
    office_hours: tuple[str, ...] = ("08:30-12:00", "14:00-17:30")
    clock: Literal["whole_day", "elapsed"] = "whole_day"


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One source. Without ``every_s`` and ``cron`` the daemon leaves it alone. ``config`` is as written."""

    name: str
    plugin: str
    mapping: str
    every_s: float | None = None
    cron: str | None = None
    overlap_s: float = 0.0
    settle_s: float = 0.0
    deadline_s: float = DEFAULT_DEADLINE_S
    expect_every_s: float | None = None
    config: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole of hub.toml; every path absolute. ``line(*keys)`` finds a key's line for complaints."""

    file: Path
    folder: Path
    city: str
    region: str
    zone: ZoneInfo
    store_url: str = field(repr=False)
    calendar: CalendarSettings
    plugin_folder: Path
    plugin_block: tuple[str, ...]
    sources: dict[str, SourceSettings]
    mappings: Path
    var: Path
    line: Callable[..., int | None] = field(repr=False, compare=False)
    complaints: tuple[Complaint, ...] = ()


def load_settings(path: Path, env: Mapping[str, str] | None = None) -> Settings:
    """Read hub.toml; ConfigError with all complaints. ``env`` gives the store's URL where it is asked for."""
    settings = read_settings(path, env)
    if settings.complaints:
        count = len(settings.complaints)
        raise ConfigError(
            f"{path} has {count} {'fault' if count == 1 else 'faults'}",
            settings.complaints,
            remedy="mend each place named, then run: hub check",
        )
    return settings


def read_settings(path: Path, env: Mapping[str, str] | None = None) -> Settings:
    """The same with its complaints beside it, faulty sources left out: for checking everything at once."""
    if not path.is_file():
        raise ConfigError(
            f"there is no configuration at {path}",
            remedy="name it with --config or HUB_CONFIG, or make an installation with: hub init DIR",
        )
    file = path.resolve()
    reader = _HubToml(load_toml(file, name=str(path)))
    settings = reader.settings(file, os.environ if env is None else env)
    faulty = {complaint.key.split(".")[1] for complaint in reader.complaints if "source." in complaint.key}
    sound = {name: source for name, source in settings.sources.items() if name not in faulty}
    return replace(settings, sources=sound, complaints=tuple(reader.complaints))


class _HubToml(TableReader):
    """The tables of hub.toml, one method each."""

    folder: Path

    def settings(self, file: Path, env: Mapping[str, str]) -> Settings:
        self.folder = file.parent
        self.known((), self.located.data, ("hub", "store", "calendar", "plugins", "source"))
        hub = self.table(("hub",), ("city", "region", "timezone"))
        plugins = self.table(("plugins",), ("folder", "block"))
        return Settings(
            file=file,
            folder=file.parent,
            city=self.text(hub, ("hub", "city"), ""),
            region=self.text(hub, ("hub", "region"), ""),
            zone=self.zone(hub),
            store_url=self.store_url(env),
            calendar=self.calendar(),
            plugin_folder=file.parent / self.text(plugins, ("plugins", "folder"), "plugins"),
            plugin_block=self.texts(plugins, ("plugins", "block")),
            sources={name: self.source(name) for name in self.table(("source",), None)},
            mappings=file.parent / "mappings",
            var=file.parent / "var",
            line=self.located.line,
        )

    def zone(self, hub: Mapping[str, Any]) -> ZoneInfo:
        name = self.text(hub, ("hub", "timezone"), "Asia/Shanghai")
        try:
            return ZoneInfo(name)
        except (OSError, ValueError, KeyError):  # not found is a KeyError, a folder's name an OSError
            self.complain(
                ("hub", "timezone"), f"no such time zone: {name!r}", 'write one like "Asia/Shanghai"'
            )
        return ZoneInfo("UTC")

    def store_url(self, env: Mapping[str, str]) -> str:
        at = ("store", "url")
        value = self.table(("store",), ("url",)).get("url", f"{SQLITE}var/hub.db")
        if isinstance(value, dict):
            value = self.secret(value, at, env)
        if not isinstance(value, str):
            self.complain(
                at, f"found {shown(value)}", f'write "{SQLITE}var/hub.db" or "postgresql+psycopg://…"'
            )
            return ""
        scheme, _, rest = value.partition("://")
        if scheme in ("postgres", "postgresql", "postgresql+psycopg") and rest:
            return f"postgresql+psycopg://{rest}"
        if scheme in ("sqlite", "sqlite+pysqlite") and rest.startswith("/") and rest[1:].split("?")[0]:
            return f"{SQLITE}{self.folder / rest[1:]}"
        remedy = (
            f'write "{SQLITE}var/hub.db" (relative to this file) or "postgresql+psycopg://user@host/name"'
        )
        self.complain(at, f"cannot use a store at {scheme}://…" if rest else "found no URL", remedy)
        return ""

    def secret(self, ref: dict[str, Any], at: tuple[str, ...], env: Mapping[str, str]) -> str:
        match ref:
            case {"env": str(name), **rest} if not rest and name in env:
                return env[name].strip()
            case {"env": str(name), **rest} if not rest:
                self.complain(at, f"the environment has no {name}", f"set {name} before starting the Hub")
            case {"file": str(name), **rest} if not rest:
                try:
                    return (self.folder / name).read_text("utf-8").strip()
                except (OSError, UnicodeDecodeError) as error:
                    self.complain(
                        at, f"{name} cannot be read: {error}", "put the value in that file, in UTF-8"
                    )
            case _:
                self.complain(at, f"found {shown(ref)}", 'write { env = "NAME" } or { file = "path" }')
        return f"{SQLITE}unknown"

    def calendar(self) -> CalendarSettings:
        table = self.table(("calendar",), ("base", "overlays", "office_hours", "clock"))
        overlays = []
        at = ("calendar", "overlays")
        for index, name in enumerate(self.texts(table, at)):
            overlays.append(self.folder / name)
            if not overlays[-1].is_file():
                self.complain(
                    (*at, index), f"there is no file {name!r}", "write its path relative to this file"
                )
        return CalendarSettings(
            base=self.choice(table, ("calendar", "base"), ("cn", "weekdays")),
            overlays=tuple(overlays),
            office_hours=self.office_hours(table),
            clock=self.choice(table, ("calendar", "clock"), ("whole_day", "elapsed")),
        )

    def office_hours(self, table: Mapping[str, Any]) -> tuple[str, ...]:
        at = ("calendar", "office_hours")
        remedy = 'write intervals in order, none overlapping: ["08:30-12:00", "14:00-17:30"]'
        if "office_hours" not in table:
            return CalendarSettings().office_hours
        hours: list[str] = []
        before = 0
        for index, text in enumerate(self.texts(table, at)):
            match = _INTERVAL.fullmatch(text.strip())
            h1, m1, h2, m2 = (int(part) for part in match.groups()) if match else (0, 99, 0, 0)
            start, stop = h1 * 60 + m1, h2 * 60 + m2
            if m1 > 59 or m2 > 59 or not before <= start < stop <= 24 * 60:
                self.complain((*at, index), f"found {text!r}", remedy)
                return ()
            hours.append(f"{h1:02}:{m1:02}-{h2:02}:{m2:02}")
            before = stop
        if not hours:
            self.complain(at, "no office hours: no working hour would ever pass", remedy)
        return tuple(hours)

    def source(self, name: str) -> SourceSettings:
        at = ("source", name)
        table = self.table(at, _SOURCE_KEYS)
        if not _NAME.fullmatch(name):
            self.complain(
                at, f"cannot name a source {shown(name)}", "use letters, digits, - and _, at most 63"
            )
        return SourceSettings(
            name=name,
            plugin=self.text(table, (*at, "plugin"), None),
            mapping=self.mapping(table, at, name),
            every_s=self.duration(table, (*at, "every")),
            cron=self.cron(table, (*at, "cron")),
            overlap_s=self.duration(table, (*at, "overlap"), zero=True) or 0.0,
            settle_s=self.duration(table, (*at, "settle"), zero=True) or 0.0,
            deadline_s=self.duration(table, (*at, "deadline")) or DEFAULT_DEADLINE_S,
            expect_every_s=self.duration(table, (*at, "expect_every")),
            config=self.table((*at, "config"), None),
        )

    def mapping(self, table: Mapping[str, Any], at: tuple[str, ...], default: str) -> str:
        name = self.text(table, (*at, "mapping"), default)
        if not _NAME.fullmatch(name):
            remedy = "write the name of a file in mappings/, without the folder and without .toml"
            self.complain((*at, "mapping"), f"found {shown(name)}", remedy)
        return name

    def cron(self, table: Mapping[str, Any], at: tuple[str, ...]) -> str | None:
        if at[-1] not in table:
            return None
        line = self.text(table, at, None)
        if "every" in table:
            self.complain(at, "stands beside every", "keep one of the two")
        try:
            cadence.cron_fields(line)
        except ValueError as error:
            self.complain(at, str(error), cadence.CRON_REMEDY)
        return line
