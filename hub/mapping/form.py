"""The form of a flat record: its names in their order, and what stands around them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import msgspec
import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]
Words = NDArray[np.uint64]

_NAME = re.compile(rb'(\{|, ?)"([^"]*)":( ?)')
_VALUE = re.compile(rb'"[^"]*"|[^"{}\[\], ]+')
#: What ends one record and begins the next.
_SEAM = b"}\n{"
_text = msgspec.json.Decoder(str).decode


@dataclass(frozen=True, slots=True)
class Form:
    """``marks``: by name all that stands before its value, from the end of the value before it on.

    ``colons``: where in each of them the quote before the colon stands; ``widths``: how long each is.
    """

    names: tuple[str, ...]
    marks: tuple[bytes, ...]
    colons: Places
    widths: Places

    @classmethod
    def of(cls, raw: bytes) -> Self | None:
        """None where this is no flat object, or a name comes twice; a value need not be readable."""
        found = _fields(raw)
        try:
            names = tuple(_text(b'"' + name + b'"') for _, name, _ in found)
        except ValueError:
            return None
        if not names or len(set(names)) < len(names):
            return None
        marks = tuple(
            (_SEAM if opening == b"{" else opening) + b'"' + name + b'":' + blank
            for opening, name, blank in found
        )
        widths = np.fromiter(map(len, marks), np.intp)
        blanks = np.fromiter((len(blank) for _, _, blank in found), np.intp)
        return cls(names, marks, widths - 2 - blanks, widths)

    def words(self, done: int, step: int) -> tuple[Words, Words]:
        """Of each mark longer than ``done`` the ``step`` bytes from there on, and which of these count."""
        parts = [mark[done : done + step] for mark in self.marks if len(mark) > done]
        kept = b"".join((b"\xff" * len(part)).ljust(step, b"\0") for part in parts)
        wanted = b"".join(part.ljust(step, b"\0") for part in parts)
        shape = (len(parts), step // 8)
        return np.frombuffer(wanted, np.uint64).reshape(shape), np.frombuffer(kept, np.uint64).reshape(shape)


def _fields(raw: bytes) -> Sequence[tuple[bytes, bytes, bytes]]:
    """Of each field what stands before its name, the name, and what stands after its colon."""
    found: list[tuple[bytes, bytes, bytes]] = []
    at = 0
    while name := _NAME.match(raw, at):
        value = _VALUE.match(raw, name.end())
        if value is None or (name[1] == b"{") == bool(found):
            return ()
        found.append((name[1], name[2], name[3]))
        at = value.end()
    return found if raw[at:] == b"}" else ()
