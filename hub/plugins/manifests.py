"""Which plugins there are and what they say of themselves: reads manifests, imports no plugin.

The four kinds (rest, soap, table, files) are plugins themselves; a department's plugin of a kind
understands the kind's keys and its own.
"""

import re
from collections.abc import Mapping, Sequence
from importlib import metadata, util
from pathlib import Path
from typing import Any, get_args

from hub.errors import ConfigError
from hub.located import load_toml
from hub.plugins.configuring import fits, overlay
from hub.plugins.monitors import monitors_in, once_each
from hub.reading import TableReader, shown
from hub.roles import CONTRACT, SOURCE_KINDS, ConfigKey, MonitorSpec, Plugin, StreamSpec, ValueType

#: The kind of a plugin that is no source.
ONLY_MONITORS = "monitors"
GROUP = "hub.plugins"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}")
_KEY_FIELDS = ("required", "secret", "default", "type", "about")


def discover(
    folder: Path | None, block: Sequence[str] = (), *, entry_points: bool = True
) -> dict[str, Plugin]:
    """Every plugin by name: the kinds, installed entry points, and those in ``folder``, which win.

    A faulty manifest yields a plugin with state "failed". Safe mode: no folder, no entry points.
    """
    own = Path(__file__).parents[1] / "sdk/kinds"
    found = {name: _read(name, own / f"{name}.toml", {}) for name in SOURCE_KINDS}
    kinds = dict(found)
    if entry_points:
        for entry in metadata.entry_points(group=GROUP):
            found[entry.name] = _installed(entry, kinds)
    if folder is not None and folder.is_dir():
        for manifest in sorted(folder.glob("*/plugin.toml")):
            found[manifest.parent.name] = _read(manifest.parent.name, manifest, kinds)
    found = {name: _blocked(plugin) if name in block else plugin for name, plugin in found.items()}
    return once_each(found)


def _installed(entry: metadata.EntryPoint, kinds: Mapping[str, Plugin]) -> Plugin:
    """An installed plugin, found beside its package without importing it."""
    top, *rest = entry.value.partition(":")[0].split(".")
    try:
        spec = util.find_spec(top)
        roots = list(spec.submodule_search_locations or ()) if spec else []
    except Exception as error:  # noqa: BLE001 - one broken distribution must not hide the others
        return Plugin(entry.name, state="failed", why=f"package {top} cannot be located: {error!r}")
    for root in roots:
        manifest = Path(root, *rest, "plugin.toml")
        if manifest.is_file():
            return _read(entry.name, manifest, kinds)
    return Plugin(entry.name, state="failed", why=f"no plugin.toml in the installed package {entry.value}")


def _blocked(plugin: Plugin) -> Plugin:
    why = "blocked in hub.toml"
    told = (plugin.name, plugin.title, plugin.owner, plugin.kind)
    return Plugin(*told, monitors=plugin.monitors, state="blocked", why=why)


def _read(name: str, manifest: Path, kinds: Mapping[str, Plugin]) -> Plugin:
    monitors: Mapping[str, MonitorSpec] = {}
    try:
        read = _Manifest(manifest)
        monitors = monitors_in(read)
        return read.plugin(name, kinds, monitors)
    except ConfigError as error:
        return Plugin(name, monitors=monitors, state="failed", why=str(error), complaints=error.complaints)


