"""Columns of a query's result as numpy arrays: absent instants NO_INSTANT, numbers NaN, words −1."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hub.model.blocks import Coded

Shape = Literal["integer", "real", "word"]


class Lexicon(dict[Any, int]):
    """Codes of the texts seen so far, given on first sight; blank is −1."""

    def __init__(self) -> None:
        super().__init__({"": -1, b"": -1, None: -1})
        self.words: list[str] = []

    @classmethod
    def of(cls, words: Sequence[str], *, encoded: bool) -> "Lexicon":
        """Texts known beforehand, coded by their place."""
        lexicon = cls()
        lexicon.words = list(words)
        lexicon.update((word.encode() if encoded else word, i) for i, word in enumerate(words))
        return lexicon

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

    def take(self, rows: NDArray[Any]) -> "Columns":
        """The same columns for some rows, by index or by mask, in the order given."""
        taken = {name: column[rows] for name, column in self.numbers.items()}
        words = {name: Coded(coded.codes[rows], coded.words) for name, coded in self.words.items()}
        count = int(np.count_nonzero(rows)) if rows.dtype == np.bool_ else len(rows)
        return Columns(count, taken, words)


def coded(texts: Sequence[Any], lexicon: Lexicon | None = None) -> Coded:
    """Texts (encoded or not, blank or None where absent) as codes, by a lexicon given or one of their own."""
    lexicon = Lexicon() if lexicon is None else lexicon
    codes = np.fromiter(map(lexicon.__getitem__, texts), dtype=np.int32, count=len(texts))
    return Coded(codes, lexicon.words)
