"""The monitors an installation's plugins bring: their rules, and the hash of the code that judges."""

from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path

from hub.audit.rules import Rule, content_hash
from hub.model.instants import NO_INSTANT, on
from hub.roles import MonitorSpec, Plugin


def declared_rules(plugins: Mapping[str, Plugin], zone: tzinfo) -> dict[str, Rule]:
    """The rule of every monitor that a manifest declares, before rules.toml has its say."""
    rules = {}
    for plugin in plugins.values():
        code = _code(plugin.folder) if plugin.monitors else ""
        for monitor, spec in plugin.monitors.items():
            rules[monitor] = _rule(spec, zone, code)
    return rules


def _rule(spec: MonitorSpec, zone: tzinfo, code: str) -> Rule:
    return Rule(
        monitor=spec.id,
        severity=spec.severity,
        legal_basis=spec.legal_basis,
        confirm=spec.severity == "red",
        effective_from=NO_INSTANT if spec.effective_from is None else on(spec.effective_from, zone),
        code=code,
    )


def _code(folder: Path | None) -> str:
    """A hash of all the plugin's code: a changed line is another rule."""
    files = sorted(folder.rglob("*.py")) if folder else []
    return content_hash("\0".join(file.read_text("utf-8", "replace") for file in files))
