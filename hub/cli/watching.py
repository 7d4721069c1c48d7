"""``hub status`` and ``hub runs``: how the sources are, and how they were."""

import click

from hub.cli import words
from hub.cli.failures import DONE, print_alarms
from hub.cli.grammar import argument, option, verb
from hub.cli.invocation import Invocation
from hub.cli.printing import print_document, print_table
from hub.cli.syncing import COUNTS
from hub.i18n import N_


@verb("status", N_("Show each source: last run, freshness, counts, quarantine, alarms, next run."))
def status(invocation: Invocation) -> int:
    with invocation.app() as app:
        document = app.status(invocation.now())
    if invocation.json:
        print_document(invocation, document)
        return DONE
    rows = [
        {
            **row,
            "state_text": words.say(words.RUN_STATUSES, row.get("state")),
            "age": words.how_long(row.get("age_s")),
            "alarm_count": len(row.get("alarms") or ()) or None,
        }
        for row in document["sources"]
    ]
    columns = (
        ("source", N_("source")),
        ("state_text", N_("state")),
        ("last_success_at", N_("last success")),
        ("age", N_("age")),
        ("cases", N_("cases")),
        ("quarantined", N_("quarantined")),
        ("next_run_at", N_("next run")),
        ("alarm_count", N_("alarms")),
    )
    print_table(invocation, rows, columns, empty=N_("No sources are configured."))
    print_alarms(invocation, document)
    return DONE


@verb("runs", N_("List past runs, the latest first."))
@argument("source", required=False, help=N_("Runs of one source; none: of all."))
@option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help=N_("At most so many."))
def runs(invocation: Invocation, source: str | None, limit: int) -> int:
    with invocation.app() as app:
        document = app.runs(source, limit)
    if invocation.json:
        print_document(invocation, document)
        return DONE
    rows = [{**row, "status_text": words.say(words.RUN_STATUSES, row["status"])} for row in document["runs"]]
    columns = (
        ("run_id", N_("run")),
        ("source", N_("source")),
        ("status_text", N_("status")),
        ("started_at", N_("started")),
        ("finished_at", N_("finished")),
        *COUNTS,
    )
    print_table(invocation, rows, columns, empty=N_("No runs yet."))
    return DONE
