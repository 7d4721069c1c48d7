"""Raw records as one body of bytes, with the places that whoever cuts it asks for.

What many JSON writers escape though they need not, everything beyond ASCII, is written out here at once:
the body is then what the records would be without.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hub.mapping.cut_columns import Flags, Places
from hub.mapping.plain_text import is_clean
from hub.model.utf8 import is_utf8

Units = NDArray[np.uint8]

_QUOTE, _LINE_FEED = b'"\n'
#: What stands before the first record, so that it begins as every other one: after the end of one.
_LEAD = b"}"
#: The first byte that is not ASCII.
_BEYOND = 0x80
#: So far one may look beyond the last record.
REACH = 64


class Page:
    """Records joined by line feeds: ``told`` are their bytes, ``units`` some more beyond the last.

    Record n lies from ``starts[n]`` to ``ends[n]``.
    """

    def __init__(self, raws: Sequence[bytes]) -> None:
        self.raws = raws
        self.body = b"\n".join((_LEAD, *raws, bytes(REACH)))
        if b"\\" in self.body and self._lined():
            self.body = _written_out(self.body)
        self.units: Units = np.frombuffer(self.body, np.uint8)
        self.told = self.units[: -REACH - 1]

    def __len__(self) -> int:
        return len(self.raws)

    def _lined(self) -> bool:
        """Whether each record has a line of its own."""
        return self.body.count(b"\n") == len(self) + 1

    @property
    def first(self) -> bytes:
        """The first record."""
        begin = len(_LEAD) + 1
        return self.body[begin : self.body.index(b"\n", begin)]

    @cached_property
    def ends(self) -> Places:
        if self._lined():
            return np.flatnonzero(self.units == _LINE_FEED)[1:]
        sizes = np.fromiter(map(len, self.raws), np.intp, len(self))
        return np.cumsum(sizes + 1) + len(_LEAD)

    @cached_property
    def starts(self) -> Places:
        return np.append(len(_LEAD), self.ends[:-1]) + 1

    @cached_property
    def is_quote(self) -> Flags:
        found: Flags = self.told == _QUOTE
        return found

    @cached_property
    def quotes(self) -> Places:
        """Where a quote stands."""
        return np.flatnonzero(self.is_quote)

    @cached_property
    def is_utf8(self) -> bool:
        return is_utf8(self.body)

    @property
    def clean(self) -> bool:
        """Whether no text holds what would have to be cleaned away, but perhaps blanks at its ends."""
        return self.is_utf8 and is_clean(self.body)

    @property
    def escapes(self) -> bool:
        return b"\\" in self.body


def _written_out(body: bytes) -> bytes:
    """The same with characters beyond ASCII written out where they are escaped; as it is unless that is sure.

    Python's raw escapes are JSON's but for two: it reads \\U, and half a character of two (which then cannot
    be encoded). An escaped character of ASCII might be a quote, so there must be none.
    """
    if not body.isascii() or b"\\u" not in body or (b"U" in body and b"\\U" in body):
        return body
    try:
        text = body.decode("raw_unicode_escape")
        written = text.encode()
    except UnicodeError:
        return body
    escapes = (len(body) - len(text)) // len(r"u4e2d")
    plain = np.count_nonzero(np.frombuffer(written, np.uint8) < _BEYOND)
    return written if plain == len(text) - escapes else body
