"""``hub audit``: judge what changed or came due; what was issued, and what could not be decided."""

from pathlib import Path
from typing import Any

import click

from hub.cli import words
from hub.cli.failures import DONE, FAILED, print_alarms
from hub.cli.finding import print_findings
from hub.cli.grammar import option, verb
from hub.cli.invocation import Invocation
from hub.cli.printing import plain, print_document, print_facts, print_lines
from hub.cli.progress import audit_progress
from hub.i18n import N_, gettext

#: What a change of rules or items would do to the cards that stand.
_DIFFERENCES = (("adds", N_("It would add:")), ("removes", N_("These cards would lose their ground:")))


#: What changed since the last written audit, and whom it touched.
_CHANGES = {
    "calendar": N_(
        "The calendar changed, {from} to {to}: {cases} cases judged again, {due_dates_moved} due dates"
        " moved, {verdicts_flipped} verdicts flipped."
    ),
    "catalogue": N_("The catalogue changed in {items} items: {cases} cases judged again."),
    "rules": N_("The rules of {monitors} changed: {cases} cases judged again."),
    "clock": N_("The time zone, office hours or judging clock changed: {cases} cases judged again."),
    "monitors": N_("The monitors of plugins changed: {cases} cases judged again."),
}


@verb(
    "audit",
    N_(
        "Judge the cases that changed or came due.\n\nCards are written only when judging as of now with"
        " everything known and the rules in force; anything else is a dry run that says so."
    ),
)
@option("--all", "all_", is_flag=True, help=N_("Judge every case again."))
@option("--as-of", metavar="T", help=N_("The instant judged as now: later events have not happened."))
@option("--known-at", metavar="K", help=N_("Use only what the Hub knew by then."))
@option("--calendar-known-at", metavar="K", help=N_("Use the calendar as it was known by then."))
@option("--source", metavar="SOURCE", help=N_("Judge one source only."))
@option(
    "--rules",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=N_("Judge by another rules.toml."),
)
@option(
    "--items",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=N_("Judge by another items.csv."),
)
@option("--dry-run", is_flag=True, help=N_("Write no cards; show what would be found."))
def audit(
    invocation: Invocation,
    all_: bool,
    as_of: str | None,
    known_at: str | None,
    calendar_known_at: str | None,
    source: str | None,
    rules: Path | None,
    items: Path | None,
    dry_run: bool,
) -> int:
    with invocation.app() as app, audit_progress(invocation) as progress:
        document = app.audit(
            all_=all_,
            as_of=as_of,
            known_at=known_at,
            calendar_known_at=calendar_known_at,
            source=source,
            rules=rules,
            items=items,
            dry_run=dry_run,
            now=invocation.now,
            progress=progress,
        )
    if invocation.json:
        print_document(invocation, document)
    else:
        _print_audit(invocation, document)
    return FAILED if document.get("alarms") else DONE


def _print_audit(invocation: Invocation, document: dict[str, Any]) -> None:
    print_facts(
        invocation,
        [
            (N_("judged as of"), document.get("as_of")),
            (N_("cases judged"), document.get("judged")),
            (N_("issued"), document.get("issued")),
            (N_("pending confirmation"), document.get("pending")),
            (N_("unchanged"), document.get("unchanged")),
            (N_("no longer supported"), document.get("unsupported")),
            (N_("undecided"), document.get("undecided")),
            (N_("undecided because"), _reasons(document.get("undecided_why") or {})),
            (N_("by monitor"), document.get("by_monitor")),
            (N_("by severity (the highest of each case)"), _severities(document.get("by_severity") or {})),
        ],
    )
    for name, change in document.get("changes", {}).items():
        said = {key: ", ".join(value) if isinstance(value, list) else value for key, value in change.items()}
        print_lines(invocation, [plain(gettext(_CHANGES[name]).format(**said))])
    print_alarms(invocation, document)
    if not document.get("written", True):
        print_lines(invocation, ["", words.say(words.NOT_WRITTEN, document.get("not_written") or "dry_run")])
        print_findings(invocation, document.get("findings", []))
    for name, heading in _DIFFERENCES:
        if name in document:
            print_lines(invocation, ["", gettext(heading)])
            print_findings(invocation, document[name])


def _reasons(counts: dict[str, int]) -> dict[str, int] | None:
    return {words.say_reason(code): count for code, count in counts.items()} or None


def _severities(counts: dict[str, int]) -> dict[str, int]:
    return {words.say(words.SEVERITIES, name): count for name, count in counts.items()}
