"""Raw records of one form cut into columns, without decoding them one by one.

A department's records are mostly written by one program: the same names in the same order, the same
blanks, no escapes. Then every value lies between two marks that are found in all records at once.
What is not exactly so is not cut at all, but decoded: ``cut`` vouches for what it returns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hub.mapping.plain_text import Units, Words, is_clean
from hub.model.arrow_column import ArrowColumn
from hub.model.utf8 import is_utf8

Places = NDArray[np.intp]
Flags = NDArray[np.bool_]

_QUOTE, _COLON, _COMMA, _SPACE, _OPEN, _CLOSE = b'":, {}'
_NULL = int.from_bytes(b"null", "little")
_PAD = bytes(8)
#: Larger pages are decoded: their places would take many times the memory that they take.
_MOST = 16 << 20
_decode = msgspec.json.Decoder().decode


def cut(raws: Sequence[bytes]) -> "Cut | None":
    """The values of these records where all are flat objects of one form; else None.

    One form: the names of the first in its order, none twice, no backslash anywhere, and between
    names and values the same marks, with or without one blank after each.
    """
    if sum(map(len, raws)) > _MOST:
        return None
    body = b"\n".join(raws)
    names = None if b"\\" in body else _names(raws[0])
    if names is None or not is_utf8(body):
        return None
    page = _Page.of(body, raws)
    if np.count_nonzero(page.scanned < 32) != len(raws) - 1:
        return None
    return page.cut(names)


def _names(raw: bytes) -> list[str] | None:
    """The names of a flat object; None where it is no such thing, or a name comes twice."""
    try:
        found = _decode(raw)
    except (ValueError, RecursionError):
        return None
    if type(found) is not dict or not found:
        return None
    return None if any(isinstance(value, dict | list) for value in found.values()) else list(found)


@dataclass(frozen=True, slots=True)
class _Page:
    """Records joined by line feeds. ``units``: their bytes, and a few more so that one may look beyond the
    last; ``words``: at each place eight bytes from there on, as one number.
    """

    body: bytes
    units: Units
    words: Words
    starts: Places
    ends: Places

    @classmethod
    def of(cls, body: bytes, raws: Sequence[bytes]) -> Self:
        padded = body + _PAD
        words = np.ndarray((len(body),), np.uint64, padded, 0, (1,))
        ends = np.cumsum(np.fromiter(map(len, raws), np.intp, len(raws)) + 1) - 1
        starts = np.concatenate((np.zeros(1, np.intp), ends[:-1] + 1))
        return cls(body, np.frombuffer(padded, np.uint8), words, starts, ends)

    @property
    def scanned(self) -> Units:
        """The bytes of the records alone."""
        return self.units[: len(self.body)]

    def cut(self, names: Sequence[str]) -> "Cut | None":
        found = self._names_at(len(names))
        if found is None:
            return None
        opening, closing, quotes = found
        if not self._alike(opening, closing) or not self._are(self.starts, _OPEN):
            return None
        start, stop = self._between(opening, closing)
        if not (opening[:, 0] == self.starts + 1).all() or not self._marked(opening, closing, stop):
            return None
        text = self.units[start] == _QUOTE
        # With the number of quotes right, no text holds one, and none stands outside of a text.
        if not self._closed(start, stop, text) or quotes != 2 * (text.size + np.count_nonzero(text)):
            return None
        clean = is_clean(self.scanned, self.words)
        places = {name: place for place, name in enumerate(names)}
        return Cut(self.body, places, start, stop, text, self.words, clean)

    def _names_at(self, count: int) -> tuple[Places, Places, int] | None:
        """Where the quotes around each name stand, a row for each record; and how many quotes there are."""
        quotes = np.flatnonzero(self.scanned == _QUOTE)
        if len(quotes) % 2:
            return None
        opening, closing = quotes[0::2], quotes[1::2]
        shape = (len(self.starts), count)
        if len(opening) == 2 * shape[0] * shape[1]:  # nothing but texts: every other one is a name
            return opening[::2].reshape(shape), closing[::2].reshape(shape), len(quotes)
        before_colon = np.flatnonzero(self.units[closing + 1] == _COLON)
        if len(before_colon) != shape[0] * shape[1]:
            return None
        return opening[before_colon].reshape(shape), closing[before_colon].reshape(shape), len(quotes)

    def _alike(self, opening: Places, closing: Places) -> bool:
        """Whether each record's names are those of the first, eight bytes at a time, quotes included."""
        width = closing[0] - opening[0] + 1
        if not (closing - opening + 1 == width).all():
            return False
        for done in range(0, int(width.max()), 8):
            columns = np.flatnonzero(width > done)
            left = np.minimum(width[columns] - done, 8).astype(np.uint64)
            kept = np.uint64(2**64 - 1) >> (np.uint64(64) - left * np.uint64(8))
            places = opening if len(columns) == len(width) else opening[:, columns]
            found = self.words[places + done] & kept
            if not (found == found[0]).all():
                return False
        return True

    def _between(self, opening: Places, closing: Places) -> tuple[Places, Places]:
        """Where each value begins and ends, by the marks of the first record."""
        blank = int(self.units[closing[0, 0] + 2] == _SPACE)
        gap = 1 + int(opening.shape[1] > 1 and self.units[opening[0, -1] - 1] == _SPACE)
        stop = np.empty_like(closing)
        stop[:, :-1] = opening[:, 1:] - gap
        stop[:, -1] = self.ends - 1
        return closing + 2 + blank, stop

    def _marked(self, opening: Places, closing: Places, stop: Places) -> bool:
        """Whether these marks, and nothing else, stand between names and values in every record."""
        blank = self.units[closing[0, 0] + 2] == _SPACE
        spaced = stop.shape[1] > 1 and int(opening[0, 1] - stop[0, 0]) == 2
        return (
            self._are(closing + 1, _COLON)
            and (not blank or self._are(closing + 2, _SPACE))
            and self._are(stop[:, :-1], _COMMA)
            and (not spaced or self._are(stop[:, :-1] + 1, _SPACE))
            and self._are(stop[:, -1], _CLOSE)
        )

    def _closed(self, start: Places, stop: Places, text: Flags) -> bool:
        """Whether every value has a length, and every text its second quote."""
        ended = self.units[stop - 1] == _QUOTE
        return bool((text == ended).all() and (stop - start > text).all())

    def _are(self, places: Places, mark: int) -> bool:
        return bool((self.units[places] == mark).all())


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the values of some records lie: a row for each record, a column for each of ``names``.

    ``clean``: no text holds what would have to be cleaned away, but perhaps blanks at its ends.
    """

    body: bytes
    names: Mapping[str, int]
    start: Places
    stop: Places
    text: Flags
    words: Words
    clean: bool

    def __len__(self) -> int:
        return len(self.start)

    def unsure(self) -> list[str]:
        """The names of which some value is no text: whether it can be read is not known yet."""
        return [name for name, at in self.names.items() if not self.text[:, at].all()]

    def column(self, name: str) -> Sequence[Any]:
        """The values of one name; an ArrowColumn where all are texts or null, an empty text being null.

        ValueError where a value is not readable JSON.
        """
        at = self.names.get(name)
        if at is None:
            return [None] * len(self)
        start, stop, text = self.start[:, at].copy(), self.stop[:, at].copy(), self.text[:, at]
        null = None
        if not text.all():
            null = ~text & (stop - start == 4)
            null &= (self.words[start] & np.uint64(2**32 - 1)) == _NULL
            if not (text | null).all():
                values = zip(start.tolist(), stop.tolist(), strict=True)
                return [_decode(self.body[a:b]) for a, b in values]
        return self._texts(start + 1, stop - 1, null)

    def _texts(self, start: Places, stop: Places, null: Flags | None) -> ArrowColumn:
        absent = start == stop if null is None else null | (start == stop)
        # Every other one of the pieces into which these places part the body.
        ends = np.empty(2 * len(start) + 1, np.int32)
        ends[0:-1:2], ends[1::2] = start, stop
        ends[-1] = ends[-2]
        pieces = pa.Array.from_buffers(
            pa.string(), len(ends) - 1, [None, pa.py_buffer(ends), pa.py_buffer(self.body)]
        )
        wanted = np.arange(0, len(ends) - 1, 2, dtype=np.int32)
        given = pieces.take(pa.array(wanted, mask=absent if absent.any() else None))
        return ArrowColumn(given, clean=self.clean)
