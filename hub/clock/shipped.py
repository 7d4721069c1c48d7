"""The State Council's notices 2003–2026 as shipped with the Hub (cn_notices.csv, cn_days.csv)."""

import csv
from datetime import date
from functools import cache
from importlib.resources import files

from hub.clock.rules import DayRule, Notice, cite


@cache
def shipped_notices() -> tuple[Notice, ...]:
    """Every notice in order of publication; amendments apart from the notice they amend."""
    days = _read("cn_days.csv")
    return tuple(_notice(row, days) for row in _read("cn_notices.csv"))


def _notice(row: dict[str, str], days: list[dict[str, str]]) -> Notice:
    published = date.fromisoformat(row["published"])
    rules = tuple(
        DayRule(date.fromisoformat(d["date"]), d["working"] == "1", d["name"], "", published)
        for d in days
        if d["notice"] == row["key"]
    )
    covers = int(row["covers"]) if row["covers"] else None
    return cite(Notice(row["title"], row["number"], published, covers, rules))


def _read(name: str) -> list[dict[str, str]]:
    text = (files("hub.clock") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
