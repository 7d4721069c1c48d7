"""From configuration to the plans of a sync: every fault of every source asked for, at once."""

from collections.abc import Sequence

from hub.errors import Complaint, ConfigError
from hub.mapping.mapping import Mapping
from hub.model.cursors import from_instant
from hub.pipeline.orders import SourcePlan
from hub.plugins.configuring import hosts_of, resolve_config, stream_specs
from hub.plugins.manifests import ONLY_MONITORS
from hub.roles import Plugin, StreamSpec
from hub.settings import SourceSettings
from hub.verbs.installation import Installation


def plans_for(installation: Installation, names: Sequence[str]) -> list[SourcePlan]:
    """The plans of the sources named (all when none is), or ConfigError with every complaint."""
    complaints: list[Complaint] = []
    plans = []
    for name in installation.sources_named(names):
        try:
            plans.append(_plan(installation, installation.settings.sources[name]))
        except ConfigError as error:
            complaints += error.complaints or [_bare(installation, name, error)]
    if complaints:
        unique = list(dict.fromkeys(complaints))
        raise ConfigError(
            f"the configuration has {len(unique)} fault(s)", unique, remedy="mend them, then run: hub check"
        )
    return plans


def _bare(installation: Installation, name: str, error: ConfigError) -> Complaint:
    line = installation.settings.line("source", name)
    return Complaint(installation.settings.file.name, line, f"source.{name}", error.message, error.remedy)


def _plan(installation: Installation, source: SourceSettings) -> SourcePlan:
    settings, plugin = installation.settings, _plugin(installation, source)
    at = ("source", source.name, "config")
    config, complaints = resolve_config(
        plugin,
        source.config,
        installation.env,
        line=settings.line,
        file=settings.file.name,
        at=at,
        base_dir=settings.folder,
    )
    streams, faults = stream_specs(plugin, config, line=settings.line, file=settings.file.name, at=at)
    complaints += faults
    mapping = _mapping(installation, source, complaints)
    if mapping is not None and not complaints:
        complaints += _unmatched(installation, source, mapping, streams)
    if complaints or mapping is None:
        raise ConfigError(f"source {source.name!r} is not configured right", complaints)
    return SourcePlan(
        name=source.name,
        plugin=plugin,
        config=config,
        hosts=hosts_of(plugin, config),
        streams={name: streams[name] for name in mapping.specs},
        mapping=mapping,
        known_items=lambda: installation.catalogue().item_codes,
        deadline_s=source.deadline_s,
        timezone=str(settings.zone),
        base_dir=str(settings.folder),
    )


def _plugin(installation: Installation, source: SourceSettings) -> Plugin:
    plugin = installation.plugins.get(source.plugin)
    line = installation.settings.line("source", source.name, "plugin")
    file, key = installation.settings.file.name, f"source.{source.name}.plugin"
    if plugin is None:
        known = ", ".join(sorted(installation.plugins))
        fault = Complaint(file, line, key, f"no plugin {source.plugin!r}", f"plugins here: {known}")
        raise ConfigError(f"source {source.name!r} names no known plugin", [fault])
    if plugin.state != "loaded":
        fault = Complaint(
            file, line, key, f"plugin {plugin.name!r} is {plugin.state}: {plugin.why}", "mend it"
        )
        raise ConfigError(f"plugin {plugin.name!r} is {plugin.state}", [fault, *plugin.complaints])
    if plugin.kind == ONLY_MONITORS:
        fault = Complaint(
            file, line, key, f"plugin {plugin.name!r} has monitors and no source", "name another"
        )
        raise ConfigError(f"plugin {plugin.name!r} is no source", [fault])
    return plugin


def _mapping(
    installation: Installation, source: SourceSettings, complaints: list[Complaint]
) -> Mapping | None:
    try:
        return installation.mapping(source.mapping)
    except ConfigError as error:
        line = installation.settings.line("source", source.name, "mapping")
        key = f"source.{source.name}.mapping"
        file = installation.settings.file.name
        complaints += error.complaints or [Complaint(file, line, key, error.message, error.remedy)]
        return None


def _unmatched(
    installation: Installation, source: SourceSettings, mapping: Mapping, streams: dict[str, StreamSpec]
) -> list[Complaint]:
    """A stream without a mapping would be lost, one without a source would be silence."""
    file, key = installation.settings.file.name, f"source.{source.name}"
    line = installation.settings.line("source", source.name)
    unmapped = [
        Complaint(
            file, line, key, f"stream {name!r} has no mapping", f"map it in mappings/{source.mapping}.toml"
        )
        for name in streams
        if name not in mapping.specs
    ]
    unfed = [
        Complaint(
            file, line, key, f"no stream {name!r} feeds mappings/{source.mapping}.toml", "add the stream"
        )
        for name in mapping.specs
        if name not in streams
    ]
    return unmapped + unfed


def range_bounds(
    installation: Installation, plans: Sequence[SourcePlan], since: str | None, until: str | None
) -> tuple[str | None, str | None]:
    """--since and --until as cursor texts; ConfigError where a stream has no cursor to bound."""
    if since is None and until is None:
        return None, None
    bare = [f"{p.name}.{name}" for p in plans for name, spec in p.streams.items() if spec.cursor is None]
    if bare:
        raise ConfigError(
            f"--since/--until cannot bound a stream without a cursor: {', '.join(bare)}",
            remedy="name sources whose streams all have a cursor, or use --full",
        )
    bounds = [
        None if text is None else _cursor(installation, text, option)
        for text, option in ((since, "--since"), (until, "--until"))
    ]
    return bounds[0], bounds[1]


def _cursor(installation: Installation, text: str, option: str) -> str:
    if text.lstrip("-").isdigit() and len(text) != 8:
        return text
    return from_instant(installation.instant(text, option))
