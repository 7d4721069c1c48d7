"""``hub calendar`` and ``hub workdays``: which days are worked, and counting them."""

from pathlib import Path
from typing import Any

import click

from hub.cli.failures import DONE, FAILED
from hub.cli.grammar import argument, family, option, verb
from hub.cli.invocation import Invocation
from hub.cli.printing import plain, print_document, print_facts, print_lines, print_table
from hub.i18n import N_, gettext

calendar = family("calendar", N_("Show, import or check the calendar of working days."))
workdays = family("workdays", N_("Count working days."))

_KNOWN_AT = N_("Use the calendar as it was known by then.")


@verb("show", N_("Show the days of a year that are not what their weekday says."))
@argument("year", type=click.IntRange(1970, 2200), help=N_("The year."))
def show(invocation: Invocation, year: int) -> int:
    with invocation.app() as app:
        document = app.calendar_show(year)
    if invocation.json:
        print_document(invocation, document)
        return DONE
    columns = (
        ("date", N_("date")),
        ("working", N_("working")),
        ("name", N_("name")),
        ("notice", N_("notice")),
        ("known_from", N_("known from")),
    )
    print_table(invocation, document.get("days", []), columns, empty=N_("No notice covers this year."))
    _print_rest(invocation, document, "days")
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
    _print_rest(invocation, document)
    if dry_run:
        print_lines(invocation, [gettext("Dry run: nothing was written.")])
    return DONE


@verb("check", N_("Check the calendar: missing notices, days on which its sources disagree."))
def check(invocation: Invocation) -> int:
    with invocation.app() as app:
        document = app.calendar_check(now=invocation.now())
    faults = document.get("alarms") or document.get("problems") or []
    if invocation.json:
        print_document(invocation, document)
    else:
        _print_rest(invocation, document, "alarms", "problems")
        messages = [plain(gettext(str(fault.get("message") or fault))) for fault in faults]
        print_lines(invocation, messages or [gettext("The calendar is in order.")])
    return FAILED if faults else DONE


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


def _print_rest(invocation: Invocation, document: dict[str, Any], *apart: str) -> None:
    scalars = [(key, value) for key, value in document.items() if key not in apart]
    print_facts(invocation, scalars)


for _command in (show, import_, check):
    calendar.add_command(_command)
for _command in (add, between):
    workdays.add_command(_command)
