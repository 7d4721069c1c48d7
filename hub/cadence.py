"""How often: durations as people write them ("10m", "1h30m") and five-field cron lines."""

import re
from datetime import datetime, timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([smhdw])")
_LONGEST_S = 3660 * 86_400

DURATION_REMEDY = 'write a number and a unit: "30s", "10m", "2h", "1d", "1w"'
CRON_REMEDY = 'write five fields, minute hour day month weekday: "0 7 * * 1-5" is 07:00 on Monday to Friday'

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...], int], ...] = (
    ("minute", 0, 59, (), 0),
    ("hour", 0, 23, (), 0),
    ("day", 1, 31, (), 0),
    ("month", 1, 12, _MONTHS, 1),
    ("weekday", 0, 7, _WEEKDAYS, 0),
)
_ITEM = re.compile(r"(\*|\w+)(?:-(\w+))?(?:/(\d+))?")


def seconds(text: str) -> float:
    """The length of a duration in seconds; ValueError saying what is wrong."""
    compact = text.strip().lower()
    parts = _PART.findall(compact)
    if not parts or _PART.sub("", compact).strip():
        raise ValueError(f"{text!r} is not a duration")
    total = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if total > _LONGEST_S:
        raise ValueError(f"{text!r} is longer than ten years")
    return total


def cron_fields(line: str) -> dict[str, str]:
    """A cron line as minute, hour, day, month and day_of_week, every value enumerated; ValueError.

    Weekdays come out as names, because the scheduler numbers them from Monday and cron from Sunday.
    """
    parts = line.split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"{line!r} has {len(parts)} fields, not 5")
    if parts[2] != "*" and parts[4] != "*":
        raise ValueError(f"{line!r} restricts both the day and the weekday, which cron reads as either")
    fields: dict[str, str] = {}
    for part, (name, low, high, names, base) in zip(parts, _FIELDS, strict=True):
        values = _values(part, name, low, high, names, base)
        if name == "weekday":
            fields["day_of_week"] = (
                "*" if part == "*" else ",".join(sorted({_WEEKDAYS[v % 7] for v in values}))
            )
        else:
            fields[name] = "*" if part == "*" else ",".join(map(str, sorted(values)))
    return fields


def _values(part: str, name: str, low: int, high: int, names: tuple[str, ...], base: int) -> set[int]:
    values: set[int] = set()
    for item in part.split(","):
        match = _ITEM.fullmatch(item.lower())
        if not match:
            raise ValueError(f"{item!r} is not a {name}")
        start, stop, step = match.groups()
        if start == "*":
            if stop:
                raise ValueError(f"{item!r} is not a {name}")
            first, last = low, high if name != "weekday" else 6
        else:
            first = _number(start, name, low, high, names, base)
            last = _number(stop, name, low, high, names, base) if stop else high if step else first
        if last < first or step == "0":
            raise ValueError(f"{item!r} is not a range of {name}s")
        values.update(range(first, last + 1, int(step or 1)))
    return values


def _number(text: str, name: str, low: int, high: int, names: tuple[str, ...], base: int) -> int:
    if text in names:
        return names.index(text) + base
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise ValueError(f"{text!r} is not a {name}, {low} to {high}")
    return int(text)


def next_run(
    every_s: float | None, cron: str | None, last: datetime | None, now: datetime
) -> datetime | None:
    """When a source is due by its pace: at once when that has passed, None without a pace.

    ``now`` is in the city's zone, by whose wall clock a cron line goes.
    """
    if every_s:
        due = now if last is None else last + timedelta(seconds=every_s)
    elif cron:
        due = now if last is None else _next_cron(cron_fields(cron), last.astimezone(now.tzinfo))
    else:
        return None
    return max(due, now).astimezone(now.tzinfo)


def _next_cron(fields: dict[str, str], after: datetime) -> datetime:
    minutes, hours = (_wanted(fields[name], size) for name, size in (("minute", 60), ("hour", 24)))
    for days in range(366 * 4 + 2):
        day = after.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)
        if not _falls_on(fields, day):
            continue
        for hour in hours:
            for minute in minutes:
                at = day.replace(hour=hour, minute=minute)
                if at > after:
                    return at
    return after + timedelta(days=366 * 4)


def _falls_on(fields: dict[str, str], day: datetime) -> bool:
    weekday = _WEEKDAYS[(day.weekday() + 1) % 7]
    wanted = (("month", str(day.month)), ("day", str(day.day)), ("day_of_week", weekday))
    return all(fields[name] == "*" or value in fields[name].split(",") for name, value in wanted)


def _wanted(field: str, size: int) -> list[int]:
    return list(range(size)) if field == "*" else sorted(map(int, field.split(",")))
