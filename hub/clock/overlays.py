"""Calendar rules in CSV files that people write: date,working,name,notice,known_from."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from hub.clock.rules import DayRule
from hub.errors import Complaint, ConfigError

COLUMNS = ("date", "working", "name", "notice", "known_from")
_WORKING = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def read_overlays(paths: Sequence[Path], base: str) -> list[DayRule]:
    """The rules of all files in order. Raises ConfigError naming every fault of every file."""
    complaints: list[Complaint] = []
    if base not in ("cn", "weekdays"):
        remedy = 'use "cn" (the State Council\'s notices) or "weekdays" (Monday to Friday)'
        complaints.append(Complaint("hub.toml", None, "calendar.base", f"unknown base {base!r}", remedy))
    rules = [rule for path in paths for rule in read_days(path, complaints)]
    if complaints:
        raise ConfigError("the calendar cannot be read", complaints)
    return rules


def read_days(path: Path, complaints: list[Complaint]) -> list[DayRule]:
    """The rules of one file; its faults are appended to ``complaints``."""
    text = read_text(path, complaints)
    if text is None:
        return []
    try:
        return _rules(path, csv.DictReader(text.splitlines()), complaints)
    except csv.Error as error:
        complaints.append(Complaint(str(path), None, "file", f"is no CSV ({error})", "export it again"))
        return []


def _rules(path: Path, reader: "csv.DictReader[str]", complaints: list[Complaint]) -> list[DayRule]:
    if not _columns_fit(path, reader.fieldnames, complaints):
        return []
    seen: dict[tuple[date, date], int] = {}
    rules = []
    for row in reader:
        if any(_cells(row).values()):
            rule = _rule(path, reader.line_num, row, complaints)
            if rule is not None and not _repeated(path, reader.line_num, rule, seen, complaints):
                rules.append(rule)
    return rules


def read_text(path: Path, complaints: list[Complaint]) -> str | None:
    """The text of a file a person saved: UTF-8, else GB18030 as Chinese office programs write it."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        found = f"cannot be read ({error.strerror})"
        complaints.append(Complaint(str(path), None, "file", found, "give the path of a readable file"))
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    complaints.append(Complaint(str(path), None, "file", "is neither UTF-8 nor GB18030", "save it as UTF-8"))
    return None


def _columns_fit(path: Path, names: Sequence[str] | None, complaints: list[Complaint]) -> bool:
    found = [name.strip() for name in names or ()]
    missing = [name for name in ("date", "working") if name not in found]
    unknown = [name for name in found if name and name not in COLUMNS]
    expected = "the columns are " + ",".join(COLUMNS)
    complaints += [Complaint(str(path), 1, name, "this column is missing", expected) for name in missing]
    complaints += [Complaint(str(path), 1, name, "unknown column", expected) for name in unknown]
    return not missing and not unknown


def _rule(path: Path, line: int, row: Mapping[str, str], complaints: list[Complaint]) -> DayRule | None:
    cells = _cells(row)
    day = _date(path, line, "date", cells["date"], complaints)
    known = cells.get("known_from", "")
    known_from = _date(path, line, "known_from", known, complaints) if known else date.min
    working = _WORKING.get(cells["working"].lower())
    if working is None:
        found = f"{cells['working']!r} says neither yes nor no"
        complaints.append(Complaint(str(path), line, "working", found, "write 1 (worked) or 0 (not worked)"))
    if None in row:
        complaints.append(
            Complaint(str(path), line, "row", "more cells than columns", "quote cells with commas")
        )
    if day is None or known_from is None or working is None:
        return None
    return DayRule(day, working, cells.get("name", ""), cells.get("notice", ""), known_from)


def _cells(row: Mapping[str, str]) -> dict[str, str]:
    # Not row.items() as it is: csv puts surplus cells as a list under None.
    return {name.strip(): (value or "").strip() for name, value in row.items() if name is not None}


def _date(path: Path, line: int, key: str, text: str, complaints: list[Complaint]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        complaints.append(Complaint(str(path), line, key, f"{text!r} is no date", "write it as 2012-09-29"))
        return None


def _repeated(
    path: Path, line: int, rule: DayRule, seen: dict[tuple[date, date], int], complaints: list[Complaint]
) -> bool:
    first = seen.setdefault((rule.day, rule.known_from), line)
    if first == line:
        return False
    found = f"{rule.day} is already given on line {first}"
    complaints.append(Complaint(str(path), line, "date", found, "keep one, or give a later known_from"))
    return True
