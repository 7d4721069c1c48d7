"""Columns of text and identifiers, checked at once."""

from collections.abc import Sequence
from typing import Any
from unicodedata import is_normalized

from hub.mapping.cleaning import MAX_IDENTIFIER

_ASCII_MARK = "\x1f"  # parts the values of a joined column; being a control character it is in no clean one
_MARK = "█"  # the same where the printable is asked for
_PRINTABLE = bytes(range(32, 127))


def texts(values: Sequence[Any], kind: type) -> list[str] | None:
    """The values themselves if all are clean, or stripped if only that is missing."""
    if kind is int:
        return _numbers(values)
    if kind is not str or not values:
        return list(values) if not values else None
    joined = _ASCII_MARK.join(values)
    mark = _ASCII_MARK
    if joined.isascii():
        clean = len(joined.encode().translate(None, _PRINTABLE)) == len(values) - 1
    else:
        mark = _MARK
        joined = _MARK.join(values)
        clean = joined.isprintable() and is_normalized("NFC", joined)
    if not clean:
        return None
    if _blank_edges(joined, mark):
        stripped = list(map(str.strip, values))
        return stripped if all(stripped) else None
    return values if isinstance(values, list) else list(values)


def _blank_edges(joined: str, mark: str) -> bool:
    """Whether a value is empty, or begins or ends with a blank."""
    if not joined or joined[0] in (" ", mark) or joined[-1] in (" ", mark):
        return True
    return f"{mark} " in joined or f" {mark}" in joined or f"{mark}{mark}" in joined


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
