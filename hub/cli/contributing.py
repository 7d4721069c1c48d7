"""``hub plugin`` and ``hub mapping``: for those who connect a department."""

from pathlib import Path
from typing import Any

import click

from hub.cli import words
from hub.cli.failures import DONE, FAILED, MISUSED
from hub.cli.grammar import argument, family, option, verb
from hub.cli.installing import print_problems
from hub.cli.invocation import Invocation
from hub.cli.printing import plain, print_document, print_facts, print_lines, print_table
from hub.cli.sentences import told
from hub.i18n import N_, gettext
from hub.roles import SOURCE_KINDS

plugin = family("plugin", N_("List, start or test plugins."))
mapping = family("mapping", N_("Check mappings, or try one on a record."))


@verb("list", N_("List the plugins found: loaded, failed or blocked, and why."))
def list_(invocation: Invocation) -> int:
    with invocation.app() as app:
        document = app.plugin_list()
    if invocation.json:
        print_document(invocation, document)
        return DONE
    rows = [
        {**row, "state_text": words.say(words.PLUGIN_STATES, row.get("state"))} for row in document["plugins"]
    ]
    columns = (
        ("name", N_("name")),
        ("title", N_("title")),
        ("kind", N_("kind")),
        ("monitors", N_("monitors")),
        ("state_text", N_("state")),
        ("why", N_("why")),
    )
    print_table(invocation, rows, columns, empty=N_("No plugins were found."))
    return DONE


@verb("new", N_("Start a plugin: manifest, code, a case, and a mapping to fill in."))
@argument("name", help=N_("The plugin's name: small letters, digits and _."))
@option(
    "--kind", type=click.Choice(SOURCE_KINDS), default="rest", show_default=True, help=N_("What it speaks.")
)
def new(invocation: Invocation, name: str, kind: str) -> int:
    with invocation.app() as app:
        document = app.plugin_new(name, kind)
    if invocation.json:
        print_document(invocation, document)
    else:
        print_lines(invocation, [gettext("Written:"), *(f"  {plain(f)}" for f in document.get("files", ()))])
    return DONE


@verb("test", N_("Run the cases of a plugin."))
@argument("name", help=N_("The plugin's name."))
def test(invocation: Invocation, name: str) -> int:
    with invocation.app() as app:
        document = app.plugin_test(name, now=invocation.now())
    cases = document.get("cases", [])
    failed = [case for case in cases if not case.get("ok")]
    if invocation.json:
        print_document(invocation, document)
    else:
        columns = (("name", N_("test case")), ("ok", N_("passed")), ("message", N_("message")))
        print_table(invocation, cases, columns, empty=N_("The plugin has no cases."))
        print_lines(invocation, [plain(problem) for problem in document.get("problems", ())])
    return FAILED if failed or document.get("problems") else DONE


@verb("check", N_("Check mappings and run their examples: every fault at once."))
@argument("names", nargs=-1, metavar="[NAME]...", help=N_("The mappings to check; none: all."))
def check(invocation: Invocation, names: tuple[str, ...]) -> int:
    with invocation.app() as app:
        document = app.mapping_check(names)
    problems = document.get("problems", [])
    if invocation.json:
        print_document(invocation, document)
    else:
        print_problems(invocation, problems, fine=N_("Every mapping is in order."))
    return MISUSED if problems else DONE


@verb("try", N_("Map the record in FILE and show each field's way: source, raw value, steps, result."))
@argument("name", help=N_("The mapping's name."))
@argument("stream", help=N_("The stream the record belongs to."))
@argument(
    "file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help=N_("A file with one JSON record."),
)
def try_(invocation: Invocation, name: str, stream: str, file: Path) -> int:
    with invocation.app() as app:
        document = app.mapping_try(name, stream, file)
    if invocation.json:
        print_document(invocation, document)
    else:
        _print_trace(invocation, document)
    return DONE


def _print_trace(invocation: Invocation, document: dict[str, Any]) -> None:
    columns = (
        ("record", N_("record kind")),
        ("field", N_("field")),
        ("source", N_("source path")),
        ("raw", N_("raw value")),
        ("steps", N_("steps")),
        ("result", N_("result")),
        ("error", N_("error")),
    )
    rows = [{**row, "error": row["error"] and told(row["error"])} for row in document["fields"]]
    print_table(invocation, rows, columns, empty=N_("The mapping names no fields for this record."))
    rejected = document.get("rejected") or {}
    facts = (
        (N_("records"), [f"{r['kind']} {r['key'] or ''}" for r in document.get("records", ())]),
        (N_("rejected"), told(rejected["message"]) if rejected else None),
        (N_("source fields the mapping does not name"), document.get("unnamed") or None),
    )
    print_facts(invocation, facts)


for _command in (list_, new, test):
    plugin.add_command(_command)
for _command in (check, try_):
    mapping.add_command(_command)
