"""The calendar's versions: all rules ever made, and the calendar as it was known at an instant."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, tzinfo
from pathlib import Path
from typing import Literal

from hub.clock.calendar import TABLE_FROM, TABLE_TO, Calendar, as_date
from hub.clock.overlays import read_overlays
from hub.clock.rules import DayRule, Notice, cite
from hub.clock.shipped import shipped_notices
from hub.model.instants import to_datetime

Base = Literal["cn", "weekdays"]
Days = dict[date, DayRule]


class CalendarBook:
    """Notices in order of publication, and the local rules laid over them."""

    def __init__(self, base: Base, notices: Sequence[Notice], local: Sequence[DayRule], zone: tzinfo) -> None:
        self.base = base
        self.notices = tuple(sorted(notices, key=lambda n: n.published))
        self.local = tuple(sorted(local, key=lambda r: r.known_from))
        self.zone = zone
        self._made: dict[tuple[int, int], Calendar] = {}

    def as_known_at(self, instant: int | None = None) -> Calendar:
        """The calendar as a person could know it at that instant; None: everything known now.

        A notice counts from the day it was published.
        """
        on = date.max if instant is None else _local_date(instant, self.zone)
        notices = [n for n in self.notices if n.published <= on]
        local = [r for r in self.local if r.known_from <= on]
        key = (len(notices), len(local))
        if key not in self._made:
            self._made[key] = self._calendar(notices, local)
        return self._made[key]

    def _calendar(self, notices: Sequence[Notice], local: Sequence[DayRule]) -> Calendar:
        state = _last_word(rule for notice in notices for rule in notice.days)
        laid_over = _last_word(local)
        years = self._settled(notices)
        settled = "open" if self.base == "weekdays" else str(max(years, default=0))
        return Calendar(f"{self.base}-{settled}-{_digest(state, laid_over, years)}", years, state, laid_over)

    def _settled(self, notices: Sequence[Notice]) -> set[int]:
        """The years that notices settle; with Monday to Friday as the base all are."""
        if self.base == "weekdays":
            return set(range(as_date(TABLE_FROM).year, as_date(TABLE_TO).year + 1))
        return {n.covers for n in notices if n.covers is not None}


def load_book(
    base: str = "cn",
    *,
    zone: tzinfo,
    overlays: Sequence[Path] = (),
    imported: Sequence[Notice] = (),
) -> CalendarBook:
    """The book for a configuration. Raises ConfigError with every complaint about the overlays."""
    local = read_overlays(overlays, base)
    notices = [*(shipped_notices() if base == "cn" else ()), *(cite(n) for n in imported)]
    return CalendarBook("cn" if base == "cn" else "weekdays", notices, local, zone)


def _last_word(rules: Iterable[DayRule]) -> Days:
    said: Days = {}
    for rule in rules:
        said[rule.day] = rule
    return said


def _digest(state: Days, local: Days, years: set[int]) -> str:
    digest = hashlib.sha256(",".join(map(str, sorted(years))).encode())
    for layer in (state, local):
        for day in sorted(layer):
            rule = layer[day]
            digest.update(f"{day}|{int(rule.working)}|{rule.name}|{rule.notice}\n".encode())
        digest.update(b"--\n")
    return digest.hexdigest()[:10]


def _local_date(instant: int, zone: tzinfo) -> date:
    try:
        return to_datetime(instant, zone).date()
    except OverflowError:
        return date.min if instant < 0 else date.max
