"""Raw records cut by the names in each of them, whichever these are and in whatever order.

For what ``cutting`` leaves: fields left out, objects within objects, an odd record among many. It costs more,
and goes record by record: one that is not told to its last byte as names and values, with nothing between
them but what belongs there, is left out, to be decoded. What vouches for it is that alone; whatever leads
there (names hashed, brackets counted) may be mistaken at the price of decoding.
"""

from collections.abc import Sequence

import numpy as np

from hub.mapping.cut_columns import Cut, Flags, Places
from hub.mapping.naming import Names, told_apart
from hub.mapping.page import Page
from hub.mapping.spec import SourcePath
from hub.model.utf8 import is_utf8

_BLANK, _COMMA, _COLON, _BACKSLASH = b" ,:\\"
_OPEN, _CLOSE, _OPEN_LIST, _CLOSE_LIST = b"{}[]"
#: Objects nested deeper, and records with more different places, are decoded.
_DEPTH, _PATHS = 8, 256
#: So many of many records are tried first, because trying all of them in vain costs half their decoding.
_SAMPLE = 64


def part(page: Page) -> tuple[Cut, Places] | None:
    """The half of the records or more that can be cut, and which they are; None where they are fewer.

    ValueError where a name cannot be read. Whether each value can, ``Cut.columns`` tells.
    """
    step = len(page) // _SAMPLE
    if step > 1 and _part(Page(page.raws[::step])) is None:
        return None
    return _part(page)


def _part(page: Page) -> tuple[Cut, Places] | None:
    sound = _sound(page)
    if 2 * np.count_nonzero(sound) < len(page):
        return None
    values = _Values(page, sound)
    if not len(values):
        return None
    names = told_apart(page.body, values.opening, values.closing)
    depth, after = values.depth()
    number, paths = values.paths(names, depth)
    if len(paths) > _PATHS or len(set(paths)) < len(paths):
        return None
    whole, found = _table(page, values, number, paths)
    whole[values.row[~(values.right(depth, after) & names.sure)]] = False
    rows = np.flatnonzero(whole)
    return (found.only(rows), rows) if 2 * len(rows) >= len(page) else None


def _sound(page: Page) -> Flags:
    """Which records begin and end as objects do, in UTF-8, with quotes in pairs and none escaped."""
    sound: Flags = np.diff(_first(page, page.quotes)) % 2 == 0
    sound &= (page.units[page.starts] == _OPEN) & (page.units[page.ends - 1] == _CLOSE)
    controls = np.flatnonzero(page.told < _BLANK)
    if len(controls) > len(page):
        within = np.setdiff1d(controls, page.starts - 1, assume_unique=True)
        sound[np.searchsorted(page.ends, within)] = False
    if page.escapes:
        escapes = page.told[:-1] == _BACKSLASH
        escapes &= page.is_quote[1:] | (page.told[1:] == _BACKSLASH)
        sound[np.searchsorted(page.ends, np.flatnonzero(escapes))] = False
    if not page.is_utf8:
        sound &= np.fromiter(map(is_utf8, page.raws), np.bool_, len(page))
    return sound


def _first(page: Page, places: Places) -> Places:
    """For each record which of these places is the first within it; at last, how many there are."""
    return np.searchsorted(places, np.append(page.starts, len(page.told)))


def _strings(page: Page, sound: Flags) -> tuple[Places, Places]:
    """Where each string of these records opens and closes, but for those within lists."""
    quotes = page.quotes
    if not sound.all():
        quotes = quotes[np.repeat(sound, np.diff(_first(page, quotes)))]
    opening, closing = quotes[0::2], quotes[1::2]
    brackets = np.flatnonzero((page.told == _OPEN_LIST) | (page.told == _CLOSE_LIST))
    brackets = brackets[np.searchsorted(quotes, brackets) % 2 == 0]
    step = np.where(page.units[brackets] == _OPEN_LIST, 1, -1)
    row = np.searchsorted(page.ends, brackets)
    even = (sound & (np.bincount(row, step, len(page)) == 0))[row]
    brackets, step = brackets[even], step[even]
    depth = np.cumsum(step)
    begins, ends = brackets[(step > 0) & (depth == 1)], brackets[(step < 0) & (depth == 0)]
    if not len(begins):
        return opening, closing
    many = len(opening) + 1
    entered = np.bincount(np.searchsorted(opening, begins), minlength=many)
    left = np.bincount(np.searchsorted(opening, ends), minlength=many)
    outside = np.cumsum(entered - left)[:-1] == 0
    return opening[outside], closing[outside]


