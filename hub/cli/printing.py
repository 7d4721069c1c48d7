"""Documents on stdout: JSON for programs, aligned tables for people, nothing that drives a terminal."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from hub.cli.invocation import Invocation
from hub.cli.wrapping import columns as columns_of
from hub.i18n import gettext

Row = Mapping[str, Any]
#: A column: the key in the row, and the message id of its heading.
Column = tuple[str, str]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
#: What JSON leaves as it is and a terminal obeys.
_DRIVING = re.compile(r"[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


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
    text = _DRIVING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
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
    cells = ([brief(plain(row.get(key))) for key, _ in columns] for row in rows)
    print_rows(invocation, headings, cells, numeric=numeric)


def print_rows(
    invocation: Invocation,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numeric: Collection[int] = (),
) -> None:
    """An aligned table of texts that are plain already; ``numeric`` columns stand to the right."""
    # Not rich's table, because it takes 2 ms a row and folds cells until nobody can read them.
    table = [list(headings), *(list(row) for row in rows)]
    widths = [max(map(columns_of, column)) for column in zip(*table, strict=True)]
    colours = _colours() if invocation.out.isatty() and "NO_COLOR" not in invocation.env else {}
    for row in table:
        cells = (
            _padded(cell, width, right=index in numeric, colour=colours.get(cell))
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        invocation.out.write("  ".join(cells).rstrip() + "\n")


def print_facts(invocation: Invocation, facts: Sequence[tuple[str, Any]]) -> None:
    """One fact a line, names aligned; absent ones are left out."""
    shown = [(gettext(name), brief(plain(value))) for name, value in facts if value is not None]
    width = max((columns_of(name) for name, _ in shown), default=0)
    print_lines(invocation, (f"{_padded(name, width)}  {value}" for name, value in shown))


def brief(text: str) -> str:
    """For people an instant is the city's wall clock to the second; the JSON has it exactly."""
    match = _INSTANT.fullmatch(text)
    return f"{match[1]} {match[2]}" if match else text


def _padded(cell: str, width: int, *, right: bool = False, colour: str | None = None) -> str:
    gap = " " * (width - columns_of(cell))
    text = f"\x1b[{colour}m{cell}\x1b[0m" if colour else cell
    return gap + text if right else text + gap


def _colours() -> dict[str, str]:
    """Colour only for the words of severity and failure, and the word always says it too."""
    words = {"red": "31", "yellow": "33", "failed": "31", "partial": "33"}
    return {gettext(word): colour for word, colour in words.items()}


def _visible(match: re.Match[str]) -> str:
    char = match[0]
    return " " if char in "\n\r\t" else f"\\u{ord(char):04x}" if ord(char) > 255 else f"\\x{ord(char):02x}"


def _lone_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
