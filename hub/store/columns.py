"""Columns of a query's result as numpy arrays: absent instants NO_INSTANT, numbers NaN, words −1."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hub.model.blocks import Coded
from hub.model.instants import NO_INSTANT
from hub.store.names import Names

#: ``names``: texts that are nearly all distinct.
Shape = Literal["integer", "real", "word", "names"]


class Lexicon(dict[Any, int]):
    """Codes of the texts seen so far, given on first sight; blank is −1."""

    def __init__(self) -> None:
        super().__init__({"": -1, b"": -1, None: -1})
        self.words: list[str] = []

    def __missing__(self, text: str | bytes) -> int:
        code = self[text] = len(self.words)
        self.words.append(text.decode() if isinstance(text, bytes) else text)
        return code


@dataclass(slots=True)
class Columns:
    """The arrays of one result by column name, all of length ``count``."""

    count: int
    numbers: dict[str, NDArray[Any]] = field(default_factory=dict)
    words: dict[str, Coded] = field(default_factory=dict)
    names: dict[str, Names] = field(default_factory=dict)

    def put_absent(self, name: str, shape: Shape) -> None:
        """A column of which no row has a value."""
        if shape == "word":
            self.words[name] = Coded(np.full(self.count, -1, dtype=np.int32), [])
        elif shape == "real":
            self.numbers[name] = np.full(self.count, np.nan)
        else:
            self.numbers[name] = np.full(self.count, NO_INSTANT, dtype=np.int64)

    def are_absent(self, name: str) -> bool:
        """Whether no row has a value in this column."""
        if name in self.words:
            return not self.words[name].words
        column = self.numbers.get(name)
        if column is None or not len(column):
            return False
        blank = np.isnan(column) if column.dtype.kind == "f" else column == NO_INSTANT
        return bool(blank.all())

    def take(self, rows: NDArray[Any]) -> "Columns":
        """The same columns for some rows, by index or by mask, in the order given, without the names."""
        taken = {name: column[rows] for name, column in self.numbers.items()}
        words = {name: Coded(coded.codes[rows], coded.words) for name, coded in self.words.items()}
        count = int(np.count_nonzero(rows)) if rows.dtype == np.bool_ else len(rows)
        return Columns(count, taken, words)


def coded(texts: Sequence[Any]) -> Coded:
    """Texts (encoded or not, blank or None where absent) as codes."""
    lexicon = Lexicon()
    codes = np.fromiter(map(lexicon.__getitem__, texts), dtype=np.int32, count=len(texts))
    return Coded(codes, lexicon.words)


def coded_pack(pack: bytes, count: int, end: bytes) -> Coded:
    """So many encoded texts in one piece, ``end`` (one byte that is in none of them) between each two."""
    first = pack.partition(end)[0]
    # Of many columns every row says the same: a unit, a kind, a source.
    if count and len(pack) + 1 == (len(first) + 1) * count and pack + end == (first + end) * count:
        one = coded([first])
        return Coded(np.repeat(one.codes, count), one.words)
    return coded(pack.split(end) if count else [])
