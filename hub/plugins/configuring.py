"""What hub.toml gives a plugin, checked against the plugin's manifest: references followed, faults named."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hub.errors import Complaint
from hub.reading import shown
from hub.roles import ConfigKey, Plugin, StreamSpec

_DELIVERIES = ("changes", "flagged", "snapshot")
_STREAM_KEYS = ("delivery", "cursor", "ordered")
_ADDRESSES = ("base_url", "url", "token_url")
_TYPES: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "table": (dict,),
    "any": (object,),
}
#: The line of a key in the file complained about, where that is known.
Line = Callable[..., int | None]


def fits(value: Any, kind: str) -> bool:
    """Whether a value may stand where ``kind`` is asked for."""
    if isinstance(value, bool) and kind in ("integer", "number"):
        return False
    return isinstance(value, _TYPES[kind])


def overlay(
    base: StreamSpec,
    body: Mapping[str, Any],
    schema: Mapping[str, ConfigKey],
    line: Line,
    file: str,
    at: tuple[str, ...],
) -> tuple[StreamSpec, list[Complaint]]:
    """``base`` overlaid with what a table says; a fault for each key that cannot be what it is."""
    complaints = []

    def complain(key: str, found: str, remedy: str) -> None:
        complaints.append(Complaint(file, line(*at, key), ".".join((*at, key)), found, remedy))

    delivery = body.get("delivery", base.delivery)
    if delivery not in _DELIVERIES:
        complain("delivery", f"found {shown(delivery)}", f"one of {', '.join(_DELIVERIES)}")
    cursor, ordered = body.get("cursor", base.cursor), body.get("ordered", base.ordered)
    if cursor is not None and not isinstance(cursor, str):
        complain("cursor", f"found {shown(cursor)}", "write the field's name in quotes")
    if not isinstance(ordered, bool):
        complain("ordered", f"found {shown(ordered)}", "write true or false")
    settings = {key: value for key, value in body.items() if key not in _STREAM_KEYS}
    for key, value in settings.items():
        if key not in schema:
            complain(key, "unknown key", f"known keys: {', '.join((*_STREAM_KEYS, *schema))}")
        elif not fits(value, schema[key].type):
            complain(key, f"found {shown(value)}", f"write a {schema[key].type}")
    return StreamSpec(delivery, cursor, ordered, {**base.settings, **settings}), complaints


def stream_specs(
    plugin: Plugin,
    config: Mapping[str, Any],
    *,
    line: Line = lambda *_: None,
    file: str = "hub.toml",
    at: tuple[str, ...] = ("config",),
) -> tuple[dict[str, StreamSpec], list[Complaint]]:
    """The streams of one source: the manifest's, overlaid with ``config.streams``.

    A stream setting given at the source counts for every stream that does not say otherwise.
    """
    defaults = {
        key: schema.default for key, schema in plugin.stream_schema.items() if schema.default is not None
    }
    defaults |= {key: config[key] for key in plugin.stream_schema if key in config}
    given = config.get("streams")
    tables: Mapping[str, Any] = given if isinstance(given, dict) else {}  # what else it is, is told already
    specs: dict[str, StreamSpec] = {}
    complaints: list[Complaint] = []

    def complain(keys: tuple[str, ...], found: str, remedy: str) -> None:
        complaints.append(Complaint(file, line(*keys), ".".join(keys), found, remedy))

    for name in [*plugin.streams, *(name for name in tables if name not in plugin.streams)]:
        base = plugin.streams.get(name, StreamSpec())
        base = StreamSpec(base.delivery, base.cursor, base.ordered, {**defaults, **base.settings})
        table = tables.get(name, {})
        if not isinstance(table, dict):
            complain((*at, "streams", name), f"found {shown(table)}", "make it a table")
            continue
        specs[name], found = overlay(base, table, plugin.stream_schema, line, file, (*at, "streams", name))
        complaints += found
    if not specs:
        remedy = "name at least one: [….config.streams] name = { … }"
        complain((*at, "streams"), "no stream", remedy)
    return specs, complaints


def resolve_config(
    plugin: Plugin,
    config: Mapping[str, Any],
    env: Mapping[str, str],
    *,
    line: Line = lambda *_: None,
    file: str = "hub.toml",
    at: tuple[str, ...] = ("config",),
    base_dir: Path = Path(),
) -> tuple[dict[str, Any], list[Complaint]]:
    """The configuration a plugin gets: references followed, defaults filled in; and every fault in it."""
    reader = _ConfigReader(env, base_dir, line, file, at)
    known = {**plugin.stream_schema, **plugin.config_schema, "streams": ConfigKey(type="table")}
    resolved = {key: reader.value(key, value, known[key]) for key, value in config.items() if key in known}
    for key in config:
        if key not in known:
            reader.complain(key, "unknown key", f"plugin {plugin.name} knows: {', '.join(known)}")
    for key, schema in plugin.config_schema.items():
        if key not in config and schema.required:
            reader.complain(key, "is missing", schema.about or "write it")
        elif key not in config and schema.default is not None:
            resolved[key] = schema.default
    return resolved, reader.complaints


class _ConfigReader:
    """Follows { env = … } and { file = … }; never shows a value that may be secret."""

    def __init__(
        self, env: Mapping[str, str], base_dir: Path, line: Line, file: str, at: tuple[str, ...]
    ) -> None:
        self.env, self.base_dir, self.line, self.file, self.at = env, base_dir, line, file, at
        self.complaints: list[Complaint] = []

    def complain(self, key: str, found: str, remedy: str) -> None:
        self.complaints.append(
            Complaint(
                self.file, self.line(*self.at, *key.split(".")), ".".join((*self.at, key)), found, remedy
            )
        )

    def value(self, key: str, value: Any, schema: ConfigKey) -> Any:
        reference = isinstance(value, dict) and (set(value) == {"env"} or set(value) == {"file"})
        if schema.secret and not reference:
            self.complain(key, "a secret written out", 'write { env = "NAME" } or { file = "path" }')
            return None
        if reference and schema.type != "table":
            return self.typed(key, self.follow(key, value), schema)
        if schema.type == "table" and isinstance(value, dict) and key != "streams":
            return {
                name: self.value(f"{key}.{name}", inner, ConfigKey(type="any"))
                for name, inner in value.items()
            }
        if not fits(value, schema.type):
            self.complain(key, f"found {shown(value)}", f"write a {schema.type}")
        elif key in _ADDRESSES and _has_password(value):
            self.complain(key, "a password written into the address", "move it to its own key, by reference")
        return value

    def follow(self, key: str, reference: Mapping[str, Any]) -> str | None:
        ((how, name),) = reference.items()
        if not isinstance(name, str):
            self.complain(key, f"found {shown(name)}", f'write {{ {how} = "…" }}')
        elif how == "env" and name in self.env:
            return self.env[name].strip()
        elif how == "env":
            self.complain(key, f"the environment has no {name}", f"set {name} before starting the Hub")
        else:
            try:
                return (self.base_dir / name).read_text("utf-8").strip()
            except (OSError, ValueError) as error:
                self.complain(
                    key,
                    f"file {name} cannot be read: {type(error).__name__}",
                    "put the value in that file, in UTF-8",
                )
        return None

    def typed(self, key: str, text: str | None, schema: ConfigKey) -> Any:
        try:
            if text is not None and schema.type in ("integer", "number"):
                return int(text) if schema.type == "integer" else float(text)
        except ValueError:
            self.complain(key, "the value referred to is no number", f"put a {schema.type} there")
        return text


def _has_password(address: str) -> bool:
    try:
        return bool(urlsplit(address).password)
    except ValueError:
        return False


def hosts_of(plugin: Plugin, config: Mapping[str, Any]) -> tuple[str, ...]:
    """The hosts a source may speak to: the manifest's and those of its own addresses."""
    return plugin.hosts + tuple(config.get("hosts") or ()) + tuple(_own_hosts(config))


def _own_hosts(config: Mapping[str, Any]) -> Iterator[str]:
    for key in _ADDRESSES:
        try:
            host = urlsplit(str(config.get(key) or "")).hostname
        except ValueError:
            host = None
        if host:
            yield host
