"""The lines of delimited text, handed out one by one, or many at once where all of them are plain."""

import csv
from typing import BinaryIO

from hub.sdk.lines import Piece, pieces, split

#: A quoted cell longer than this is a quote that was never closed.
MAX_CELL = 16 << 20
#: Bytes of a block.
_MOST, _LEAST = 1 << 18, 1 << 14


class Lines:
    """Hands out lines one by one, to us or to the csv reader, and remembers those of the record under way.

    Between two records a ``block`` of many may be had instead, which is then ``passed`` or ``refused``.
    """

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._pieces = pieces(file, encoding)
        self._piece = Piece("", "\n")
        self._at = self._stop = 0
        self._most = _MOST
        self._dealt: list[str] = []  # the next one last
        self._recent: list[str] = []
        self._size = 0
        self.number = 0

    def take(self) -> str | None:
        """The next line, for a record of its own; None at the end."""
        if not self._dealt and not self._deal():
            return None
        self.number += 1
        return self._dealt.pop()

    def put_back(self, line: str) -> None:
        """Undo a ``take``; what was remembered is forgotten."""
        self.number -= 1
        self._dealt.append(line)
        self._recent.clear()
        self._size = 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        """The next line of the record under way."""
        line = self.take()
        if line is None:
            raise StopIteration
        self._recent.append(line)
        self._size += len(line)
        if self._size > MAX_CELL and len(self._recent) > 1:
            raise csv.Error("a quote is opened and never closed")
        return line

    def give_back(self) -> str:
        """The first line of the record under way; the others will be read again, as records of their own."""
        first, *others = self._recent
        self._dealt += reversed(others)
        self.number -= len(others)
        return first

    def block(self) -> bytes | None:
        """Many whole lines without a quote, in UTF-8 if in anything; None: the next line is to be taken."""
        if self._dealt or not self._more() or self._piece.end != "\n":
            return None
        start, limit = self._at, self._at + self._most
        quote = self._piece.first('"', start, limit)
        self._stop = self._piece.whole(start, limit if quote < 0 else quote)
        if self._stop - start < min(_LEAST, self._most) // 2:
            return None
        try:
            return self._piece.bare(start, self._stop)
        except UnicodeEncodeError:
            return b"\xff"

    def passed(self, count: int) -> None:
        """The block was read: so many lines."""
        self._at = self._stop
        self.number += count
        self._most = min(self._most * 2, _MOST)

    def refused(self) -> None:
        """The block was not what it should be: a smaller one is next, or else its lines one by one."""
        if self._most > _LEAST:
            self._most = max(self._most // 4, _LEAST)
        else:
            self._deal()

    def _deal(self) -> bool:
        """Some lines to be taken one by one, up to the last with a quote, if any; False at the end."""
        if not self._more():
            return False
        piece, start = self._piece, self._at
        stop = piece.whole(start, start + _LEAST)
        if (quote := piece.last('"', start, stop)) >= 0:
            stop = piece.first(piece.end, quote) + 1
        if stop == start:
            stop = piece.first(piece.end, start + _LEAST) + 1 or len(piece.body)
        self._dealt, self._at = split(piece.text(start, stop), piece.end)[::-1], stop
        return True

    def _more(self) -> bool:
        """Whether anything is left of the file, beside what is dealt out."""
        while self._at >= len(self._piece.body):
            piece = next(self._pieces, None)
            if piece is None:
                return False
            self._piece, self._at = piece, 0
        return True
