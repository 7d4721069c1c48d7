"""``hub db``: the store itself."""

from pathlib import Path

import click

from hub.cli.failures import DONE, FAILED
from hub.cli.grammar import argument, family, verb
from hub.cli.invocation import Invocation
from hub.cli.printing import plain, print_document, print_facts, print_lines
from hub.cli.sentences import told
from hub.i18n import N_, gettext

db = family("db", N_("Upgrade, back up or check the store."))


@verb("upgrade", N_("Bring the store's schema up to this version."))
def upgrade(invocation: Invocation) -> int:
    with invocation.app() as app:
        document = app.db_upgrade()
    if invocation.json:
        print_document(invocation, document)
    else:
        print_facts(invocation, list(document.items()))
    return DONE


@verb("backup", N_("Write a consistent copy of the store while it is in use."))
@argument(
    "file", type=click.Path(dir_okay=False, path_type=Path), help=N_("The file to write; it must not exist.")
)
def backup(invocation: Invocation, file: Path) -> int:
    with invocation.app() as app:
        document = app.db_backup(file)
    if invocation.json:
        print_document(invocation, document)
    else:
        print_lines(invocation, [gettext("Written:"), f"  {plain(file)}"])
    return DONE


@verb("check", N_("Check the store: sums, references, sealed fields, the integrity of the database."))
def check(invocation: Invocation) -> int:
    with invocation.app() as app:
        document = app.db_check()
    problems = document.get("problems", [])
    if invocation.json:
        print_document(invocation, document)
    else:
        shown = [
            plain(told(problem["message"] if isinstance(problem, dict) else problem)) for problem in problems
        ]
        print_lines(invocation, shown or [gettext("The store is in order.")])
    return FAILED if problems else DONE


for _command in (upgrade, backup, check):
    db.add_command(_command)
