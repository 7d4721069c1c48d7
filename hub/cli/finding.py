"""``hub findings``: every finding that matches, as a table, JSON, or CSV that no spreadsheet executes."""

import csv
from collections.abc import Sequence
from typing import Any

import click

from hub.cli import words
from hub.cli.failures import DONE
from hub.cli.grammar import option, verb
from hub.cli.invocation import Invocation
from hub.cli.printing import Column, Row, plain, print_document, print_table
from hub.i18n import N_, gettext
from hub.model.verdicts import FINDING_FIELDS, SEVERITIES, STATUSES

_COLUMNS: tuple[Column, ...] = (
    ("finding_id", N_("id")),
    ("severity_text", N_("severity")),
    ("monitor", N_("monitor")),
    ("status_text", N_("status")),
    ("source", N_("source")),
    ("case_no", N_("case")),
    ("department", N_("department")),
    ("limit_text", N_("limit")),
    ("due_at", N_("due")),
    ("stopped_at", N_("stopped")),
    ("elapsed_text", N_("elapsed")),
    ("reason_text", N_("why")),
)


@verb("findings", N_("List findings: all that match, pending ones included."))
@option("--source", metavar="SOURCE", help=N_("Findings of one source."))
@option("--department", metavar="NAME", help=N_("Findings of one department."))
@option("--monitor", metavar="M", help=N_("Findings of one monitor, such as M05."))
@option("--severity", type=click.Choice(SEVERITIES), help=N_("Findings of one severity."))
@option(
    "--status", type=click.Choice((*STATUSES, "unsupported")), help=N_("Findings in one state of their life.")
)
@option("--since", metavar="T", help=N_("Findings detected at or after this instant."))
@option(
    "--format",
    "format_",
    type=click.Choice(("table", "json", "csv")),
    help=N_("How to print; a table unless told."),
)
def findings(
    invocation: Invocation,
    source: str | None,
    department: str | None,
    monitor: str | None,
    severity: str | None,
    status: str | None,
    since: str | None,
    format_: str | None,
) -> int:
    if invocation.json and format_ not in (None, "json"):
        raise click.UsageError(
            gettext("--json and --format {format} exclude each other.").format(format=format_)
        )
    with invocation.app() as app:
        document = app.findings(
            source=source,
            department=department,
            monitor=monitor,
            severity=severity,
            status=status,
            since=since,
        )
    if invocation.json or format_ == "json":
        print_document(invocation, document)
    elif format_ == "csv":
        _print_csv(invocation, document["findings"])
    else:
        print_findings(invocation, document["findings"])
    return DONE


def print_findings(invocation: Invocation, found: Sequence[Row]) -> None:
    """A table for people, in the order given."""
    rows = [
        {
            **row,
            "severity_text": words.say(words.SEVERITIES, row["severity"]),
            "status_text": status_text(row),
            "limit_text": limit_text(row.get("limit"), row.get("limit_unit")),
            "elapsed_text": elapsed_text(row),
            "reason_text": _why(row),
        }
        for row in found
    ]
    print_table(invocation, rows, _COLUMNS, empty=N_("No findings."))


def _why(row: Row) -> str:
    """Of a silent item also which: no other column names it."""
    reason = words.say_reason(row.get("reason"))
    return f"{reason} ({row['item_code']})" if row.get("subject_kind") == "item" else reason


def status_text(row: Row) -> str:
    """The state of a card, and whether the facts still bear it."""
    status = words.say(words.STATUSES, row.get("status"))
    if row.get("supported", True):
        return status
    return gettext("{status}, no longer supported").format(status=status)


def elapsed_text(row: Row) -> str:
    """In the unit of the limit; where there is none it was measured in seconds."""
    elapsed = row.get("elapsed")
    if elapsed is None or row.get("limit_unit"):
        return limit_text(elapsed, row.get("limit_unit"))
    return words.how_long(elapsed)


def limit_text(limit: float | None, unit: str | None) -> str:
    """A limit with its unit in words."""
    if limit is None:
        return ""
    return gettext("{length} {unit}").format(length=f"{limit:g}", unit=words.say(words.UNITS, unit))


def _print_csv(invocation: Invocation, found: Sequence[Row]) -> None:
    writer = csv.writer(invocation.out, lineterminator="\n")
    writer.writerow(FINDING_FIELDS)
    writer.writerows([_cell(row.get(name)) for name in FINDING_FIELDS] for row in found)


def _cell(value: Any) -> Any:
    """A text on one line; one a spreadsheet would take for a formula gets a leading apostrophe."""
    if not isinstance(value, str):
        return value
    text = plain(value)
    return "'" + text if text.lstrip()[:1] in _FORMULA or value[:1] in _BREAKS else text


_FORMULA, _BREAKS = ("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠"), ("\t", "\r", "\n")
