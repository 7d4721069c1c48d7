"""Which items the city's windows handle, and which department's system serves them."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hub.demo.days import day_of

#: Units with a system of their own; every other window works in the hall's.
SYSTEMS = {
    "市地税局": "tax",
    "市国税局": "tax",
    "市工商局": "commerce",
    "市国土局": "land",
    "市住建委": "housing",
    "市房管局": "housing",
}
SOURCES = ("tax", "commerce", "land", "housing", "hall")


@dataclass(frozen=True, slots=True)
class Version:
    """Limits of an item from a day on; ``promise`` and ``statutory`` are (length, unit)."""

    since: int
    statutory: tuple[int, str]
    promise: tuple[int, str]
    stoppers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the catalogue with its versions, oldest first. ``fee`` is in fen."""

    code: str
    name: str
    department: str
    case_type: str
    fee: int
    versions: tuple[Version, ...]

    def at(self, day: int) -> Version:
        """The version in force on that day."""
        return next((v for v in reversed(self.versions) if v.since <= day), self.versions[0])

    @property
    def source(self) -> str:
        return SYSTEMS.get(self.department, "hall")


def read_items(path: Path) -> list[Item]:
    """The catalogue in its file's order, versions gathered under their item."""
    rows: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["item_code"], []).append(row)
    return [_item(code, versions) for code, versions in rows.items()]


def _item(code: str, rows: list[dict[str, str]]) -> Item:
    last = rows[-1]
    versions = tuple(sorted((_version(row) for row in rows), key=lambda v: v.since))
    fee = round(float(last["fee"] or 0) * 100)
    return Item(code, last["name"], last["department"], last["case_type"], fee, versions)


def _version(row: dict[str, str]) -> Version:
    return Version(
        since=day_of(date.fromisoformat(row["effective_from"])),
        statutory=(int(row["statutory_limit"]), row["statutory_unit"]),
        promise=(int(row["promised_limit"]), row["promised_unit"]),
        stoppers=frozenset(k for k in row["pause_kinds"].split(";") if k),
    )
