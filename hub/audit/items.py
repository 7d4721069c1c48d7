"""One line of the catalogue: its columns, its checks, and the item version it states."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.clock.calendar import epoch_day
from hub.errors import Complaint
from hub.model.kinds import UNITS

CASE_TYPES = ("immediate", "promised", "joint", "upward")


@dataclass(frozen=True, slots=True)
class ItemVersion:
    """A catalogue entry from one day to another; None means the catalogue does not say.

    ``extension_limit`` is the longest extension the item's own law allows, ``required_steps`` are the
    kinds of step without which no case of the item may be closed. ``reported_by``: the source that told
    of it, where the city's own catalogue is silent about the item.
    """

    item_code: str
    effective_from: date
    name: str | None = None
    department: str | None = None
    case_type: str | None = None
    statutory_limit: float | None = None
    statutory_unit: str | None = None
    promised_limit: float | None = None
    promised_unit: str | None = None
    pause_kinds: tuple[str, ...] = ()
    fee: float | None = None
    effective_to: date | None = None
    extension_limit: float | None = None
    required_steps: tuple[str, ...] = ()
    reported_by: str | None = None

    @property
    def first_day(self) -> int:
        return epoch_day(self.effective_from)

    @property
    def last_day(self) -> int | None:
        return epoch_day(self.effective_to) if self.effective_to else None

    def reaches(self, later: "ItemVersion") -> bool:
        """Whether this version says it is still in force when ``later`` begins."""
        return self.effective_to is not None and self.effective_to >= later.effective_from


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line, by column."""

    file: str
    line: int
    cells: dict[str, str]


class _Wrong(ValueError):
    """A cell that does not say what its column asks for: what was found, and the remedy."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__(found)
        self.found = found
        self.remedy = remedy


def _text(cell: str) -> str:
    return cell


def _one_of(words: Sequence[str]) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if cell not in words:
            raise _Wrong(f"{cell!r} is not known", f"use one of {', '.join(words)}")
        return cell

    return read


def _number(cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise _Wrong(f"{cell!r} is not a number of 0 or more", "give digits, or leave the cell empty")
    return value


def _day(cell: str) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise _Wrong(f"{cell!r} is not a date", "write it as 2026-01-31") from None


def _kinds(cell: str) -> tuple[str, ...]:
    return tuple(word for part in cell.split(";") if (word := part.strip()))


_READERS: dict[str, Callable[[str], Any]] = {
    "item_code": _text,
    "name": _text,
    "department": _text,
    "case_type": _one_of(CASE_TYPES),
    "statutory_limit": _number,
    "statutory_unit": _one_of(UNITS),
    "promised_limit": _number,
    "promised_unit": _one_of(UNITS),
    "pause_kinds": _kinds,
    "fee": _number,
    "effective_from": _day,
    "effective_to": _day,
    "extension_limit": _number,
    "required_steps": _kinds,
}
COLUMNS = tuple(_READERS)


def read_item(row: Row, complaints: list[Complaint]) -> ItemVersion | None:
    """The version a line states; None, with its complaints added, when it does not state one."""
    values: dict[str, Any] = {}
    faults: list[Complaint] = []
    for column, cell in row.cells.items():
        if cell and column in _READERS:
            try:
                values[column] = _READERS[column](cell)
            except _Wrong as wrong:
                faults.append(Complaint(row.file, row.line, column, wrong.found, wrong.remedy))
    faults += [
        Complaint(row.file, row.line, key, "is empty", "every version needs its item and its first day")
        for key in ("item_code", "effective_from")
        if key in row.cells and not row.cells[key]
    ]
    first, last = values.get("effective_from"), values.get("effective_to")
    if first and last and last < first:
        found = f"{last} is before effective_from {first}"
        faults.append(Complaint(row.file, row.line, "effective_to", found, "give the last day in force"))
    complaints += faults
    return None if faults or not {"item_code", "effective_from"} <= set(values) else ItemVersion(**values)


def reported_item(told: Mapping[str, Any]) -> ItemVersion:
    """The version a source reports, its values as they are printed; a word nobody knows says nothing."""
    values = {name: told[name] for name in COLUMNS if told.get(name) is not None}
    for name in ("effective_from", "effective_to"):
        if name in values:
            values[name] = _day(values[name])
    if "pause_kinds" in values:
        values["pause_kinds"] = _kinds(values["pause_kinds"])
    if values.get("case_type") not in CASE_TYPES:
        values.pop("case_type", None)
    return ItemVersion(**values, reported_by=told["source"])
