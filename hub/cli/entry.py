"""Where a call of the command line begins and ends: language, streams, the verb, the exit code."""

import os
import sys
from collections.abc import Sequence
from typing import TextIO

import click

from hub import i18n
from hub.cli import failures
from hub.cli.invocation import Invocation
from hub.cli.verbs import root
from hub.errors import HubError
from hub.memory import leave_all
from hub.seclusion import seclude


def main() -> None:
    """Run the command line of this process."""
    seclude()
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        _never_crash_on_encoding(stream)
    code = run(sys.argv[1:], Invocation())
    leave_all()
    sys.exit(code)


def run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Run one command line to its exit code."""
    asked = _given("--lang", arguments)
    i18n.activate(i18n.choose_language(asked, invocation.env))
    invocation.json = "--json" in _before_separator(arguments)
    try:
        result = root.main(args=list(arguments), prog_name="hub", standalone_mode=False, obj=invocation)
        code = result if isinstance(result, int) else failures.DONE
        invocation.out.flush()
        return code
    except click.exceptions.NoArgsIsHelpError as error:
        invocation.err.write(error.format_message() + "\n")
        return failures.MISUSED
    except click.ClickException as error:
        return failures.report_usage(invocation, error)
    except HubError as error:
        return failures.report(invocation, error)
    except (click.Abort, KeyboardInterrupt):
        invocation.err.write(i18n.gettext("Aborted!") + "\n")
        return failures.INTERRUPTED
    except BrokenPipeError:
        _swallow_stdout()
        return failures.DONE
    except Exception as error:  # noqa: BLE001 the last door: a bug is told, not dumped
        return failures.report_bug(invocation, error)


def _nowhere() -> TextIO:
    """In place of a stream that was closed when the process started."""
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def _never_crash_on_encoding(stream: TextIO) -> None:
    """A GBK or C terminal shows a replacement instead of ending the run."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="replace")


def _swallow_stdout() -> None:
    """The reader of our output left; without this Python complains once more while it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _given(name: str, arguments: Sequence[str]) -> str | None:
    """The value of an option, wherever it stands: help and errors need the language before parsing."""
    words = _before_separator(arguments)
    for index, word in enumerate(words):
        if word == name and index + 1 < len(words):
            return words[index + 1]
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None


def _before_separator(arguments: Sequence[str]) -> list[str]:
    words = list(arguments)
    return words[: words.index("--")] if "--" in words else words
