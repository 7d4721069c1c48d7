"""Errors as people read them, and the exit code of each reaction."""

import traceback
from collections.abc import Mapping
from typing import Any

import click

from hub.cli.invocation import Invocation
from hub.cli.printing import plain, print_document, print_lines
from hub.cli.sentences import told
from hub.errors import ConfigError, HubError, StoreError
from hub.i18n import gettext, ngettext

_MOST_OF_A_BUG = 300
DONE, FAILED, MISUSED, NO_STORE, INTERRUPTED = 0, 1, 2, 3, 130


def exit_code(error: HubError) -> int:
    """The exit code of each branch of the error tree."""
    if isinstance(error, ConfigError):
        return MISUSED
    return NO_STORE if isinstance(error, StoreError) else FAILED


def report(invocation: Invocation, error: HubError) -> int:
    """Tell a person on stderr what was attempted, found, and to do; with --json the same on stdout."""
    write = invocation.err.write
    write(gettext("Error: {message}").format(message=_lines(told(error.message))) + "\n")
    complaints = list(getattr(error, "complaints", ()))
    for complaint in complaints:
        place = f"{complaint.file}:{complaint.line}" if complaint.line else complaint.file
        text = f"{place}: {complaint.key}: {told(complaint.found)}; {told(complaint.remedy)}"
        write(f"  {_lines(text)}\n")
    if error.remedy:
        write(gettext("What to do: {remedy}").format(remedy=_lines(told(error.remedy))) + "\n")
    if len(complaints) > 1:
        n = len(complaints)
        write(ngettext("{n} fault in all.", "{n} faults in all.", n).format(n=n) + "\n")
    detail = getattr(error, "detail", "")
    if detail and invocation.verbosity:
        write(f"{_lines(detail)}\n")
    if invocation.json:
        print_document(invocation, {"error": as_document(error)})
    return exit_code(error)


def report_usage(invocation: Invocation, error: click.ClickException) -> int:
    """click's own complaint about the command line."""
    error.show(file=invocation.err)
    if invocation.json:
        print_document(
            invocation, {"error": {"kind": "usage", "message": error.format_message(), "remedy": ""}}
        )
    return MISUSED


def report_bug(invocation: Invocation, error: Exception) -> int:
    """Anything nobody raised on purpose; the traceback goes through the redaction of the log."""
    from hub.log import redact_text

    first = next(iter(str(error).splitlines()), "")  # the rest may hold values of records
    message = redact_text(f"{type(error).__name__}: {first}")[:_MOST_OF_A_BUG]
    text = gettext("Error: the Hub itself failed, which is a bug: {message}").format(message=plain(message))
    invocation.err.write(text + "\n")
    if invocation.verbosity:
        invocation.err.write(_lines(redact_text("".join(traceback.format_exception(error)))) + "\n")
    else:
        invocation.err.write(gettext("What to do: run it again with -v and report what it prints.") + "\n")
    if invocation.json:
        print_document(invocation, {"error": {"kind": "bug", "message": message, "remedy": ""}})
    return FAILED


def as_document(error: HubError) -> dict[str, Any]:
    """The error as JSON, with its complaints where it has any."""
    document: dict[str, Any] = {"kind": error.kind, "message": error.message, "remedy": error.remedy}
    if isinstance(error, ConfigError):
        document["complaints"] = [complaint.as_document() for complaint in error.complaints]
    return document


def print_alarms(invocation: Invocation, document: Mapping[str, Any]) -> None:
    """The alarms of a document, a line each."""
    alarms = [plain(told(alarm["message"])) for alarm in document.get("alarms", ())]
    print_lines(invocation, [gettext("Alarm: {message}").format(message=alarm) for alarm in alarms])


def _lines(text: str) -> str:
    return "\n".join(plain(line) for line in text.splitlines())
