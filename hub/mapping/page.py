"""Raw records as one body of bytes, with the places that whoever cuts it asks for."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hub.mapping.cut_columns import Flags, Places
from hub.mapping.plain_text import is_clean
from hub.model.utf8 import is_utf8

Units = NDArray[np.uint8]

_QUOTE = ord('"')
#: What stands before the first record, so that it begins as every other one: after the end of one.
_LEAD = b"}"
#: So far one may look beyond the last record.
REACH = 64


class Page:
    """Records joined by line feeds: ``told`` are their bytes, ``units`` some more beyond the last.

    Record n lies from ``starts[n]`` to ``ends[n]``.
    """

    def __init__(self, raws: Sequence[bytes]) -> None:
        self.raws = raws
        self.body = b"\n".join((_LEAD, *raws, bytes(REACH)))
        self.units: Units = np.frombuffer(self.body, np.uint8)
        self.told = self.units[: -REACH - 1]

    def __len__(self) -> int:
        return len(self.raws)

    @cached_property
    def ends(self) -> Places:
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
