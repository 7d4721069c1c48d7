"""``hub init`` and ``hub check``: a new installation, and everything that is wrong with one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from hub.cli.failures import DONE, FAILED, MISUSED, NO_STORE
from hub.cli.grammar import argument, option, verb
from hub.cli.invocation import Invocation
from hub.cli.printing import plain, print_document, print_lines
from hub.cli.sentences import told
from hub.i18n import N_, gettext


@verb("init", N_("Make a new installation in DIR: hub.toml, plugins/, mappings/."))
@argument(
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help=N_("A folder that is new or empty."),
)
def init(invocation: Invocation, folder: Path) -> int:
    from hub.new_installation import make_installation

    files = make_installation(folder)
    if invocation.json:
        print_document(invocation, {"folder": str(folder), "files": [str(f) for f in files]})
        return DONE
    print_lines(invocation, [gettext("Written:"), *(f"  {plain(f)}" for f in files)])
    next_ = gettext("Next: describe your sources in {file}, then run: hub check")
    print_lines(invocation, [next_.format(file=plain(folder / "hub.toml"))])
    return DONE


@verb(
    "check",
    N_("Check configuration, plugins, mappings, calendar, store and each source: every fault at once."),
)
@option("--offline", is_flag=True, help=N_("Do not ask the sources."))
def check(invocation: Invocation, offline: bool) -> int:
    from hub.settings import read_settings

    invocation.start_logging()
    settings = read_settings(invocation.config_path(), invocation.env)
    with invocation.open(settings) as app:
        document = app.check(offline, now=invocation.now())
    read = [{"area": "config", **complaint.as_document()} for complaint in settings.complaints]
    problems = [*read, *(problem for problem in document["problems"] if problem not in read)]
    document = {**document, "problems": problems}
    if invocation.json:
        print_document(invocation, document)
    else:
        print_problems(invocation, problems, fine=N_("Everything is in order."))
    areas = {problem.get("area", "config") for problem in problems}
    if not areas:
        return DONE
    if areas <= {"source"}:
        return FAILED
    return NO_STORE if areas <= {"source", "store"} else MISUSED


def print_problems(invocation: Invocation, problems: Sequence[dict[str, Any]], *, fine: str) -> None:
    """Each fault with its place, what was found, and the remedy."""
    for problem in problems:
        place = plain(problem.get("file") or problem.get("source") or problem.get("area"))
        if problem.get("line"):
            place += f":{problem['line']}"
        found = plain(told(str(problem.get("found") or problem.get("message") or "")))
        parts = [place, plain(problem.get("key")), found]
        print_lines(invocation, [": ".join(part for part in parts if part)])
        if problem.get("remedy"):
            print_lines(invocation, ["    " + plain(told(str(problem["remedy"])))])
    if not problems:
        print_lines(invocation, [gettext(fine)])
