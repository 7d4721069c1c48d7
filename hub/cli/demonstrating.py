"""``hub demo``: the simulated city, found against planted."""

from collections.abc import Sequence
from pathlib import Path
from time import sleep
from typing import Any

import click

from hub.cli.failures import DONE, FAILED
from hub.cli.grammar import option, verb
from hub.cli.invocation import Invocation
from hub.cli.printing import plain, print_document, print_lines, print_table
from hub.cli.progress import sync_progress
from hub.cli.sentences import told
from hub.cli.stopping import Stop, asked_to_stop
from hub.i18n import N_, gettext

#: So many of what went wrong are named; the rest is in the JSON.
_SHOWN = 20
_DEPARTMENTS = (
    ("source", N_("source")),
    ("title", N_("department")),
    ("filings", N_("filings")),
    ("pulled", N_("pulled")),
    ("stored", N_("stored")),
    ("bad", N_("bad records planted")),
    ("quarantined", N_("quarantined")),
    ("planted", N_("planted")),
    ("found", N_("found")),
    ("missed", N_("missed")),
    ("false", N_("false")),
)
_MONITORS = (("monitor", N_("monitor")), *_DEPARTMENTS[-4:])


@verb(
    "demo",
    N_(
        "Start a simulated city, pull its departments over their real protocols, judge their cases,"
        " and print what was found against what was planted."
    ),
)
@option("--cases", type=click.IntRange(min=1), metavar="N", help=N_("How many cases the city has."))
@option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=N_("Work in this folder."),
)
@option("--keep", is_flag=True, help=N_("Keep the folder, to look around in with the other verbs."))
@option("--serve", is_flag=True, help=N_("Only open the departments, for hub.toml to be tried against them."))
def demo(invocation: Invocation, cases: int | None, folder: Path | None, keep: bool, serve: bool) -> int:
    from hub.demo.plan import CASES, DemoPlan
    from hub.demo.run import run_demo, serve_demo

    invocation.start_logging()
    plan = DemoPlan(cases=cases or CASES, folder=folder, keep=keep)
    if serve:
        print_lines(invocation, [gettext("The city's departments are open; Ctrl-C closes them.")])
        invocation.out.flush()
        with asked_to_stop(invocation.err) as stop:
            serve_demo(plan, lambda: _wait_for(stop))
        return DONE
    with sync_progress(invocation) as progress:
        document = run_demo(plan, progress)
    if invocation.json:
        print_document(invocation, document)
    else:
        _print_demo(invocation, document)
    return FAILED if document["exit_code"] else DONE


def _wait_for(stop: Stop) -> None:
    while not stop():
        sleep(0.2)


def _print_innocents(invocation: Invocation, patterns: Sequence[dict[str, Any]]) -> None:
    innocent = [row for row in patterns if row["innocent"]]
    if not innocent:
        return
    cases, false = (sum(row[name] for row in innocent) for name in ("cases", "false"))
    text = gettext(
        "Beside them {cases} cases of {kinds} kinds that look like a fault and are none: {false} accused."
    )
    print_lines(invocation, [text.format(cases=cases, kinds=len(innocent), false=false)])


def _print_demo(invocation: Invocation, document: dict[str, Any]) -> None:
    folder, missed, false = document.get("folder"), document.get("missed", ()), document.get("false", ())
    departments = document["departments"]
    shown = [column for column in _DEPARTMENTS if any(row.get(column[0]) is not None for row in departments)]
    print_table(invocation, departments, shown, empty=N_("No departments."))
    print_lines(invocation, [""])
    print_table(invocation, document["monitors"], _MONITORS, empty=N_("No monitors."))
    print_lines(invocation, [""])
    _print_innocents(invocation, document.get("patterns", ()))
    for title, wrong in ((N_("missed"), missed), (N_("false"), false)):
        for found in list(wrong)[:_SHOWN]:
            print_lines(invocation, [f"{gettext(title)}: {plain(found)}"])
    for failure in document.get("failures", ()):
        text = gettext("{source}: {message}").format(
            source=failure["source"], message=told(failure["message"])
        )
        print_lines(invocation, [plain(text)])
    if document.get("exit_code"):
        print_lines(invocation, [gettext("The demo missed or invented something, or a run failed.")])
    else:
        print_lines(invocation, [gettext("Every planted fault was found, and nothing was invented.")])
    if folder:
        config = Path(str(folder)) / "hub.toml"
        text = gettext("Look around: hub --config {file} findings").format(file=plain(config))
        print_lines(invocation, [text])
