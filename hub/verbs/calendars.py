"""hub calendar, hub workdays: the working calendar shown, extended by a notice, and asked."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hub.clock.calendar import Calendar
from hub.clock.checks import check_calendar, notice_missing
from hub.clock.notices import read_notice
from hub.errors import Complaint, ConfigError
from hub.model.instants import to_datetime
from hub.store.calendars import import_notice
from hub.verbs.installation import Installation

CALENDAR_ALARM = "calendar_notice_missing"


def show(installation: Installation, year: int) -> dict[str, Any]:
    """Every day of the year with whether it is worked, and why."""
    if not 1900 <= year <= 2200:
        found = Complaint("YEAR", None, "YEAR", f"found {year}", "write a year such as 2026")
        raise ConfigError("no such calendar year", [found])
    calendar = installation.book.as_known_at()
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    return {
        "year": year,
        "calendar_version": calendar.version,
        "horizon": calendar.horizon.isoformat(),
        "working_days": sum(calendar.is_working(day) for day in days),
        "days": [_day(calendar, day) for day in days],
    }


def _day(calendar: Calendar, day: date) -> dict[str, Any]:
    reason = calendar.reason(day)
    return {
        "date": day.isoformat(),
        "working": calendar.is_working(day),
        "provisional": reason.provisional,
        "kind": reason.kind,
        "name": reason.name,
        "notice": reason.notice,
    }


def check(installation: Installation, now: int) -> dict[str, Any]:
    """The calendar's faults. A missing notice is an alarm; a library that errs is only told."""
    calendar = installation.book.as_known_at()
    faults = check_calendar(calendar, now, installation.settings.zone)
    alarms = calendar_alarms(installation, calendar, now)
    return {
        "calendar_version": calendar.version,
        "horizon": calendar.horizon.isoformat(),
        "faults": [{"kind": fault.kind, **fault.params} for fault in faults],
        "alarms": alarms,
    }


def calendar_alarms(
    installation: Installation, calendar: Calendar, now: int, *, may_be_open: bool = True
) -> list[dict[str, str]]:
    """Raise or clear the alarm of a missing notice; only what is new is returned."""
    store = installation.store
    missing = notice_missing(calendar, now, installation.settings.zone)
    if missing is None:
        if may_be_open:
            store.clear_alarm(CALENDAR_ALARM, "calendar", now)
        return []
    message = "next year's notice is missing: " + ", ".join(f"{k}={v}" for k, v in missing.params.items())
    raised = store.raise_alarm(CALENDAR_ALARM, "calendar", message, now)
    return [{"kind": CALENDAR_ALARM, "key": "calendar", "message": message}] if raised else []


def import_(installation: Installation, path: Path, *, dry_run: bool, now: int) -> dict[str, Any]:
    """Read a notice and keep it; the days it changes, and from when it is known."""
    before = installation.book.as_known_at()
    today = to_datetime(now, installation.settings.zone).date()
    notice = read_notice(path, published=today, amended=before)
    if not dry_run:
        import_notice(installation.store, notice, now)
    return {
        "imported": not dry_run,
        "title": notice.title,
        "number": notice.number,
        "published": notice.published.isoformat(),
        "days": [
            {
                "date": rule.day.isoformat(),
                "working": rule.working,
                "name": rule.name,
                "changed": before.is_working(rule.day) != rule.working or before.is_provisional(rule.day),
            }
            for rule in notice.days
        ],
    }


def workdays_add(installation: Installation, day: str, count: int, known_at: str | None) -> dict[str, Any]:
    """The n-th working day strictly after a date."""
    calendar = _calendar(installation, known_at)
    reached, provisional = calendar.add(_date(day, "DATE"), count)
    return {
        "date": reached.isoformat() if reached else None,
        "provisional": provisional,
        "calendar_version": calendar.version,
    }


def workdays_between(installation: Installation, a: str, b: str, known_at: str | None) -> dict[str, Any]:
    """The working days d with a < d ≤ b."""
    calendar = _calendar(installation, known_at)
    first, last = _date(a, "A"), _date(b, "B")
    return {
        "working_days": calendar.between(first, last),
        "provisional": calendar.any_provisional(first, last),
        "calendar_version": calendar.version,
    }


def _calendar(installation: Installation, known_at: str | None) -> Calendar:
    instant = None if known_at is None else installation.instant(known_at, "--calendar-known-at")
    return installation.book.as_known_at(instant)


def _date(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        found = Complaint(name, None, name, f"found {text!r}", "write a date such as 2012-09-24")
        raise ConfigError(f"{name} is not a date", [found]) from error
