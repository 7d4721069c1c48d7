"""hub audit: decide whether verdicts may be written, judge, raise what is alarming, report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hub.audit.bench import Bench
from hub.model.instants import NO_INSTANT, TICKS_PER_SECOND
from hub.pipeline.judging import AuditRequest, AuditResult, audit_cases
from hub.pipeline.plugin_monitors import plugin_monitors
from hub.store.applicants import heard_until
from hub.store.audited import last_audit
from hub.store.comparing import ENDED, FADING
from hub.store.listing import Filters, list_findings, unwritten
from hub.verbs.benches import bench_of
from hub.verbs.calendars import CALENDAR_ALARM, calendar_alarms
from hub.verbs.changes import apply_changes, judged_by, judged_otherwise, law_files
from hub.verbs.installation import Installation
from hub.verbs.silences import silence_alarms

_EVALUATION, _VANISHED = "evaluation", "findings_vanished"


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """What the operator asked of an audit, instants as typed."""

    all_: bool = False
    as_of: str | None = None
    known_at: str | None = None
    calendar_known_at: str | None = None
    source: str | None = None
    rules: Path | None = None
    items: Path | None = None
    dry_run: bool = False


def audit(
    installation: Installation,
    options: AuditOptions,
    now: Callable[[], int],
    progress: Callable[[int], None],
) -> dict[str, Any]:
    """Judge, and return the document of ``hub audit``; ``not_written`` says why when nothing was."""
    installation.sources_named(() if options.source is None else (options.source,))
    started = now()
    files, bench = law_files(installation), _bench(installation, options, started)
    known_at = None if options.known_at is None else installation.instant(options.known_at, "--known-at")
    law, (last, kept) = judged_by(installation, bench, files), last_audit(installation.store.engine)
    reason = _why_not_written(options, bench.as_of, started, last)
    what_if = reason in ("other_rules", "other_items") or (
        reason == "dry_run" and judged_otherwise(law, kept)
    )
    request = AuditRequest(
        everything=options.all_ or what_if or reason not in (None, "dry_run"),
        write=reason is None,
        source=options.source,
        known_at=known_at,
        scope={"all": options.all_, "source": options.source},
        expected_every_s=_senders(installation, options, bench, known_at, last),
        judged_by=law,
    )
    changes = apply_changes(installation, bench, law, kept) if request.write else {}
    plugins, zone = installation.plugins.values(), str(installation.settings.zone)
    with plugin_monitors(plugins, timezone=zone) as others:
        result = audit_cases(installation.store.engine, bench, request, now, progress, others)
    raised = _evaluation_faults(result)
    if request.write:
        raised += _raise_alarms(installation, bench, result, now())
    document = {**_document(installation, bench, result, reason, raised), "changes": changes}
    if what_if:
        document |= _against_cards(installation, bench, result, document["findings"], options.source)
    return document


def _bench(installation: Installation, options: AuditOptions, now: int) -> Bench:
    rulebook = None
    if options.rules is not None:
        rulebook = installation.rulebook_of(options.rules)
    return bench_of(
        installation,
        now=now,
        as_of=options.as_of,
        known_at=options.known_at,
        calendar_known_at=options.calendar_known_at,
        rulebook=rulebook,
        items=options.items,
    )


def _senders(
    installation: Installation, options: AuditOptions, bench: Bench, known_at: int | None, last: int | None
) -> dict[str, float | None] | None:
    """The sources whose silence is judged: all of them, and not from a past knowledge.

    Once a day, and at once when a sync is overdue: a promise of an hour is not broken only tomorrow.
    """
    judged = np.array([last if last is not None else NO_INSTANT, bench.as_of])
    before, today = bench.keeper.local_days(judged).tolist()
    expected = {name: source.expect_every_s for name, source in installation.settings.sources.items()}
    if known_at is not None or options.source is not None:
        return None
    again = before == today and not options.all_
    return None if again and not _is_overdue(installation, expected, bench.as_of) else expected


def _is_overdue(installation: Installation, expected: Mapping[str, float | None], as_of: int) -> bool:
    """Whether some source has not been heard for longer than it promises."""
    promised = {name: every for name, every in expected.items() if every is not None}
    heard = heard_until(installation.store.engine) if promised else {}
    return any(
        as_of > heard[name] + int(every * TICKS_PER_SECOND)
        for name, every in promised.items()
        if name in heard
    )


def _why_not_written(options: AuditOptions, as_of: int, now: int, last: int | None) -> str | None:
    """The first reason why cards may not be written; None when they may. ``last``: judged by the last audit.

    A dry run comes last: alone it judges what would be judged, any other reason everything.
    """
    if options.rules is not None:
        return "other_rules"
    if options.items is not None:
        return "other_items"
    if options.known_at is not None or options.calendar_known_at is not None:
        return "known_at"
    if as_of > now:
        return "as_of_in_the_future"
    if last is not None and as_of < last:
        return "as_of_before_last_audit"
    return "dry_run" if options.dry_run else None


def _evaluation_faults(result: AuditResult) -> list[dict[str, str]]:
    """What could not be evaluated, told by every audit that met it, written or not, old or new."""
    return [
        {"kind": _EVALUATION, "key": monitor, "message": error} for monitor, error in result.faults.items()
    ]


def _raise_alarms(
    installation: Installation, bench: Bench, result: AuditResult, now: int
) -> list[dict[str, str]]:
    """Keep this audit's alarms, clear what it found mended; of these only what is new is reported."""
    store = installation.store
    wanted = {(alarm["kind"], alarm["key"]): alarm["message"] for alarm in _evaluation_faults(result)}
    if result.suspicion:
        wanted[(_VANISHED, "audit")] = result.suspicion
    ours = (_EVALUATION, _VANISHED)
    standing = store.open_alarms()
    for alarm in standing:
        if alarm["kind"] in ours and (alarm["kind"], alarm["key"]) not in wanted:
            store.clear_alarm(alarm["kind"], alarm["key"], now)
    new = [place for place, message in wanted.items() if store.raise_alarm(*place, message, now)]
    vanished = [
        {"kind": kind, "key": key, "message": wanted[kind, key]} for kind, key in new if kind == _VANISHED
    ]
    silent = silence_alarms(installation, now, standing)
    named = any(alarm["kind"] == CALENDAR_ALARM for alarm in standing)
    return vanished + silent + calendar_alarms(installation, bench.keeper.calendar, now, may_be_open=named)


