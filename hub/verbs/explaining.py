"""hub case, hub explain: what is known, and the proof computed afresh from kept facts."""

from datetime import tzinfo
from typing import Any

from hub.audit.explaining import explain as explain_limits
from hub.audit.pausing import SUPPLEMENT
from hub.errors import ConfigError
from hub.model.instants import NO_INSTANT, parse_iso
from hub.model.kinds import KINDS, STARTS
from hub.model.records import shown_key
from hub.pipeline.plugin_monitors import plugin_monitors
from hub.store.cases import OneCase, case_document, facts, one_case, raw_record, superseded
from hub.store.listing import cards_of_case
from hub.verbs.benches import bench_of
from hub.verbs.installation import Installation


def case(installation: Installation, source: str, case_no: str, *, history: bool) -> dict[str, Any]:
    """The record as folded, its rows, and with ``history`` every version."""
    found = _case(installation, source, case_no, None)
    return case_document(found, installation.settings.zone, history=history)


def explain(
    installation: Installation,
    source: str,
    case_no: str,
    *,
    now: int,
    as_of: str | None,
    known_at: str | None,
) -> dict[str, Any]:
    """The proof of one case: facts and their evidence, limits, days, pauses, verdicts, cards."""
    bench = bench_of(installation, now=now, as_of=as_of, known_at=known_at, calendar_known_at=known_at)
    known = None if known_at is None else installation.instant(known_at, "--known-at")
    found = _case(installation, source, case_no, known)
    zone, engine = installation.settings.zone, installation.store.engine
    with plugin_monitors(installation.plugins.values(), timezone=str(zone)) as others:
        limits = explain_limits(found.block, bench, others)
    _name_records(limits, found, bench.as_of)
    return {
        "source": source,
        "case_no": case_no,
        "as_of": installation.iso(bench.as_of),
        "known_at": installation.iso(known),
        "facts": [
            _with_evidence(installation, fact) | {"after_as_of": _is_later(fact, zone, bench.as_of)}
            for fact in facts(found, zone)
        ],
        "superseded": superseded(found, zone),
        "limits": limits,
        "findings": cards_of_case(engine, source, case_no, zone),
        "rule_version": bench.rulebook.version,
        "calendar_version": bench.keeper.calendar.version,
    }


def _name_records(limits: list[dict[str, Any]], found: OneCase, as_of: int) -> None:
    """Say of each pause and extension in the proof which record tells of it: both are in order of start."""
    for name, kind in (("pauses", "pause"), ("extensions", "extension")):
        records = _in_order(found, kind, as_of)
        for told in (each for line in limits for each in line[name]):
            known = told.get("kind") != SUPPLEMENT and told["number"] <= len(records)
            told["record"] = records[told["number"] - 1] if known else None


def _in_order(found: OneCase, kind: str, as_of: int) -> list[str]:
    """The keys of a kind's records as judged: begun by then, by start, then by key."""
    begun = []
    for of_kind, key, folded, _ in found.folded():
        start = folded.values.get(STARTS[kind]) if of_kind == kind else None
        if of_kind == kind and not folded.withdrawn and (start is None or start <= as_of):
            begun.append((NO_INSTANT if start is None else start, key))
    return [shown_key(key) for _, key in sorted(begun)]


def _is_later(fact: dict[str, Any], zone: tzinfo, as_of: int) -> bool:
    """Whether a fact is an event after the instant judged as now: it has not happened yet."""
    field = KINDS[fact["kind"]].field(fact["field"].rpartition(".")[2])
    if field.type != "instant" or field.name == "due_at":
        return False
    return parse_iso(fact["value"], zone) > as_of


def _case(installation: Installation, source: str, case_no: str, known_at: int | None) -> OneCase:
    found = one_case(installation.store, source, case_no, known_at=known_at)
    if found is None:
        when = f" as known at {installation.iso(known_at)}" if known_at is not None else ""
        raise ConfigError(
            f"no case {case_no!r} of source {source!r} in the store{when}",
            remedy="check the number (hub quarantine list shows records that were rejected)",
        )
    return found


def _with_evidence(installation: Installation, fact: dict[str, Any]) -> dict[str, Any]:
    """A fact with the origin of the raw page that told it."""
    place = fact.get("raw")
    if not place:
        return fact
    raw = raw_record(installation.store, place["page_id"], place["index"])
    return {**fact, "origin": raw["origin"], "raw_text": raw["text"]}
