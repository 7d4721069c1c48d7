"""What is wrong with a calendar: next year's notice missing, days on which a library disagrees."""

from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from typing import Literal

import chinese_calendar

from hub.clock.calendar import Calendar
from hub.model.instants import to_datetime

#: Decided by the notices: the library lacks this make-up day of 国办发明电〔2005〕35号.
DECIDED = {date(2005, 12, 31): "国办发明电〔2005〕35号"}


@dataclass(frozen=True, slots=True)
class CalendarFault:
    """One fault; ``alarm`` where someone must act, else it is only told."""

    kind: Literal["notice_missing", "library_disagrees"]
    alarm: bool
    params: dict[str, str | int | bool] = field(default_factory=dict)


def check_calendar(calendar: Calendar, now: int, zone: tzinfo) -> list[CalendarFault]:
    """Check the calendar as of ``now``: its notices, and every settled day against a library."""
    missing = notice_missing(calendar, now, zone)
    return [*([missing] if missing else []), *_disagreements(calendar)]


def notice_missing(calendar: Calendar, now: int, zone: tzinfo) -> CalendarFault | None:
    """The alarm of a missing notice: next year's is missed from 1 December on. Costs nothing."""
    today = to_datetime(now, zone).date()
    needed = today.year + (1 if today.month == 12 else 0)
    if calendar.base != "cn" or calendar.last_year >= needed:
        return None
    return CalendarFault(
        "notice_missing",
        True,
        {"year": calendar.last_year + 1, "settled_until": str(calendar.horizon)},
    )


def _disagreements(calendar: Calendar) -> list[CalendarFault]:
    faults: list[CalendarFault] = []
    if calendar.base != "cn":
        return faults
    day = max(calendar.first, date(2004, 1, 1))
    until = min(calendar.horizon, _library_until())
    while day <= until:
        ours, theirs = calendar.reason(day), chinese_calendar.is_workday(day)
        if ours.working != theirs and not ours.kind.startswith("local"):
            known = DECIDED.get(day, "")
            params: dict[str, str | int | bool] = {
                "date": str(day), "ours": ours.working, "library": theirs, "notice": known or ours.notice,
            }  # fmt: skip
            faults.append(CalendarFault("library_disagrees", not known, params))
        day += timedelta(days=1)
    return faults


def _library_until() -> date:
    return date(max(day.year for day in chinese_calendar.holidays), 12, 31)
