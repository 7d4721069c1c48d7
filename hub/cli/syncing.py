"""``hub sync``: pull, map, store; what each run counted."""

from typing import Any

import click

from hub.cli import words
from hub.cli.failures import DONE, FAILED, print_alarms
from hub.cli.grammar import argument, option, verb
from hub.cli.invocation import Invocation
from hub.cli.printing import Column, plain, print_document, print_lines, print_table
from hub.cli.progress import sync_progress
from hub.cli.sentences import told
from hub.cli.stopping import asked_to_stop
from hub.i18n import N_, gettext

COUNTS: tuple[Column, ...] = (
    ("received", N_("received")),
    ("inserted", N_("inserted")),
    ("updated", N_("updated")),
    ("unchanged", N_("unchanged")),
    ("quarantined", N_("quarantined")),
)


@verb(
    "sync",
    N_(
        "Pull sources into the store: all of them, or those named.\n\n"
        "A dry run writes nothing, holds no lock and gives the same counts."
    ),
)
@argument("sources", nargs=-1, metavar="[SOURCE]...", help=N_("The sources to pull; none: all."))
@option("--full", is_flag=True, help=N_("Ignore cursors, flags and files already taken: read everything."))
@option("--since", metavar="T", help=N_("Read from this instant or cursor value on."))
@option("--until", metavar="T", help=N_("Read up to this instant or cursor value."))
@option("--dry-run", is_flag=True, help=N_("Count only; write nothing."))
@option("--limit", type=click.IntRange(min=1), metavar="N", help=N_("Stop after N records of each stream."))
def sync(
    invocation: Invocation,
    sources: tuple[str, ...],
    full: bool,
    since: str | None,
    until: str | None,
    dry_run: bool,
    limit: int | None,
) -> int:
    with (
        invocation.app() as app,
        sync_progress(invocation) as progress,
        asked_to_stop(invocation.err) as stop,
    ):
        document = app.sync(
            sources,
            full=full,
            since=since,
            until=until,
            dry_run=dry_run,
            limit=limit,
            now=invocation.now,
            progress=progress,
            stop=stop,
        )
    if invocation.json:
        print_document(invocation, document)
    else:
        _print_runs(invocation, document, dry_run=dry_run)
    failed = any(run["status"] != "ok" for run in document["runs"]) or document.get("alarms")
    return FAILED if failed else DONE


def _print_runs(invocation: Invocation, document: dict[str, Any], *, dry_run: bool) -> None:
    runs = [{**run, "status_text": words.say(words.RUN_STATUSES, run["status"])} for run in document["runs"]]
    columns = (("source", N_("source")), ("status_text", N_("status")), *COUNTS)
    print_table(invocation, runs, columns, empty=N_("No sources are configured."))
    for run in runs:
        error = run.get("error")
        if error:
            text = gettext("{source}: {message}").format(source=run["source"], message=told(error["message"]))
            print_lines(invocation, [plain(text)])
            if error.get("remedy"):
                print_lines(invocation, ["  " + plain(told(error["remedy"]))])
    print_alarms(invocation, document)
    if dry_run:
        print_lines(invocation, [gettext("Dry run: nothing was written.")])