def _document(
    installation: Installation,
    bench: Bench,
    result: AuditResult,
    reason: str | None,
    alarms: list[dict[str, str]],
) -> dict[str, Any]:
    tally = result.tally
    document: dict[str, Any] = {
        "audit_id": result.audit_id,
        "as_of": installation.iso(bench.as_of),
        "written": reason is None,
        "not_written": reason,
        "judged": tally.judged,
        "issued": tally.issued,
        "pending": tally.pending,
        "unchanged": tally.unchanged,
        "unsupported": tally.unsupported,
        "lapsed": tally.lapsed,
        "undecided": tally.undecided,
        "undecided_why": result.undecided,
        "overtaken": tally.overtaken,
        "by_monitor": tally.by_monitor,
        "by_severity": tally.by_severity,
        "rule_version": bench.rulebook.version,
        "calendar_version": bench.keeper.calendar.version,
        "alarms": alarms,
    }
    if reason is not None:
        engine, zone = installation.store.engine, installation.settings.zone
        document["findings"] = unwritten(engine, result.findings, as_of=bench.as_of, zone=zone)
    return document


def _against_cards(
    installation: Installation,
    bench: Bench,
    result: AuditResult,
    found: list[dict[str, Any]],
    source: str | None,
) -> dict[str, Any]:
    """What other rules or items would add to the cards that stand, and which of them they would not bear.

    Cards of a monitor that is off stay as they are when an audit is written; here they are told, too.
    """
    asked = Filters(source=source)
    standing = list_findings(installation.store.engine, asked, installation.settings.zone)
    known = {_card_key(card) for card in standing}
    off = {monitor for monitor, rule in bench.rulebook.rules.items() if not rule.enabled} - FADING
    idle = [c for c in standing if c["monitor"] in off and c["supported"] and c["status"] not in ENDED]
    removed = {*result.tally.lost, *(card["finding_id"] for card in idle)}
    return {
        "adds": [finding for finding in found if _card_key(finding) not in known],
        "removes": [card for card in standing if card["finding_id"] in removed],
    }


def _card_key(card: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(card[name] for name in ("subject_kind", "source", "subject_key", "monitor", "severity"))
