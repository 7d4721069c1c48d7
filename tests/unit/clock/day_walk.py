"""A reference that walks day by day and second by second, sharing nothing with the columns' arithmetic."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Pause:
    start: datetime
    end: datetime | None
    applied: int | None  # working days


@dataclass(frozen=True)
class Extension:
    approved: datetime
    length: int
    reason: bool
    authority: bool


@dataclass(frozen=True)
class Case:
    start: datetime
    stop: datetime | None
    limit: int
    pauses: Sequence[Pause] = ()
    extensions: Sequence[Extension] = ()


Working = Callable[[date], bool]


def nth_working_day(day: date, n: int, working: Working) -> date:
    while n:
        day += DAY
        n -= working(day)
    return day


def walked_due_day(
    case: Case, as_of: datetime, working: Working, allowed: int, calendar: bool = False
) -> date:
    """The whole-day deadline with pauses and extensions, one day at a time."""
    due = _walk(case, as_of, working, case.limit, calendar)
    for extension in sorted(case.extensions, key=lambda e: e.approved):
        valid = extension.reason and extension.authority and 0 < extension.length <= allowed
        if valid and extension.approved <= as_of and extension.approved.date() <= due:
            return _walk(case, as_of, working, case.limit + extension.length, calendar)
    return due


def _walk(case: Case, as_of: datetime, working: Working, limit: int, calendar: bool) -> date:
    """Count days after the start; a day that a running pause removes is not counted.

    A pause begins to remove days only if something of the limit is left on the day it begins.
    """
    stop = case.stop if case.stop and case.stop <= as_of else as_of
    spans = [span for p in case.pauses if (span := _span(p, case, stop, as_of, working)) is not None]
    day, used = case.start.date(), 0
    running: set[int] = set()
    last_counted = day
    while True:
        # Pauses beginning today (or before the start) run if the limit is not used up by tonight.
        running |= {i for i, (p, _) in enumerate(spans) if p <= day and used < limit and i not in running}
        if used >= limit and not any(spans[i][1] > day for i in running):
            break
        day += DAY
        if not (calendar or working(day)):
            continue
        if any(spans[i][0] < day <= spans[i][1] for i in running):
            continue
        if used >= limit:
            break
        used += 1
        last_counted = day
    if calendar:
        while not working(last_counted):
            last_counted += DAY
    return last_counted


def _span(
    pause: Pause, case: Case, stop: datetime, as_of: datetime, working: Working
) -> tuple[date, date] | None:
    if pause.start > as_of:
        return None
    end = min(pause.end or stop, stop)
    upto = end.date()
    if pause.applied is not None:
        upto = min(upto, nth_working_day(pause.start.date(), pause.applied, working))
    first = max(pause.start.date(), case.start.date())
    return (first, upto) if upto > first else None


def walked_moment(
    case: Case, as_of: datetime, working: Working, hours: Sequence[tuple[int, int]], step: timedelta
) -> datetime:
    """The elapsed deadline on a grid of ``step``: the last moment at which no more than the limit is used."""
    per_day = sum(b - a for a, b in hours) // int(step.total_seconds())
    limit = case.limit * per_day
    stop = case.stop if case.stop and case.stop <= as_of else as_of
    spans = []
    for p in case.pauses:
        if p.start > as_of:
            continue
        end = min(p.end or stop, stop)
        if p.applied is not None:
            end = min(end, _worked_after(p.start, p.applied * per_day, working, hours, step))
        if end > p.start:
            spans.append((p.start, end))
    now, used = case.start, 0
    counts = [False] * len(spans)
    while True:
        if _open(now, working, hours):
            for i, (a, _) in enumerate(spans):
                if a <= now and not counts[i] and used < limit:
                    counts[i] = True
            if not any(counts[i] and a <= now < b for i, (a, b) in enumerate(spans)):
                if used == limit:
                    return now
                used += 1
        else:
            for i, (a, _) in enumerate(spans):
                if a <= now and used < limit:
                    counts[i] = True
        now += step


def _worked_after(
    moment: datetime, steps: int, working: Working, hours: Sequence[tuple[int, int]], step: timedelta
) -> datetime:
    while True:
        if _open(moment, working, hours):
            if steps == 0:
                return moment
            steps -= 1
        moment += step


def _open(moment: datetime, working: Working, hours: Sequence[tuple[int, int]]) -> bool:
    second = moment.hour * 3600 + moment.minute * 60 + moment.second
    return working(moment.date()) and any(a <= second < b for a, b in hours)
