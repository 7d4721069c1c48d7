"""``hub calendar`` and ``hub workdays``: which days are worked, and counting them."""

from pathlib import Path
from typing import Any

import click

from hub.cli import words
from hub.cli.failures import DONE, FAILED
from hub.cli.grammar import argument, family, option, verb
from hub.cli.invocation import Invocation
from hub.cli.printing import plain, print_document, print_facts, print_lines, print_table
from hub.i18n import N_, gettext

calendar = family("calendar", N_("Show, import or check the calendar of working days."))
workdays = family("workdays", N_("Count working days."))

_DAYS = (
    ("date", N_("date")),
    ("working", N_("working")),
    ("kind", N_("kind")),
    ("name", N_("name")),
    ("notice", N_("notice")),
)
_KNOWN_AT = N_("Use the calendar as it was known by then.")


@verb("show", N_("Show the days of a year that are not what their weekday says."))
@argument("year", type=click.IntRange(1970, 2200), help=N_("The year."))
def show(invocation: Invocation, year: int) -> int:
    with invocation.app() as app:
        document = app.calendar_show(year)
    if invocation.json:
        print_document(invocation, document)
        return DONE
    special = [day for day in document["days"] if day.get("kind") not in ("weekday", "weekend")]
    rows = [{**day, "kind": words.say(words.DAYS, day.get("kind"))} for day in special]
    print_table(invocation, rows, _DAYS, empty=N_("No notice covers this year."))
    facts = (
        (N_("working days in all"), document.get("working_days")),
        (N_("settled until"), document.get("horizon")),
        (N_("calendar"), document.get("calendar_version")),
    )
    print_facts(invocation, facts)
    return DONE


@verb("import", N_("Import a notice: a CSV of days, or the notice's own sentences as text."))
@argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=N_("The file."))
@option("--dry-run", is_flag=True, help=N_("Show what would change; write nothing."))
def import_(invocation: Invocation, file: Path, dry_run: bool) -> int:
    with invocation.app() as app:
        document = app.calendar_import(file, dry_run=dry_run, now=invocation.now())
    if invocation.json:
        print_document(invocation, document)
        return DONE
    facts = (
        (N_("title"), document.get("title")),
        (N_("notice"), document.get("number")),
        (N_("known from"), document.get("published")),
        (N_("cases to be judged again"), document.get("rejudged")),
    )
    print_facts(invocation, facts)
    columns = (*_DAYS[:2], ("name", N_("name")), ("changed", N_("changed")))
    print_table(invocation, document.get("days", []), columns, empty=N_("The notice names no days."))
    if dry_run:
        print_lines(invocation, [gettext("Dry run: nothing was written.")])
    return DONE


@verb("check", N_("Check the calendar: missing notices, days on which its sources disagree."))
def check(invocation: Invocation) -> int:
    with invocation.app() as app:
        document = app.calendar_check(now=invocation.now())
    faults = document["faults"]
    if invocation.json:
        print_document(invocation, document)
        return FAILED if _alarming(faults) else DONE
    for fault in faults:
        params = {key: value for key, value in fault.items() if key not in ("kind", "alarm")}
        print_lines(invocation, [f"{words.say(words.CALENDAR_FAULTS, fault['kind'])} {plain(params)}"])
    if not faults:
        print_lines(invocation, [gettext("The calendar is in order.")])
    return FAILED if _alarming(faults) else DONE


def _alarming(faults: list[dict[str, Any]]) -> bool:
    """Whether someone must act; a disagreement that a notice decides is only told."""
    return any(fault.get("alarm", fault["kind"] == "notice_missing") for fault in faults)


@verb("add", N_("The date N working days after DATE; the starting day is not counted."))
@argument("date", help=N_("A date, such as 2012-09-24."))
@argument("n", type=click.IntRange(-100_000, 100_000), help=N_("How many working days."))
@option("--calendar-known-at", metavar="K", help=_KNOWN_AT)
def add(invocation: Invocation, date: str, n: int, calendar_known_at: str | None) -> int:
    with invocation.app() as app:
        document = app.workdays_add(date, n, calendar_known_at=calendar_known_at)
    return _print_count(invocation, document, document.get("date"))


@verb("between", N_("How many working days lie after A, up to and including B."))
@argument("a", help=N_("A date, such as 2012-09-24."))
@argument("b", help=N_("A date, such as 2012-09-29."))
@option("--calendar-known-at", metavar="K", help=_KNOWN_AT)
def between(invocation: Invocation, a: str, b: str, calendar_known_at: str | None) -> int:
    with invocation.app() as app:
        document = app.workdays_between(a, b, calendar_known_at=calendar_known_at)
    return _print_count(invocation, document, document.get("working_days"))


def _print_count(invocation: Invocation, document: dict[str, Any], answer: Any) -> int:
    if invocation.json:
        print_document(invocation, document)
        return DONE
    print_lines(invocation, [plain(answer)])
    if document.get("provisional"):
        text = gettext("Provisional: it rests on days no notice has settled yet.")
        invocation.err.write(text + "\n")
    return DONE


for _command in (show, import_, check):
    calendar.add_command(_command)
for _command in (add, between):
    workdays.add_command(_command)
