"""The item catalogue: effective-dated versions (mappings/items.csv, then sources), looked up by columns."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.audit.items import COLUMNS, ItemVersion, Row, read_item
from hub.audit.rules import content_hash
from hub.clock.calendar import Days
from hub.errors import Complaint, ConfigError
from hub.model.blocks import Coded
from hub.model.kinds import ARTICLE_45_KINDS, UNITS

_FAR = 10**7  # days; later than any date
_SPAN = 4 * _FAR
_LIMIT_WITHOUT_STATUTE = 20.0  # 行政许可法 art. 42
#: The same for joint handling.
JOINT_LIMIT = 45.0


@dataclass(frozen=True)
class Catalogue:
    """Versions of items in order of (item_code, effective_from); columns are over versions."""

    versions: Sequence[ItemVersion] = field(default=())

    @cached_property
    def version(self) -> str:
        return content_hash("\n".join(repr(v) for v in self.versions))

    @cached_property
    def item_codes(self) -> frozenset[str]:
        """Every item of which there is any version."""
        return frozenset(self._ordinals)

    @cached_property
    def _columns(self) -> dict[str, NDArray[Any]]:
        """Columns over versions that were asked for, the last value being that of no version."""
        return {}

    @cached_property
    def _ordinals(self) -> Mapping[str, int]:
        codes = dict.fromkeys(v.item_code for v in self.versions)
        return {code: ordinal for ordinal, code in enumerate(codes)}

    @cached_property
    def _starts(self) -> Days:
        keys = [self._ordinals[v.item_code] * _SPAN + v.first_day for v in self.versions]
        return np.array(keys, dtype=np.int64)

    @cached_property
    def _ends(self) -> Days:
        """The last day of each version, as a key like its start; open ones end where the next begins."""
        keys = [
            self._ordinals[v.item_code] * _SPAN + (_FAR if v.last_day is None else v.last_day)
            for v in self.versions
        ]
        return np.array(keys, dtype=np.int64)

    def lookup(self, items: Coded, days: Days) -> NDArray[np.int64]:
        """For each case the index of the version of its item in force on that local day, or −1."""
        if not self.versions:
            return np.full(len(items.codes), -1, dtype=np.int64)
        of_word = np.array([self._ordinals.get(word, -1) for word in items.words] + [-1], dtype=np.int64)
        ordinals = of_word[items.codes]
        keys = ordinals * _SPAN + np.clip(days, -_FAR, _FAR)
        found = np.searchsorted(self._starts, keys, side="right") - 1
        same_item = self._starts[np.maximum(found, 0)] >= ordinals * _SPAN - _FAR
        good = (ordinals >= 0) & (found >= 0) & same_item & (keys <= self._ends[np.maximum(found, 0)])
        return np.where(good, found, -1)

    def knows(self, items: Coded) -> NDArray[np.bool_]:
        """Whether any version of each case's item is in the catalogue."""
        return items.is_one_of(*self._ordinals)

    def statutory(
        self, versions: Days, joint: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
        """Limits and unit codes; 20 working days, 45 joint, where the item gives none; NaN: no version."""
        given = self.numbers("statutory_limit", versions)
        lawful = np.where(joint, JOINT_LIMIT, _LIMIT_WITHOUT_STATUTE)
        silent = np.isnan(given) & (versions >= 0)
        # The law's own limits are in working days, whatever unit stands beside an empty cell.
        unit = np.where(silent, 0, self._units("statutory_unit", versions)).astype(np.int8)
        return np.where(silent, lawful, given), unit

    def promised(self, versions: Days) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
        """Promised limits and unit codes; NaN where the item promises nothing."""
        return self.numbers("promised_limit", versions), self._units("promised_unit", versions)

    def numbers(self, name: str, versions: Days) -> NDArray[np.float64]:
        """A numeric field of the versions, NaN where absent."""
        if name not in self._columns:
            told = (getattr(v, name) for v in self.versions)
            self._columns[name] = np.array(
                [*(np.nan if v is None else v for v in told), np.nan], dtype=np.float64
            )
        return self._columns[name][versions]

    def has_type(self, case_type: str, versions: Days) -> NDArray[np.bool_]:
        """Whether the version is of that case type."""
        name = f"is {case_type}"
        if name not in self._columns:
            told = (v.case_type == case_type for v in self.versions)
            self._columns[name] = np.array([*told, False], dtype=np.bool_)
        return self._columns[name][versions]

    def pause_kinds(self, versions: Days, kinds: Coded, *, promised: bool) -> NDArray[np.bool_]:
        """For each pause (with its case's version) whether its kind may stop the clock."""
        always = np.array([word in ARTICLE_45_KINDS for word in kinds.words] + [False])
        if not promised or not self.versions:
            return always[kinds.codes]
        # Most items name no kind of their own: a thousand versions are not asked for the sake of a few.
        also = np.zeros((len(self.versions) + 1, len(kinds.words) + 1), dtype=np.bool_)
        for place, own in self._pausing:
            also[place, :-1] = [word in own for word in kinds.words]
        found: NDArray[np.bool_] = always[kinds.codes] | also[versions, kinds.codes]
        return found

    @cached_property
    def _pausing(self) -> list[tuple[int, tuple[str, ...]]]:
        """The versions that name kinds of pauses, by place."""
        return [(place, v.pause_kinds) for place, v in enumerate(self.versions) if v.pause_kinds]

    def allows(self, kind: str) -> bool:
        """Whether any item lets that kind of pause stop the promised clock."""
        return any(kind in version.pause_kinds for version in self.versions)

    def with_reported(self, told: Iterable[ItemVersion]) -> "Catalogue":
        """With the items that sources report and the city's catalogue does not name.

        An item it names is judged by it alone: no department lengthens a limit by reporting another.
        """
        more = [version for version in told if version.item_code not in self.item_codes]
        if not more:
            return self
        return Catalogue(tuple(sorted((*self.versions, *more), key=lambda v: (v.item_code, v.first_day))))

    def changed_since(self, other: "Catalogue") -> frozenset[str]:
        """The codes of items of which any version differs: whose cases are worth judging again."""
        mine, theirs = set(self.versions), set(other.versions)
        return frozenset(v.item_code for v in mine ^ theirs)

    def _units(self, name: str, versions: Days) -> NDArray[np.int8]:
        # Art. 82: a limit that names no unit is in working days.
        if name not in self._columns:
            told = (getattr(v, name) for v in self.versions)
            self._columns[name] = np.array(
                [*(UNITS.index(unit) if unit else 0 for unit in told), 0], dtype=np.int8
            )
        return self._columns[name][versions]


def load_catalogue(path: Path) -> Catalogue:
    """Read items.csv; ConfigError with every fault of the file, each with its line."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(
            str(path), None, f"cannot be read: {error.strerror or error}", "check the path"
        ) from error
    return parse_catalogue(content, str(path))


def parse_catalogue(content: bytes, file: str) -> Catalogue:
    """The catalogue in the content of a file, whose name complaints give."""
    complaints: list[Complaint] = []
    rows = list(_rows(content, file, complaints))
    items = [(row.line, item) for row in rows if (item := read_item(row, complaints))]
    items.sort(key=lambda pair: (pair[1].item_code, pair[1].first_day))
    for (line, item), (later_line, later) in pairwise(items):
        if item.item_code == later.item_code and (item.first_day == later.first_day or item.reaches(later)):
            twice = item.first_day == later.first_day
            found = f"{item.item_code} is {'given twice from this day' if twice else 'in force twice'}"
            remedy = "keep one of them" if twice else "end the earlier version the day before"
            at, other = (max(line, later_line), min(line, later_line)) if twice else (later_line, line)
            complaints.append(Complaint(file, at, "effective_from", f"{found} (see line {other})", remedy))
    if complaints:
        complaints.sort(key=lambda c: c.line or 0)
        text = f"{file}: {len(complaints)} fault(s) in the catalogue"
        raise ConfigError(text, complaints, remedy="mend the lines named; nothing was judged")
    return Catalogue(tuple(item for _, item in items))


def _rows(content: bytes, file: str, complaints: list[Complaint]) -> list[Row]:
    lines = _lines(_text(content, file), file, complaints)
    header = [name.strip() for name in next(lines, (1, []))[1]]
    for wrong, found, remedy in _header_faults(header):
        complaints.append(Complaint(file, 1, wrong, found, remedy))
    rows: list[Row] = []
    for line, cells in lines:
        if len(cells) != len(header):
            found = f"the line has {len(cells)} cells, the header {len(header)}"
            complaints.append(Complaint(file, line, "(line)", found, "give each column a cell"))
        rows.append(Row(file, line, dict(zip(header, (c.strip() for c in cells), strict=False))))
    return rows


def _text(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _unreadable(file, line, "is not UTF-8", "save the file as UTF-8") from error


def _unreadable(file: str, line: int | None, found: str, remedy: str) -> ConfigError:
    fault = Complaint(file, line, "(file)", found, remedy)
    return ConfigError(f"{file}: the catalogue cannot be read", (fault,), remedy=remedy)


def _lines(text: str, file: str, complaints: list[Complaint]) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""))
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            complaints.append(Complaint(file, line, "(line)", f"is not CSV: {error}", "mend the quotes"))
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _header_faults(header: list[str]) -> list[tuple[str, str, str]]:
    known = ", ".join(COLUMNS)
    faults = [
        (n or "(blank)", "is not a column of the catalogue", f"use: {known}")
        for n in header
        if n not in COLUMNS
    ]
    faults += [(n, "is given twice", "keep one") for n in dict.fromkeys(header) if header.count(n) > 1]
    faults += [
        (n, "the column is missing", "add it") for n in ("item_code", "effective_from") if n not in header
    ]
    return faults