class _Manifest(TableReader):
    """One plugin.toml, table by table; every fault kept."""

    def __init__(self, path: Path) -> None:
        super().__init__(load_toml(path))
        self.path = path

    def plugin(self, name: str, kinds: Mapping[str, Plugin], monitors: Mapping[str, MonitorSpec]) -> Plugin:
        self.known((), self.located.data, ("plugin", "config", "streams", "stream", "monitors"))
        head = self.table(("plugin",), ("name", "title", "owner", "contract", "kind", "hosts"))
        kind = self.text(head, ("plugin", "kind"), ONLY_MONITORS if monitors else None)
        self.identity(head, name, kind)
        base = kinds.get(kind, Plugin(kind))
        stream_schema = {**base.stream_schema, **self.keys("stream", base.stream_schema)}
        plugin = Plugin(
            name=name,
            title=self.text(head, ("plugin", "title"), name),
            owner=self.text(head, ("plugin", "owner"), ""),
            kind=kind,
            folder=self.path.parent if kinds else None,
            config_schema={**base.config_schema, **self.keys("config", base.config_schema)},
            stream_schema=stream_schema,
            hosts=self.texts(head, ("plugin", "hosts")),
            streams={key: self.stream(key, stream_schema) for key in self.table(("streams",), None)},
            monitors=monitors,
        )
        self.has_its_parts(plugin, of_the_hub=not kinds)
        if self.complaints:
            raise ConfigError("; ".join(map(str, self.complaints)), self.complaints)
        return plugin

    def has_its_parts(self, plugin: Plugin, *, of_the_hub: bool) -> None:
        remedy = f"write {self.path.parent / 'plugin.py'}"
        if plugin.kind == "code" and plugin.code is None and not of_the_hub:
            self.complain(("plugin", "kind"), 'kind "code" without a plugin.py', remedy)
        elif plugin.monitors and plugin.code is None:
            self.complain(("monitors",), "monitors without a plugin.py", remedy)
        if plugin.kind == ONLY_MONITORS and not plugin.monitors:
            self.complain(("plugin", "kind"), "no monitor is declared", "write [monitors.X_NAME]")
        if plugin.kind == ONLY_MONITORS and plugin.streams:
            self.complain(("streams",), "a plugin of monitors only has no streams", "name its kind of source")

    def identity(self, head: Mapping[str, Any], name: str, kind: str) -> None:
        declared = self.text(head, ("plugin", "name"), None)
        if declared and (declared != name or not _NAME.fullmatch(name)):
            found = f"found {declared!r} in a plugin called {name!r}"
            remedy = "give both the same name, of letters, digits, - and _"
            self.complain(("plugin", "name"), found, remedy)
        if head.get("contract") != CONTRACT or isinstance(head.get("contract"), bool):
            found = f"found {shown(head['contract'])}" if "contract" in head else "is missing"
            self.complain(("plugin", "contract"), found, f"this Hub speaks contract = {CONTRACT}")
        if kind and kind not in (*SOURCE_KINDS, "code", ONLY_MONITORS):
            remedy = f"one of {', '.join((*SOURCE_KINDS, 'code', ONLY_MONITORS))}"
            self.complain(("plugin", "kind"), f"unknown kind {kind!r}", remedy)

    def keys(self, table: str, base: Mapping[str, ConfigKey]) -> dict[str, ConfigKey]:
        """The keys declared in [config.*] or [stream.*]."""
        return {key: self.key((table, key), base.get(key, ConfigKey())) for key in self.table((table,), None)}

    def key(self, at: tuple[str, str], old: ConfigKey) -> ConfigKey:
        """One declared key; what it does not say stays as the kind has it."""
        body = self.table(at, _KEY_FIELDS)
        kind = body.get("type", old.type)
        if kind not in get_args(ValueType):
            self.complain((*at, "type"), f"found {shown(kind)}", f"one of {', '.join(get_args(ValueType))}")
            kind = "any"
        key = ConfigKey(
            required="default" not in body and self.flag(body, (*at, "required"), old.required),
            secret=self.flag(body, (*at, "secret"), old.secret),
            default=body.get("default", old.default),
            type=kind,
            about=self.text(body, (*at, "about"), "") or old.about,
        )
        if "default" in body and not fits(body["default"], kind):
            self.complain((*at, "default"), f"found {shown(body['default'])}", f"write a {kind}")
        if key.secret and key.default is not None:
            self.complain((*at, "default"), "a secret with a default", "remove the default")
        return key

    def flag(self, body: Mapping[str, Any], at: tuple[str, ...], default: bool) -> bool:
        value = body.get(at[-1], default)
        if not isinstance(value, bool):
            self.complain(at, f"found {shown(value)}", "write true or false")
            return default
        return value

    def stream(self, name: str, schema: Mapping[str, ConfigKey]) -> StreamSpec:
        at = ("streams", name)
        body = self.table(at, None)
        spec, found = overlay(StreamSpec(), body, schema, self.located.line, self.located.file, at)
        self.complaints += found
        return spec
