"""hub case, hub explain: what is known, and the proof computed afresh from kept facts."""

from typing import Any

from hub.audit.explaining import explain as explain_limits
from hub.errors import ConfigError
from hub.pipeline.plugin_monitors import plugin_monitors
from hub.store.cases import OneCase, case_document, facts, one_case, raw_record
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
    bench = bench_of(installation, now=now, as_of=as_of, calendar_known_at=known_at)
    known = None if known_at is None else installation.instant(known_at, "--known-at")
    found = _case(installation, source, case_no, known)
    zone, engine = installation.settings.zone, installation.store.engine
    with plugin_monitors(installation.plugins.values(), timezone=str(zone)) as others:
        limits = explain_limits(found.block, bench, others)
    return {
        "source": source,
        "case_no": case_no,
        "as_of": installation.iso(bench.as_of),
        "known_at": installation.iso(known),
        "facts": [_with_evidence(installation, fact) for fact in facts(found, zone)],
        "limits": limits,
        "findings": cards_of_case(engine, source, case_no, zone),
        "rule_version": bench.rulebook.version,
        "calendar_version": bench.keeper.calendar.version,
    }


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
