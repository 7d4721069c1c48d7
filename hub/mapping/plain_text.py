"""Whether text is clean, told from its bytes: no control, no mark that combines, nothing to be normalised.

A character is vouched for by itself, so that texts may stand one after the other: it is printable, it is
its own normal form, and it never combines with what stands before it.
"""

from functools import lru_cache
from unicodedata import category, is_normalized

import numpy as np
from numpy.typing import NDArray

Units = NDArray[np.uint8]
#: At each place of a text in UTF-8 eight bytes from there on, as one number.
Words = NDArray[np.uint64]

#: The bytes that begin U+4000 to U+9FFF: Chinese characters, each of which is clean.
_CHINESE = (0xE4, 0xE9)
#: More different other characters than these are looked at where the text stands, column by column.
_FEW = 64
#: By first byte, which of eight bytes are the character's.
_KEPT = np.zeros(256, np.uint64)
_KEPT[0xC0:0xE0], _KEPT[0xE0:0xF0], _KEPT[0xF0:] = 0xFFFF, 0xFFFFFF, 0xFFFFFFFF


def is_clean(units: Units, words: Words) -> bool:
    """Whether all of a text in UTF-8 without ASCII controls is clean; False where that is not sure."""
    low, high = _CHINESE
    odd = np.flatnonzero((units >= 0xC0) & ((units < low) | (units > high)))
    if np.count_nonzero(units == 0x7F):
        return False
    found = np.unique(words[odd] & _KEPT[units[odd]])
    return len(found) <= _FEW and all(map(_is_clean_character, found.tolist()))


@lru_cache(maxsize=4096)
def _is_clean_character(word: int) -> bool:
    character = word.to_bytes(4, "little").rstrip(b"\0").decode()
    combines = category(character)[0] == "M" or "\u1100" <= character <= "\u11ff"  # marks, and Jamo
    return character.isprintable() and is_normalized("NFC", character) and not combines
