"""What changed since the last written audit (law, catalogue, calendar, clock), and whom it touches."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from hub.audit.bench import Bench
from hub.audit.catalogue import Catalogue, parse_catalogue
from hub.audit.items import ItemVersion
from hub.audit.rulebook import Rulebook, rulebook_of
from hub.clock.calendar import Calendar
from hub.clock.keeper import Timekeeper
from hub.clock.rules import DayRule
from hub.located import parse_toml
from hub.pipeline.amendment import compare_calendars
from hub.store.dossiers import make_due
from hub.verbs.installation import Installation

_ITEMS, _RULES, _CALENDAR, _CLOCK = "items.csv", "rules.toml", "calendar", "clock"
_MONITORS, _NO_MONITORS = "monitors", b"{}"
_REPORTED, _NOTHING_REPORTED = "items", b"[]"
#: What an audit by an older Hub did not keep, and what its absence says.
_WITHOUT = {_MONITORS: _NO_MONITORS, _REPORTED: _NOTHING_REPORTED}


def apply_changes(
    installation: Installation, bench: Bench, now: Mapping[str, bytes], kept: Mapping[str, bytes]
) -> dict[str, Any]:
    """Have exactly the cases judged again that a change touches; what changed, and how much.

    ``now``: what is judged by; ``kept``: what the last written audit judged by. Without an earlier one
    nothing is compared: every case is due anyway.
    """
    store = installation.store
    if not kept:
        return {}
    if kept.get(_CLOCK) != now[_CLOCK]:
        return {"clock": {"cases": make_due(store.engine)}}
    changes: dict[str, Any] = {}
    if kept[_RULES] != now[_RULES]:
        monitors = bench.rulebook.changed_since(_rulebook(installation, kept[_RULES]))
        if monitors:
            changes["rules"] = {"monitors": sorted(monitors), "cases": make_due(store.engine)}
    if _kept(kept, _MONITORS) != now[_MONITORS]:
        changes["monitors"] = {"cases": make_due(store.engine)}
    if any(_kept(kept, name) != now[name] for name in (_ITEMS, _REPORTED)):
        items = bench.catalogue.changed_since(_catalogue(kept[_ITEMS], _kept(kept, _REPORTED)))
        if items:
            cases = make_due(store.engine, item_codes=tuple(sorted(items)))
            changes["catalogue"] = {"items": len(items), "cases": cases}
    if kept[_CALENDAR] != now[_CALENDAR]:
        changes["calendar"] = _amended(installation, bench, kept[_CALENDAR])
    return changes


def judged_otherwise(now: Mapping[str, bytes], kept: Mapping[str, bytes]) -> bool:
    """Whether the last written audit judged by other rules, items, days or hours than stand now."""
    return bool(kept) and any(_kept(kept, name) != content for name, content in now.items())


def _kept(kept: Mapping[str, bytes], name: str) -> bytes:
    return kept[name] if name not in _WITHOUT else kept.get(name, _WITHOUT[name])


def _amended(installation: Installation, bench: Bench, kept: bytes) -> dict[str, Any]:
    old = _calendar_of(msgspec.json.decode(kept))
    hours = installation.settings.calendar.office_hours
    before = replace(bench, keeper=Timekeeper(old, installation.settings.zone, hours))
    amendment = compare_calendars(installation.store.engine, before, bench)
    ids = amendment.dossier_ids
    return {
        "from": old.version,
        "to": bench.keeper.calendar.version,
        "cases": make_due(installation.store.engine, dossier_ids=ids) if len(ids) else 0,
        "due_dates_moved": amendment.due_dates_moved,
        "verdicts_flipped": amendment.verdicts_flipped,
    }


def law_files(installation: Installation) -> dict[str, bytes]:
    """The files judged by, as they are before a bench is made of them; empty where there is none.

    Read before and not after, because whoever edits one in between has then changed it for the next audit.
    """
    return {name: _content(installation.settings.mappings / name) for name in (_ITEMS, _RULES)}


def judged_by(installation: Installation, bench: Bench, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What an audit before this bench judges by, contents by name: kept, for the next to compare."""
    calendar = installation.settings.calendar
    clock = [str(installation.settings.zone), calendar.clock, *calendar.office_hours]
    running = [plugin for plugin in installation.plugins.values() if plugin.state != "blocked"]
    monitors = sorted(monitor for plugin in running for monitor in plugin.monitors)
    versions = {monitor: bench.rulebook[monitor].version for monitor in monitors}
    return {
        **files,
        _CALENDAR: msgspec.json.encode(_document_of(bench.keeper.calendar)),
        _CLOCK: msgspec.json.encode(clock),
        _MONITORS: msgspec.json.encode(versions),
        _REPORTED: msgspec.json.encode([v for v in bench.catalogue.versions if v.reported_by]),
    }


def _content(path: Path) -> bytes:
    with suppress(OSError):  # the bench says so, which cannot be made without it
        return path.read_bytes()
    return b""


def _catalogue(content: bytes, reported: bytes) -> Catalogue:
    listed = parse_catalogue(content, _ITEMS) if content else Catalogue()
    return listed.with_reported(msgspec.json.decode(reported, type=list[ItemVersion]))


def _rulebook(installation: Installation, content: bytes) -> Rulebook:
    return rulebook_of(parse_toml(content, _RULES), installation.settings.zone, others=True)


def _document_of(calendar: Calendar) -> dict[str, Any]:
    layers = {"state": calendar.state, "local": calendar.local}
    days = {
        name: [[r.day, r.working, r.name, r.notice, r.known_from] for _, r in sorted(rules.items())]
        for name, rules in layers.items()
    }
    return {"version": calendar.version, "years": sorted(calendar.years), **days}


def _calendar_of(document: Mapping[str, Any]) -> Calendar:
    return Calendar(
        document["version"],
        document["years"],
        _layer(document["state"]),
        _layer(document["local"]),
    )


def _layer(rows: list[list[Any]]) -> dict[date, DayRule]:
    rules = (
        DayRule(date.fromisoformat(day), working, name, notice, date.fromisoformat(known))
        for day, working, name, notice, known in rows
    )
    return {rule.day: rule for rule in rules}
