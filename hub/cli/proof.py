"""The document of ``hub explain`` as sections that can be printed or shown as a page: who says what."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.cli import words
from hub.cli.evidence import evidence
from hub.cli.finding import elapsed_text, limit_text, status_text
from hub.cli.limit_proof import limit_sections
from hub.cli.printing import Row, brief, plain
from hub.cli.section import Section, facts_of, table_of
from hub.i18n import N_, gettext
from hub.model.kinds import KINDS

_FACTS = (
    ("fact", N_("fact")),
    ("value", N_("value")),
    ("stream", N_("stream")),
    ("run_id", N_("run")),
    ("record", N_("raw record")),
    ("first_seen_at", N_("first seen")),
)
_REPLACED = (
    ("fact", N_("fact")),
    ("value", N_("value")),
    ("replaced_by", N_("replaced by")),
    ("stream", N_("stream")),
    ("run_id", N_("run")),
    ("from", N_("from")),
    ("to", N_("to")),
    ("replaced_by_run", N_("replaced in run")),
)
_RAW = (("record", N_("raw record")), ("stream", N_("stream")), ("text", N_("text")))
_HISTORY = (
    ("logged_at", N_("when")),
    ("event", N_("what")),
    ("status", N_("status")),
    ("by", N_("who")),
    ("reason", N_("why")),
)


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
    yield Section(title, 1, facts_of(head))
    facts = [_fact(fact) for fact in document.get("facts", ()) if not _names_its_record(fact)]
    yield table_of(gettext("What the departments reported"), _FACTS, facts)
    replaced = [_replaced(row) for row in document.get("superseded", ())]
    if replaced:
        yield table_of(gettext("Reported earlier, and since replaced"), _REPLACED, replaced)
    raw = list(_raw_records(document.get("facts", ())))
    if raw:
        yield table_of(gettext("Raw records, as they came"), _RAW, raw)
    for limit in document.get("limits", ()):
        yield from limit_sections(limit)
    for finding in document.get("findings", ()):
        yield _finding(finding)


def _replaced(row: Row) -> Row:
    name = words.say_field(plain(row.get("field")))
    if row.get("kind") != "case":
        name = f"{name} ({plain(row.get('key'))})"
    said = {key: words.say_value(plain(row.get("field")), row.get(key)) for key in ("value", "replaced_by")}
    return {**row, **said, "fact": name, "replaced_by": said["replaced_by"] or gettext("nothing")}


def _raw_records(facts: Sequence[Row]) -> Iterator[Row]:
    """Each raw record that tells of any fact, once."""
    told = {_place(fact): fact for fact in facts if fact.get("raw_text")}
    for place, fact in told.items():
        yield {"record": place, "stream": fact.get("stream"), "text": fact.get("raw_text")}


def _place(fact: Row) -> str | None:
    """Where a raw record lies: the file or address it came from, the page kept, its place there."""
    place = fact.get("raw") or {}
    if not place:
        return None
    return f"{plain(fact.get('origin'))} {place.get('page_id', '')}/{place.get('index', '')}"


def _names_its_record(fact: Row) -> bool:
    """Whether a fact only repeats the key that stands beside each fact of a step, pause and so on."""
    kind, _, field = plain(fact.get("field")).rpartition(".")
    return kind in KINDS and any(key.name == field for key in KINDS[kind].key_fields)


def _fact(fact: Row) -> Row:
    name = words.say_field(plain(fact.get("field")))
    if fact.get("kind", "case") != "case":
        name = f"{name} ({plain(fact.get('key'))})"
    value = brief(plain(words.say_value(plain(fact.get("field")), fact.get("value"))))
    if fact.get("after_as_of"):
        value = gettext("{value} (after the instant judged as now: not yet)").format(value=value)
    if fact.get("withdrawn"):
        value = gettext("{value} (withdrawn by the source)").format(value=value)
    return {**fact, "fact": name, "value": value, "record": _place(fact)}


def _finding(finding: Row) -> Section:
    title = gettext("Card {id}: {monitor}, {severity}, {status}").format(
        id=plain(finding.get("finding_id") or "–"),
        monitor=plain(finding.get("monitor")),
        severity=words.say(words.SEVERITIES, finding.get("severity")),
        status=status_text(finding),
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
    section = table_of(title, _HISTORY, rows) if rows else Section(title)
    told = (*evidence(finding), *facts_of(tuple(_as_stated(finding))))
    return Section(section.title, 2, told, section.headings, section.rows)


def _as_stated(finding: Row) -> Iterator[tuple[str, Any]]:
    """What the card itself says, as it was last stated: facts may have come since."""
    if finding.get("clock") != "instant" or finding.get("due_at"):
        yield N_("clock"), words.say(words.CLOCKS, finding.get("clock"))
        yield N_("limit"), limit_text(finding.get("limit"), finding.get("limit_unit"))
        yield N_("clock starts"), finding.get("started_at")
        yield N_("due"), finding.get("due_at")
        yield N_("clock stops"), finding.get("stopped_at")
        yield N_("elapsed"), elapsed_text(finding)
    yield N_("days not settled by any notice"), True if finding.get("provisional") else None
    yield N_("detected"), finding.get("detected_at")
    yield N_("law"), finding.get("legal_basis")
    yield N_("rule"), finding.get("rule_version")
    yield N_("calendar"), finding.get("calendar_version")


def _audit(entry: Row) -> str | None:
    """Which audit did what no person did."""
    number = entry.get("audit_id")
    return None if number is None else gettext("audit {n}").format(n=plain(number))
