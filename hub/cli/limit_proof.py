"""One limit of a proof: who sets it, the course of its clock, pauses and extensions weighed, day by day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hub.cli import words
from hub.cli.finding import elapsed_text, limit_text
from hub.cli.printing import Row, brief, plain
from hub.cli.section import Section, facts_of, table_of
from hub.i18n import N_, gettext

_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_PAUSES = (
    ("number", N_("pause no.")),
    ("record", N_("record")),
    ("kind", N_("kind")),
    ("from", N_("from")),
    ("to", N_("to")),
    ("counted", N_("taken out")),
    ("reason", N_("why")),
)
_EXTENSIONS = (
    ("record", N_("record")),
    ("approved_at", N_("approved")),
    ("length", N_("length")),
    ("reason", N_("why")),
)
_DAYS = (
    ("number", N_("no.")),
    ("date", N_("date")),
    ("weekday", N_("weekday")),
    ("counted", N_("counted")),
    ("time", N_("time")),
    ("reason", N_("why")),
)
_HOURS = ("hour", "working_hour")


def limit_sections(limit: Row) -> Iterator[Section]:
    in_time = limit.get("verdict") == "none" and limit.get("reason") == "in_time"
    verdict = gettext("in time") if in_time else words.say(words.VERDICTS, limit.get("verdict"))
    title = gettext("{monitor}, {clock}: {verdict}").format(
        monitor=plain(limit["monitor"]), clock=words.say(words.CLOCKS, limit.get("clock")), verdict=verdict
    )
    if limit.get("judges") is False:
        title = gettext("{title} (for information: the other clock judges)").format(title=title)
    yield Section(title, 2, facts_of((*_grounds(limit), *_course(limit))))
    unit = str(limit.get("limit_unit") or "")
    pauses = [_pause(pause) for pause in limit.get("pauses", ())]
    if pauses:
        yield table_of(gettext("Pauses"), _PAUSES, pauses, level=3)
    extensions = [_extension(row) for row in limit.get("extensions", ())]
    if extensions:
        yield table_of(gettext("Extensions"), _EXTENSIONS, extensions, level=3)
    timed = limit.get("clock") == "elapsed" or unit in _HOURS
    days = list(_numbered(limit.get("days", ()), timed=timed))
    if days:
        table = table_of(gettext("Day by day"), _DAYS, days, level=3)
        left_out = limit.get("days_left_out") or None
        yield replace(table, facts=facts_of(((N_("further days not listed"), left_out),)))


def _grounds(limit: Row) -> Iterator[tuple[str, Any]]:
    """Why the verdict is so, and who sets the limit."""
    yield N_("because"), words.say_reason(limit.get("reason"))
    yield N_("limit"), _limit_text(limit)
    version, told_by = limit.get("item_version"), limit.get("item_told_by")
    if version and told_by:
        version = gettext("{date} ({by})").format(date=plain(version), by=plain(told_by))
    yield N_("version of the item in force from"), version
    yield N_("law"), limit.get("legal_basis")


def _course(limit: Row) -> Iterator[tuple[str, Any]]:
    """From where to where the clock ran, and what may come."""
    started = limit.get("started_at")
    yield N_("clock starts"), _with_reason(started, limit.get("start_reason"))
    yield N_("due"), _due_text(limit)
    if started:
        yield N_("clock stops"), limit.get("stopped_at") or gettext("still running")
    yield N_("elapsed"), elapsed_text(limit)
    yield N_("days not settled by any notice"), True if limit.get("provisional") else None
    yield N_("the verdict could change at"), limit.get("changes_at")


def _limit_text(limit: Row) -> str:
    """The limit, what of it is an extension, and who sets it."""
    length, unit = limit.get("limit"), str(limit.get("limit_unit") or "")
    if length == 0 and unit == "calendar_day":
        return gettext("the same day")
    text, extended = limit_text(length, unit), limit.get("extended")
    if text and extended:
        text = gettext("{limit}, of which {extended} by extension").format(
            limit=text, extended=limit_text(extended, unit)
        )
    by = limit.get("limit_set_by")
    if text and by in words.LIMITS:
        text = gettext("{limit} ({by})").format(limit=text, by=words.say(words.LIMITS, by))
    return text


def _due_text(limit: Row) -> str:
    """The deadline; one in hours on the clock of whole days is kept until its day is over."""
    text = brief(plain(limit.get("due_at")))
    if text and limit.get("clock") == "whole_day" and limit.get("limit_unit") in _HOURS:
        return gettext("{at} (on the whole-day clock to the end of its day)").format(at=text)
    return text


def _pause(pause: Row) -> Row:
    to = pause.get("to") or gettext("still open")
    kind = words.say(words.VALUES, pause.get("kind"))
    reason = _full_reason(words.PAUSES, pause)
    if pause.get("counted") and pause.get("capped") is False:
        reason = gettext("{reason}; no length was applied for, so that nothing caps it").format(reason=reason)
    return {**pause, "to": to, "kind": kind, "reason": reason}


def _extension(row: Row) -> Row:
    length = limit_text(row.get("length"), row.get("unit"))
    return {**row, "length": length, "reason": words.say(words.EXTENSIONS, row.get("reason"))}


def _numbered(days: Sequence[Row], *, timed: bool) -> Iterator[Row]:
    """Counted days numbered; on the elapsed clock with the time that ran on each."""
    number = 0
    for day in days:
        number += bool(day.get("counted"))
        shown = number if day.get("counted") else None
        weekday = gettext(_WEEKDAYS[date.fromisoformat(str(day["date"])[:10]).weekday()])
        time = _clock_time(day.get("amount")) if timed and day.get("counted") else None
        reason = _full_reason(words.DAYS, day)
        yield {**day, "number": shown, "weekday": weekday, "time": time, "reason": reason}


def _clock_time(seconds: Any) -> str:
    whole = int(seconds or 0)
    return f"{whole // 3600:02}:{whole % 3600 // 60:02}:{whole % 60:02}"


def _full_reason(table: Mapping[str, str], row: Row) -> str:
    """The reason, with the notice, holiday or pause it rests on."""
    parts = [words.say(table, row.get("reason")), plain(row.get("name")), plain(row.get("notice"))]
    if row.get("pause") is not None:
        parts.append(gettext("pause {n}").format(n=plain(row["pause"])))
    if row.get("provisional"):
        parts.append(gettext("provisional"))
    if row.get("after_deadline"):
        parts.append(gettext("after the deadline"))
    return gettext(", ").join(part for part in parts if part)


def _with_reason(at: Any, reason: Any) -> str | None:
    if not at:
        return None
    return (
        gettext("{at} ({reason})").format(at=brief(plain(at)), reason=words.say_start(reason))
        if reason
        else brief(plain(at))
    )
