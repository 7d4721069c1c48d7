"""Raw records of one form cut into columns, without decoding them one by one.

A department's records are mostly written by one program: the same names in the same order, the same
blanks, no quote within a text. Then every value lies between two marks that are found in all records at
once. What is not exactly so is not cut here (``parting``): ``cut`` vouches for what it returns.
"""

import numpy as np

from hub.mapping.cut_columns import Cut, Flags, Places
from hub.mapping.form import Form
from hub.mapping.page import Page

_BLANK, _QUOTE, _COLON, _CLOSE, _BACKSLASH = b' ":}\\'
#: So many bytes of a mark are compared at once.
_STEP = 32


def cut(page: Page) -> Cut | None:
    """The values of these records where all are flat objects of one form; else None.

    One form: the names of the first in its order, none twice, no quote or backslash escaped, and between
    names and values the same marks, with or without one blank after each.
    """
    form = Form.of(page.first)
    if form is None or not page.is_utf8 or page.told[-1] != _CLOSE:
        return None
    if np.count_nonzero(page.told < _BLANK) > len(page) or (page.escapes and _hides_quotes(page)):
        return None
    colons = _colons(page, len(page) * len(form.names))
    if colons is None:
        return None
    # Where each value ends; the first of them is the brace that leads.
    ends = np.empty(colons.size + 1, np.intp)
    ends[-1] = len(page.told) - 1
    marks, stop = ends[:-1].reshape(len(page), -1), ends[1:].reshape(len(page), -1)
    np.subtract(colons.reshape(len(page), -1), form.colons, out=marks)
    if not _marked(page, form, marks):
        return None
    start = marks + form.widths
    text = _texts(page, start, stop)
    if text is None:
        return None
    cell = np.arange(text.size).reshape(text.shape).T
    paths = tuple((name,) for name in form.names)
    return Cut(
        page.body,
        paths,
        start.reshape(-1),
        stop.reshape(-1),
        text.reshape(-1),
        cell,
        page.clean,
        page.escapes,
    )


def _hides_quotes(page: Page) -> bool:
    """Whether a quote may belong to a text, for a backslash before it."""
    escapes = page.told == _BACKSLASH
    return bool((escapes[:-1] & (page.is_quote[1:] | escapes[1:])).any())


def _colons(page: Page, count: int) -> Places | None:
    """Where the second quote around each name stands, if there are so many."""
    colons = page.told[1:] == _COLON
    colons &= page.is_quote[:-1]
    found = np.flatnonzero(colons)
    if len(found) != count:  # perhaps a text begins with a colon
        closing = page.quotes[1::2]
        found = closing[page.units[closing + 1] == _COLON]
    return found if len(found) == count else None


def _marked(page: Page, form: Form, places: Places) -> bool:
    """Whether at these places stand the marks of the form."""
    if places.min() < 0:
        return False
    widest = int(form.widths.max())
    for done in range(0, widest, _STEP):
        step = min(_STEP, -(-(widest - done) // 8) * 8)
        wanted, kept = form.words(done, step)
        longer = places.compress(form.widths > done, axis=1) + done if done else places
        windows = np.ndarray((len(page.units) - step + 1,), f"V{step}", page.body, 0, (1,))
        found = windows[longer].view(np.uint64).reshape(len(places), *wanted.shape)
        found &= kept
        if not (found == wanted).all():
            return False
    return True


def _texts(page: Page, start: Places, stop: Places) -> Flags | None:
    """Which values are texts; None unless every value has a length, and every text its second quote."""
    text: Flags = page.units.take(start) == _QUOTE
    ended = page.units.take(stop - 1) == _QUOTE
    # With the number of quotes right, no text holds one, and none stands outside of a text.
    right = np.count_nonzero(page.is_quote) == 2 * (text.size + np.count_nonzero(text))
    return text if right and (text == ended).all() and (stop - start > text).all() else None
