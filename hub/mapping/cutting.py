"""Raw records of one form cut into columns, without decoding them one by one.

A department's records are mostly written by one program: the same names in the same order, the same
blanks, no quote within a text. Then every value lies between two marks that are found in all records at
once. What is not exactly so is not cut at all, but decoded: ``cut`` vouches for what it returns.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hub.mapping.cut_columns import Cut
from hub.mapping.form import Form, Places
from hub.mapping.plain_text import is_clean
from hub.model.utf8 import is_utf8

Flags = NDArray[np.bool_]
Units = NDArray[np.uint8]

_BLANK, _QUOTE, _COLON, _CLOSE, _BACKSLASH = b' ":}\\'
#: So many bytes of a mark are compared at once.
_STEP = 32
_PAD = bytes(_STEP)
#: Larger pages are decoded: their places would take many times the memory that they take.
_MOST = 16 << 20


def cut(raws: Sequence[bytes]) -> Cut | None:
    """The values of these records where all are flat objects of one form; else None.

    One form: the names of the first in its order, none twice, no quote or backslash escaped, and between
    names and values the same marks, with or without one blank after each.
    """
    form = Form.of(raws[0])
    if form is None:
        return None
    # Led so, the first record begins as every other one does: after the end of one and a line feed.
    body = b"\n".join((b"}", *raws, _PAD))
    if len(body) > _MOST or not is_utf8(body):
        return None
    page = _Page(body, form)
    return page.cut(len(raws)) if np.count_nonzero(page.told < _BLANK) == len(raws) else None


class _Page:
    """Records joined by line feeds: ``told`` are their bytes, ``units`` a few more beyond the last."""

    def __init__(self, body: bytes, form: Form) -> None:
        self.body, self.form = body, form
        self.units: Units = np.frombuffer(body, np.uint8)
        self.told = self.units[: -len(_PAD) - 1]

    def cut(self, count: int) -> Cut | None:
        names, told = self.form.names, self.told
        quotes = told == _QUOTE
        escaped = b"\\" in self.body
        if told[-1] != _CLOSE or (escaped and self._hides_quotes(quotes)):
            return None
        colons = self._colons(quotes, count * len(names))
        if colons is None:
            return None
        # Where each value ends; the first of them is the brace that leads.
        ends = np.empty(colons.size + 1, np.intp)
        ends[-1] = len(told) - 1
        marks, stop = ends[:-1].reshape(count, -1), ends[1:].reshape(count, -1)
        np.subtract(colons.reshape(count, -1), self.form.colons, out=marks)
        if not self._marked(marks):
            return None
        start = marks + self.form.widths
        text = self._texts(start, stop, int(np.count_nonzero(quotes)))
        if text is None:
            return None
        return Cut(self.body, names, start, stop, text, is_clean(self.body), escaped)

    def _hides_quotes(self, quotes: Flags) -> bool:
        """Whether a quote may belong to a text, for a backslash before it."""
        escapes = self.told == _BACKSLASH
        return bool((escapes[:-1] & (quotes[1:] | escapes[1:])).any())

    def _colons(self, quotes: Flags, count: int) -> Places | None:
        """Where the second quote around each name stands, if there are so many."""
        colons = self.told[1:] == _COLON
        colons &= quotes[:-1]
        found = np.flatnonzero(colons)
        if len(found) != count:  # perhaps a text begins with a colon
            closing = np.flatnonzero(quotes)[1::2]
            found = closing[self.units[closing + 1] == _COLON]
        return found if len(found) == count else None

    def _marked(self, places: Places) -> bool:
        """Whether at these places stand the marks of the form."""
        if places.min() < 0:
            return False
        widest = int(self.form.widths.max())
        for done in range(0, widest, _STEP):
            step = min(_STEP, -(-(widest - done) // 8) * 8)
            wanted, kept = self.form.words(done, step)
            longer = places.compress(self.form.widths > done, axis=1) + done if done else places
            windows = np.ndarray((len(self.units) - step + 1,), f"V{step}", self.body, 0, (1,))
            found = windows[longer].view(np.uint64).reshape(len(places), *wanted.shape)
            found &= kept
            if not (found == wanted).all():
                return False
        return True

    def _texts(self, start: Places, stop: Places, quotes: int) -> Flags | None:
        """Which values are texts; None unless every value has a length, and every text its second quote."""
        text: Flags = self.units.take(start) == _QUOTE
        ended = self.units.take(stop - 1) == _QUOTE
        # With the number of quotes right, no text holds one, and none stands outside of a text.
        right = quotes == 2 * (text.size + np.count_nonzero(text))
        return text if right and (text == ended).all() and (stop - start > text).all() else None