class _Values:
    """What stands in a page, name by name: where the name is, and from where to where its value.

    ``row``: of which record. ``some``: the records with a name at all; ``first``, ``last``: their first and
    last names. ``inner``: the value is an object, whose own names follow; it stops where it starts.
    """

    def __init__(self, page: Page, sound: Flags) -> None:
        self._page, units = page, page.units
        self._opening, self._closing = _strings(page, sound)
        named = np.flatnonzero(units[self._closing + 1] == _COLON)
        self.opening, self.closing = self._opening[named], self._closing[named]
        bounds = _first(page, self.opening)
        self.row = np.repeat(np.arange(len(page)), np.diff(bounds))
        self.some = np.diff(bounds) > 0
        self.first, self.last = bounds[:-1][self.some], bounds[1:][self.some] - 1
        self._lead = self.opening - 1
        self._lead -= units[self._lead] == _BLANK
        self.start = self.closing + 2
        self.start += units[self.start] == _BLANK
        empty = (units[self.start] == _OPEN) & (units[self.start + 1] == _CLOSE)
        self.inner: Flags = (units[self.start] == _OPEN) & ~empty
        self.stop = self._until(self._lead, page.ends)
        self._closed = self._count_closed() - empty
        self.stop -= self._closed
        #: The string after the name, and how many there are before the next name.
        self._string = np.minimum(named + 1, len(self._opening) - 1)
        self._strings = self._until(named, _first(page, self._opening)[1:]) - named - 1
        self.text: Flags = self._strings == 1

    def __len__(self) -> int:
        return len(self.row)

    def _until(self, places: Places, ends: Places) -> Places:
        """For each name this place of the next, or the end of its record."""
        until = np.append(places[1:], 0)
        until[self.last] = ends[self.some]
        return until

    def _count_closed(self) -> Places:
        """How many objects end just before where a value stops."""
        closed = np.zeros(len(self), np.intp)
        at = self.stop - 1
        more = self._page.units[at] == _CLOSE
        while more.any() and closed.max() <= _DEPTH:
            closed += more
            at -= more
            more &= self._page.units[at] == _CLOSE
        return closed

    def depth(self) -> tuple[Places, Places]:
        """How many objects each name is within, beside its record; and how many what follows its value is."""
        step = self.inner - self._closed
        after = np.cumsum(step)
        outside = (after - step)[self.first]
        after -= np.repeat(outside, self.last - self.first + 1)
        return after - step, after

    def right(self, depth: Places, after: Places) -> Flags:
        """Where name and value are surrounded by what belongs there and nothing else."""
        units = self._page.units
        one = self.text & (self._opening[self._string] == self.start)
        one &= self._closing[self._string] == self.stop - 1
        none = self._strings == 0
        right: Flags = np.where(
            self.inner, none & (self.stop == self.start), one | none & (self.stop > self.start)
        )
        within = np.append(False, self.inner[:-1])
        within[self.first] = True
        right &= units[self._lead] == np.where(within, _OPEN, _COMMA)
        right[self.first] &= self._lead[self.first] == self._page.starts[self.some]
        ended = np.zeros(len(self), np.bool_)
        ended[self.last] = True
        right &= np.where(ended, after == -1, after >= 0) & (depth <= _DEPTH)
        return right

    def paths(self, names: Names, depth: Places) -> tuple[Places, list[SourcePath]]:
        """For each name which path it is, and the paths; no further than there are too many of them."""
        number = names.number.copy()
        paths: list[SourcePath] = [(word,) for word in names.words]
        many = len(paths)
        for level in range(1, min(int(depth.max()), _DEPTH) + 1):
            if len(paths) > _PATHS:
                break
            here = np.flatnonzero(depth == level)
            parents = np.where(self.inner & (depth == level - 1), np.arange(len(self)), 0)
            parent = number[np.maximum.accumulate(parents)[here]]
            pair = parent * many + names.number[here]
            seen = np.zeros(len(paths) * many, np.bool_)
            seen[pair] = True
            number[here] = len(paths) + (np.cumsum(seen) - 1)[pair]
            paths += [(*paths[at // many], names.words[at % many]) for at in np.flatnonzero(seen).tolist()]
        return number, paths


def _table(page: Page, values: _Values, number: Places, paths: Sequence[SourcePath]) -> tuple[Flags, Cut]:
    """The values by path and record, and which records have any and none of them twice."""
    numbers = np.arange(len(values))
    cell = np.full((len(paths), len(page)), len(values), np.intp)
    cell[number, values.row] = numbers
    whole = values.some.copy()
    whole[values.row[cell[number, values.row] != numbers]] = False
    objects = np.bincount(number[values.inner], minlength=len(paths)) > 0
    told = np.flatnonzero(np.bincount(number[~values.inner], minlength=len(paths)))
    end = len(page.told)
    return whole, Cut(
        page.body,
        tuple(paths[at] for at in told.tolist()),
        np.append(values.start, end),
        np.append(values.stop, end),
        np.append(values.text, False),
        cell[told],
        page.clean,
        page.escapes,
        frozenset(paths[at] for at in np.flatnonzero(objects).tolist()),
    )
