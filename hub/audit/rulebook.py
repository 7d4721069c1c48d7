"""The rulebook: mappings/rules.toml read over the defaults, every complaint at once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from functools import cached_property
from pathlib import Path
from typing import Any

from hub.audit.defaults import DEFAULTS
from hub.audit.rules import SEVERITY_CODES, Rule, content_hash
from hub.errors import Complaint, ConfigError
from hub.located import Located, load_toml
from hub.model import instants

_BUILT_IN = re.compile(r"M\d+$")
_BOOLEANS = ("enabled", "confirm", "roll", "extensions")
_COMMON = (*_BOOLEANS, "severity", "clock", "legal_basis", "effective_from")
#: The keys a plugin's monitor understands: the others are of clocks it does not use.
_OF_PLUGINS = ("enabled", "severity", "confirm", "legal_basis", "effective_from")
_CHOICES = {"severity": tuple(SEVERITY_CODES), "clock": ("whole_day", "elapsed")}


@dataclass(frozen=True)
class Rulebook:
    """All monitors' rules; a monitor the file does not mention has its default."""

    rules: Mapping[str, Rule]

    def __getitem__(self, monitor: str) -> Rule:
        return self.rules[monitor]

    @cached_property
    def version(self) -> str:
        return content_hash("\n".join(rule.version for _, rule in sorted(self.rules.items())))

    def changed_since(self, other: "Rulebook") -> frozenset[str]:
        """The monitors of both whose rule differs: what a new rulebook makes worth judging again."""
        shared = self.rules.keys() & other.rules.keys()
        return frozenset(m for m in shared if self.rules[m].version != other.rules[m].version)


def default_rulebook(declared: Mapping[str, Rule] | None = None) -> Rulebook:
    """The rulebook of an installation that has none."""
    return Rulebook({**DEFAULTS, **(declared or {})})


def load_rulebook(
    path: Path, zone: tzinfo, declared: Mapping[str, Rule] | None = None, *, others: bool = False
) -> Rulebook:
    """Read rules.toml; ConfigError with every unknown key and wrong value, each with its line.

    ``declared``: the rules of plugins' monitors as their manifests have them. ``others``: tables of
    monitors that nobody declares are left alone, as when plugins are not read.
    """
    return rulebook_of(load_toml(path), zone, declared, others=others)


def rulebook_of(
    located: Located, zone: tzinfo, declared: Mapping[str, Rule] | None = None, *, others: bool = False
) -> Rulebook:
    """The rulebook in a file that is read already."""
    rules = default_rulebook(declared).rules
    tables = [name for name in located.data if name in rules or not (others and not _BUILT_IN.match(name))]
    complaints = [c for monitor in tables for c in _faults(located, monitor, rules)]
    if complaints:
        raise ConfigError(
            f"{located.file}: {len(complaints)} fault(s) in the rulebook",
            complaints,
            remedy="mend the lines named; nothing was judged",
        )
    return Rulebook({m: _merged(rule, located.data.get(m, {}), zone) for m, rule in rules.items()})


def _faults(located: Located, monitor: str, rules: Mapping[str, Rule]) -> Iterator[Complaint]:
    table = located.data[monitor]
    if monitor not in rules:
        known = ", ".join(rules)
        yield located.complaint((monitor,), "is not a monitor", f"use one of {known}")
    elif not isinstance(table, dict):
        yield located.complaint((monitor,), "is not a table", f"write [{monitor}] and its keys below")
    else:
        for key, value in table.items():
            wrong = _wrong(rules[monitor], key, value)
            if wrong:
                yield located.complaint((monitor, key), *wrong)


def _wrong(rule: Rule, key: str, value: Any) -> tuple[str, str] | None:
    """What is wrong with one value, and the remedy; None when nothing is."""
    if rule.monitor not in DEFAULTS and key not in _OF_PLUGINS:
        return "is not a key of a plugin's monitor", f"use one of {', '.join(_OF_PLUGINS)}"
    if key in rule.params:
        bad = isinstance(value, bool) or not isinstance(value, int | float)
        return (f"{value!r} is not a number", "give a number") if bad else None
    if key in _BOOLEANS:
        return None if isinstance(value, bool) else (f"{value!r} is not true or false", "write true or false")
    if key in _CHOICES:
        choices = _CHOICES[key]
        return None if value in choices else (f"{value!r} is not known", f"use one of {', '.join(choices)}")
    if key == "legal_basis":
        good = isinstance(value, str) and value.strip()
        return None if good else (f"{value!r} is not a text", "name the law and its article")
    if key == "effective_from":
        return None if _day(value) else (f"{value!r} is not a date", "write a date as 2026-01-31")
    return "is not a key of this monitor", f"use one of {', '.join((*_COMMON, *rule.params))}"


def _day(value: Any) -> date | None:
    """A TOML date, or a date written as text."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if type(value) is date else None


def _merged(rule: Rule, table: Mapping[str, Any], zone: tzinfo) -> Rule:
    values: dict[str, Any] = {key: value for key, value in table.items() if key not in rule.params}
    if "severity" in values:
        values.setdefault("confirm", values["severity"] == "red")
    day = _day(values.get("effective_from"))
    if day:
        values["effective_from"] = instants.on(day, zone)
    params = rule.params | {key: float(table[key]) for key in rule.params if key in table}
    return replace(rule, params=params, **values)
