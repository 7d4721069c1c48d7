"""The document of ``hub explain`` as sections that can be printed or shown as a page: who says what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hub.cli import words
from hub.cli.evidence import evidence
from hub.cli.finding import limit_text
from hub.cli.printing import Row, plain
from hub.i18n import N_, gettext
from hub.model.kinds import KINDS

_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_FACTS = (
    ("fact", N_("fact")),
    ("value", N_("value")),
    ("stream", N_("stream")),
    ("run_id", N_("run")),
    ("record", N_("raw record")),
    ("first_seen_at", N_("first seen")),
)
_PAUSES = (
    ("number", N_("pause no.")),
    ("kind", N_("kind")),
    ("from", N_("from")),
    ("to", N_("to")),
    ("counted", N_("taken out")),
    ("reason", N_("why")),
)
_EXTENSIONS = (("approved_at", N_("approved")), ("length", N_("length")), ("reason", N_("why")))
_DAYS = (
    ("number", N_("no.")),
    ("date", N_("date")),
    ("weekday", N_("weekday")),
    ("counted", N_("counted")),
    ("time", N_("time")),
    ("reason", N_("why")),
)
_HISTORY = (
    ("logged_at", N_("when")),
    ("event", N_("what")),
    ("status", N_("status")),
    ("by", N_("who")),
    ("reason", N_("why")),
)

Columns = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, then facts (name, value), then a table. All texts are already translated and plain."""

    title: str
    level: int = 2
    facts: tuple[tuple[str, str], ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=())


def sections(document: Mapping[str, Any]) -> Iterator[Section]:
    """The whole proof, in the order a person who contests it reads."""
    title = gettext("Case {case_no} of {source}").format(
        case_no=plain(document["case_no"]), source=plain(document["source"])
    )
    head = (
        (N_("judged as of"), document.get("as_of")),
        (N_("with what the Hub knew by"), document.get("known_at")),
        (N_("calendar"), document.get("calendar_version")),
        (N_("rules"), document.get("rule_version")),
    )
    yield Section(title, 1, _facts(head))
    facts = [_fact(fact) for fact in document.get("facts", ()) if not _names_its_record(fact)]
    yield _table(gettext("What the departments reported"), _FACTS, facts)
    for limit in document.get("limits", ()):
        yield from _limit(limit)
    for finding in document.get("findings", ()):
        yield _finding(finding)


def _names_its_record(fact: Row) -> bool:
    """Whether a fact only repeats the key that stands beside each fact of a step, pause and so on."""
    kind, _, field = plain(fact.get("field")).rpartition(".")
    return kind in KINDS and any(key.name == field for key in KINDS[kind].key_fields)


def _fact(fact: Row) -> Row:
    name = words.say_field(plain(fact.get("field")))
    if fact.get("kind", "case") != "case":
        name = f"{name} ({plain(fact.get('key'))})"
    place = fact.get("raw") or {}
    record = (
        f"{plain(fact.get('origin'))} {place.get('page_id', '')}/{place.get('index', '')}" if place else None
    )
    value = words.say_value(plain(fact.get("field")), fact.get("value"))
    if fact.get("withdrawn"):
        value = gettext("{value} (withdrawn by the source)").format(value=plain(value))
    return {**fact, "fact": name, "value": value, "record": record}


def _limit(limit: Row) -> Iterator[Section]:
    verdict = words.say(words.VERDICTS, limit.get("verdict"))
    title = gettext("{monitor}, {clock}: {verdict}").format(
        monitor=plain(limit["monitor"]), clock=words.say(words.CLOCKS, limit.get("clock")), verdict=verdict
    )
    unit = str(limit.get("limit_unit") or "")
    facts = (
        (N_("because"), words.say_reason(limit.get("reason"))),
        (N_("limit"), limit_text(limit.get("limit"), unit)),
        (N_("version of the item in force from"), limit.get("item_version")),
        (N_("law"), limit.get("legal_basis")),
        (N_("clock starts"), _with_reason(limit.get("started_at"), limit.get("start_reason"))),
        (N_("due"), limit.get("due_at")),
        (N_("clock stops"), limit.get("stopped_at") or gettext("still running")),
        (N_("elapsed"), limit_text(limit.get("elapsed"), unit)),
        (N_("days not settled by any notice"), True if limit.get("provisional") else None),
        (N_("the verdict could change at"), limit.get("changes_at")),
    )
    if limit.get("judges") is False:
        title = gettext("{title} (for information: the other clock judges)").format(title=title)
    yield Section(title, 2, _facts(facts))
    pauses = [_pause(pause) for pause in limit.get("pauses", ())]
    if pauses:
        yield _table(gettext("Pauses"), _PAUSES, pauses, level=3)
    extensions = [
        {**row, "reason": words.say(words.EXTENSIONS, row.get("reason"))}
        for row in limit.get("extensions", ())
    ]
    if extensions:
        yield _table(gettext("Extensions"), _EXTENSIONS, extensions, level=3)
    days = list(_numbered(limit.get("days", ()), timed=limit.get("clock") == "elapsed"))
    if days:
        table = _table(gettext("Day by day"), _DAYS, days, level=3)
        left_out = limit.get("days_left_out") or None
        yield replace(table, facts=_facts(((N_("further days not listed"), left_out),)))


def _finding(finding: Row) -> Section:
    title = gettext("Card {id}: {monitor}, {severity}, {status}").format(
        id=plain(finding.get("finding_id") or "–"),
        monitor=plain(finding.get("monitor")),
        severity=words.say(words.SEVERITIES, finding.get("severity")),
        status=words.say(words.STATUSES, finding.get("status")),
    )
    rows = [
        {
            **row,
            "event": words.say(words.EVENTS, row.get("action")),
            "by": row.get("by") or _audit(row),
            "status": words.say(words.STATUSES, row.get("status")),
        }
        for row in finding.get("log", ())
    ]
    section = _table(title, _HISTORY, rows) if rows else Section(title)
    facts = (
        (N_("detected"), finding.get("detected_at")),
        (N_("law"), finding.get("legal_basis")),
        (N_("rule"), finding.get("rule_version")),
        (N_("calendar"), finding.get("calendar_version")),
    )
    told = (*evidence(finding), *_facts(facts))
    return Section(section.title, 2, told, section.headings, section.rows)


def _audit(entry: Row) -> str | None:
    """Which audit did what no person did."""
    number = entry.get("audit_id")
    return None if number is None else gettext("audit {n}").format(n=plain(number))


def _pause(pause: Row) -> Row:
    to = pause.get("to") or gettext("still open")
    kind = words.say(words.VALUES, pause.get("kind"))
    return {**pause, "to": to, "kind": kind, "reason": _full_reason(words.PAUSES, pause)}


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
        gettext("{at} ({reason})").format(at=plain(at), reason=words.say_start(reason))
        if reason
        else plain(at)
    )


def _facts(facts: Sequence[tuple[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((gettext(name), plain(value)) for name, value in facts if value not in (None, ""))


def _table(title: str, columns: Columns, rows: Sequence[Row], *, level: int = 2) -> Section:
    kept = [(key, name) for key, name in columns if any(row.get(key) not in (None, "") for row in rows)]
    return Section(
        title,
        level,
        headings=tuple(gettext(name) for _, name in kept),
        rows=tuple(tuple(plain(row.get(key)) for key, _ in kept) for row in rows),
    )
