"""Columns of text and identifiers, checked at once."""

from collections.abc import Sequence
from typing import Any
from unicodedata import is_normalized

from hub.mapping.cleaning import MAX_IDENTIFIER

_CONTROL = "\x1f"  # parts the values of a joined column; being a control character it is in no clean one
_BLOCK = "█"  # the same where only the printable will do
_INK = bytes(range(33, 127))


def texts(values: Sequence[Any], kind: type) -> list[str] | None:
    """The values themselves if all are clean, or stripped if only that is missing."""
    if kind is int:
        return _numbers(values)
    if kind is not str or not all(values):
        return None
    edged = _ascii_edges(values) if values[0].isascii() else None
    if edged is None:
        edged = _edges(values)
    if edged is None:
        return None
    if edged:
        stripped = list(map(str.strip, values))
        return stripped if all(stripped) else None
    return values if isinstance(values, list) else list(values)


def clean_body(joined: str) -> bool:
    """Whether texts written one after the other hold nothing that would have to be cleaned away.

    A normal form may differ across the seams only where a text begins with a combining mark.
    """
    return joined.isprintable() and (joined.isascii() or is_normalized("NFC", joined))


def _ascii_edges(values: Sequence[str]) -> bool | None:
    """Whether any value of a clean ASCII column begins or ends with a blank; None: not such a column."""
    joined = _CONTROL.join(values)
    if not joined.isascii():
        return None
    blanks = joined.encode().translate(None, _INK)
    marks = len(values) - 1
    if len(blanks) == marks:
        return False if blanks.count(b"\x1f") == marks else None
    if len(blanks) != marks + blanks.count(b" "):
        return None
    return _blank_edges(joined, _CONTROL)


def _edges(values: Sequence[str]) -> bool | None:
    joined = _BLOCK.join(values)
    if not joined.isprintable() or not is_normalized("NFC", joined):
        return None
    return " " in joined and _blank_edges(joined, _BLOCK)


def _blank_edges(joined: str, mark: str) -> bool:
    return joined[0] == " " or joined[-1] == " " or f"{mark} " in joined or f" {mark}" in joined


def identifiers(values: Sequence[Any], kind: type) -> list[str] | None:
    """As texts, none too long."""
    found = texts(values, kind)
    if found and max(map(len, found)) > MAX_IDENTIFIER:
        return None
    return found


def _numbers(values: Sequence[int]) -> list[str] | None:
    if max(values) >= 2**64 or min(values) <= -(2**64):
        return None
    return list(map(str, values))
