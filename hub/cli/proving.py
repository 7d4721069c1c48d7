"""``hub explain`` and ``hub case``: one case, its proof and its versions."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from hub.cli import words
from hub.cli.failures import DONE
from hub.cli.grammar import argument, option, verb
from hub.cli.invocation import Invocation
from hub.cli.printing import plain, print_document, print_facts, print_lines, print_rows, print_table
from hub.cli.proof import sections
from hub.cli.section import Section
from hub.i18n import N_, current_language, gettext

_SOURCE = N_("The source the case came from.")
_CASE_NO = N_("The case number within that source.")


@verb("explain", N_("Prove the verdicts on one case, computed afresh: facts, limits, days, law."))
@argument("source", help=_SOURCE)
@argument("case_no", help=_CASE_NO)
@option("--as-of", metavar="T", help=N_("The instant judged as now: later events have not happened."))
@option("--known-at", metavar="K", help=N_("Use only what the Hub knew by then."))
@option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=N_("Write a printable page."),
)
def explain(
    invocation: Invocation,
    source: str,
    case_no: str,
    as_of: str | None,
    known_at: str | None,
    html: Path | None,
) -> int:
    with invocation.app() as app:
        document = app.explain(source, case_no, as_of=as_of, known_at=known_at, now=invocation.now())
    if html:
        from hub.cli.proof_page import page

        html.write_text(page(sections(document), current_language().replace("_", "-")), "utf-8")
    if invocation.json:
        print_document(invocation, document)
    elif html:
        print_lines(invocation, [gettext("Written:"), f"  {plain(html)}"])
    else:
        _print_sections(invocation, sections(document))
    return DONE


@verb("case", N_("Show one case: its record, and with --history every version of its rows."))
@argument("source", help=_SOURCE)
@argument("case_no", help=_CASE_NO)
@option("--history", is_flag=True, help=N_("Show every version of every row."))
def case(invocation: Invocation, source: str, case_no: str, history: bool) -> int:
    with invocation.app() as app:
        document = app.case(source, case_no, history=history)
    if invocation.json:
        print_document(invocation, document)
        return DONE
    facts = [
        (words.say_field(name), words.say_value(name, value))
        for name, value in document["record"].items()
        if value not in (None, False)
    ]
    print_facts(invocation, facts)
    if document.get("rows"):
        print_lines(invocation, ["", gettext("Rows")])
        _print_versions(invocation, document["rows"])
    if history:
        print_lines(invocation, ["", gettext("Versions")])
        _print_versions(invocation, document["versions"])
    return DONE


def _print_versions(invocation: Invocation, rows: list[dict[str, Any]]) -> None:
    columns = (
        ("kind", N_("kind")),
        ("key", N_("key")),
        ("stream", N_("stream")),
        ("from", N_("from")),
        ("to", N_("to")),
        ("run_id", N_("run")),
        ("values", N_("values")),
    )
    kept = [column for column in columns if any(row.get(column[0]) is not None for row in rows)]
    print_table(invocation, rows, kept, empty=N_("No versions."))


def _print_sections(invocation: Invocation, parts: Iterable[Section]) -> None:
    for section in parts:
        print_lines(invocation, ["", section.title] if section.level > 1 else [section.title])
        print_facts(invocation, section.facts)
        if section.rows:
            print_rows(invocation, section.headings, section.rows)
