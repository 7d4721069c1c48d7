"""Documents on stdout: JSON for programs, aligned tables for people, nothing that drives a terminal."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TextIO

from hub.cli.invocation import Invocation
from hub.i18n import gettext

Row = Mapping[str, Any]
#: A column: the key in the row, and the message id of its heading.
Column = tuple[str, str]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_WIDE_OPEN = 100_000


def plain(value: Any) -> str:
    """A value as text that cannot drive the terminal, on one line; absent is empty."""
    match value:
        case None:
            return ""
        case bool():
            return gettext("yes") if value else gettext("no")
        case float():
            return f"{value:g}" if abs(value) < 1e6 else f"{value:.2f}"
        case list() | tuple():
            return ", ".join(plain(item) for item in value)
        case Mapping():
            return ", ".join(f"{plain(key)}={plain(item)}" for key, item in value.items())
    return _CONTROL.sub(_visible, str(value))


def print_document(invocation: Invocation, document: Mapping[str, Any]) -> None:
    """The one JSON document of a run with --json."""
    ascii_only = not (invocation.out.encoding or "").lower().startswith("utf")
    indent = 2 if invocation.out.isatty() else None
    text = json.dumps(document, ensure_ascii=ascii_only, indent=indent, default=str)
    invocation.out.write(_lone_surrogates(text) + "\n")


def print_lines(invocation: Invocation, lines: Iterable[str]) -> None:
    """Lines for people, already plain; a newline after each."""
    for line in lines:
        invocation.out.write(f"{line}\n")


def print_table(
    invocation: Invocation, rows: Sequence[Row], columns: Sequence[Column], *, empty: str
) -> None:
    """An aligned table of documents; the sentence ``empty`` when there is nothing."""
    if not rows:
        print_lines(invocation, [gettext(empty)])
        return
    numeric = {
        index
        for index, (key, _) in enumerate(columns)
        if all(isinstance(row.get(key), int | float | None) for row in rows)
    }
    headings = [gettext(heading) for _, heading in columns]
    cells = ([_brief(plain(row.get(key))) for key, _ in columns] for row in rows)
    print_rows(invocation, headings, cells, numeric=numeric)


def print_rows(
    invocation: Invocation,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numeric: Collection[int] = (),
) -> None:
    """An aligned table of texts that are plain already; ``numeric`` columns stand to the right."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, heading in enumerate(headings):
        table.add_column(Text(heading), justify="right" if index in numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, style=_style(cell)) for cell in row))
    console(invocation.out).print(table)


def print_facts(invocation: Invocation, facts: Sequence[tuple[str, Any]]) -> None:
    """One fact a line, names aligned; absent ones are left out."""
    from rich.cells import cell_len

    shown = [(gettext(name), plain(value)) for name, value in facts if value is not None]
    width = max((cell_len(name) for name, _ in shown), default=0)
    print_lines(invocation, (f"{name}{' ' * (width - cell_len(name))}  {value}" for name, value in shown))


def console(stream: TextIO) -> Any:
    """A rich console that interprets nothing in the texts; off a terminal as wide as needed."""
    from rich.console import Console

    return Console(
        file=stream,
        markup=False,
        highlight=False,
        emoji=False,
        width=None if stream.isatty() else _WIDE_OPEN,
        soft_wrap=not stream.isatty(),
    )


def _brief(text: str) -> str:
    """In tables an instant is the city's wall clock to the second; the JSON has it exactly."""
    match = _INSTANT.fullmatch(text)
    return f"{match[1]} {match[2]}" if match else text


def _style(value: str) -> str:
    """Colour only for the words of severity and failure, and the word always says it too."""
    colours = {"red": "red", "yellow": "yellow", "failed": "red", "partial": "yellow"}
    return next((colour for word, colour in colours.items() if value == gettext(word)), "")


def _visible(match: re.Match[str]) -> str:
    char = match[0]
    return " " if char in "\n\r\t" else f"\\u{ord(char):04x}" if ord(char) > 255 else f"\\x{ord(char):02x}"


def _lone_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
