"""The monitors a manifest declares: what the Hub knows of them without running the plugin."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from hub.errors import Complaint
from hub.model.verdicts import SEVERITIES, Severity
from hub.reading import TableReader, shown
from hub.roles import MonitorSpec, Plugin

#: With an underscore: the Hub's own are M01, M02, … and stay so.
_ID = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]{1,30}")
_KEYS = ("title", "severity", "legal_basis", "effective_from")


def monitors_in(reader: TableReader) -> dict[str, MonitorSpec]:
    """The [monitors.*] tables of a manifest; faults are kept by the reader."""
    return {name: _monitor(reader, name) for name in reader.table(("monitors",), None)}


def _monitor(reader: TableReader, name: str) -> MonitorSpec:
    at = ("monitors", name)
    if not _ID.fullmatch(name):
        remedy = "capital letters, digits and _, with one _ at least, such as X_FIRE1"
        reader.complain(at, f"{shown(name)} cannot be the name of a plugin's monitor", remedy)
    body = reader.table(at, _KEYS)
    return MonitorSpec(
        id=name,
        title=reader.text(body, (*at, "title"), name),
        severity=_severity(reader, body, (*at, "severity")),
        legal_basis=reader.text(body, (*at, "legal_basis"), None),
        effective_from=_day(reader, body, (*at, "effective_from")),
        line=reader.located.line(*at),
    )


def _severity(reader: TableReader, body: Mapping[str, Any], at: tuple[str, ...]) -> Severity:
    found: Severity = reader.choice(body, at, SEVERITIES)
    return found


def _day(reader: TableReader, body: Mapping[str, Any], at: tuple[str, ...]) -> date | None:
    value = body.get(at[-1])
    if value is None or type(value) is date:
        return value
    reader.complain(at, f"found {shown(value)}", "write a date: 2026-01-31, without quotes")
    return None


def once_each(plugins: Mapping[str, Plugin]) -> dict[str, Plugin]:
    """The plugins; one that declares a monitor which another declared before it has failed."""
    owners: dict[str, str] = {}
    checked = {}
    for name, plugin in plugins.items():
        taken = [monitor for monitor in plugin.monitors if monitor in owners]
        owners |= {monitor: name for monitor in plugin.monitors if monitor not in owners}
        checked[name] = _clashing(plugin, taken, owners) if taken else plugin
    return checked


def _clashing(plugin: Plugin, taken: list[str], owners: Mapping[str, str]) -> Plugin:
    file = str(plugin.folder / "plugin.toml") if plugin.folder else plugin.name
    faults = [
        Complaint(
            file,
            plugin.monitors[m].line,
            f"monitors.{m}",
            f"plugin {owners[m]} has a monitor {m} too",
            "rename one of them",
        )
        for m in taken
    ]
    own = {monitor: spec for monitor, spec in plugin.monitors.items() if monitor not in taken}
    if plugin.state == "blocked":
        return replace(plugin, monitors=own)
    told = (*plugin.complaints, *faults)
    return replace(plugin, monitors=own, state="failed", why="; ".join(map(str, told)), complaints=told)
