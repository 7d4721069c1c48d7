"""Help pages whose Chinese lines wrap at the terminal's columns, not at its characters."""

import unicodedata
from collections.abc import Iterable

import click


class WideHelpFormatter(click.HelpFormatter):
    """click's formatter, measuring in columns."""

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        for paragraph in text.split("\n\n"):
            for line in wrap(" ".join(paragraph.split()), self.width - self.current_indent):
                self.write(f"{indent}{line}\n")
            self.write("\n")
        self.buffer[-1] = ""

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows = list(rows)
        first = min(max((columns(term) for term, _ in rows), default=0), col_max) + col_spacing
        for term, text in rows:
            lines = wrap(text, max(self.width - first - self.current_indent, 20)) or [""]
            gap = first - columns(term)
            start = f"{'':{self.current_indent}}{term}"
            rest = f"{'':{self.current_indent + first}}"
            self.write(f"{start}{'':{gap}}{lines[0]}\n" if gap > 0 else f"{start}\n{rest}{lines[0]}\n")
            for line in lines[1:]:
                self.write(f"{rest}{line}\n")


def columns(text: str) -> int:
    """How many terminal columns the text takes: wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1
        for char in text
    )


def wrap(text: str, width: int) -> list[str]:
    """Greedy lines of at most ``width`` columns, broken at spaces and beside wide characters."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and columns(line) + columns(piece.rstrip()) > width and not piece.startswith(_NEVER_FIRST):
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


#: Chinese punctuation that must not begin a line.
_NEVER_FIRST = tuple("，。、；：？！）》」』】”’…")


def _pieces(text: str) -> list[str]:
    """The text cut wherever a line may break: after a space, and on both sides of a wide character."""
    pieces: list[str] = []
    word = ""
    for char in text:
        wide = unicodedata.east_asian_width(char) in "WF"
        if wide and word:
            pieces.append(word)
            word = ""
        word += char
        if wide or char == " ":
            pieces.append(word)
            word = ""
    return [*pieces, word] if word else pieces
