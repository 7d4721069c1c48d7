"""Whether text is clean, told from its bytes: no control, no mark that combines, nothing to be normalised.

A character is vouched for by itself, so that texts may stand one after the other: it is printable, it is
its own normal form, and it never combines with what stands before it.
"""

from functools import lru_cache
from unicodedata import category, is_normalized

import numpy as np

#: From here on a byte begins a character of several.
_FIRST = 0xC0
#: The bytes that begin U+4000 to U+9FFF: Chinese characters, each of which is clean.
_CHINESE = (0xE4, 0xE9)
#: More different other characters than these are looked at where the text stands, column by column.
_FEW = 64
#: By first byte, which of four bytes are the character's.
_KEPT = np.zeros(256, np.uint32)
_KEPT[0xC0:0xE0], _KEPT[0xE0:0xF0], _KEPT[0xF0:] = 0xFFFF, 0xFFFFFF, 0xFFFFFFFF


def is_clean(padded: bytes) -> bool:
    """Whether a text in UTF-8 is clean, controls below the blank aside; False where that is not sure.

    ``padded`` with three bytes or more, so that one may look beyond the last character.
    """
    if b"\x7f" in padded:
        return False
    if padded.isascii():
        return True
    units = np.frombuffer(padded, np.uint8)
    shifted = units - np.uint8(_CHINESE[0])
    odd = np.less_equal(shifted, _CHINESE[1] - _CHINESE[0], out=shifted.view(np.bool_))
    odd ^= units >= _FIRST
    places = np.flatnonzero(odd)
    windows = np.ndarray((len(padded) - 3,), "V4", padded, 0, (1,))
    found = np.unique(windows[places].view(np.uint32) & _KEPT[units[places]])
    return len(found) <= _FEW and all(map(_is_clean_character, found.tolist()))


@lru_cache(maxsize=4096)
def _is_clean_character(word: int) -> bool:
    character = word.to_bytes(4, "little").rstrip(b"\0").decode()
    combines = category(character)[0] == "M" or "\u1100" <= character <= "\u11ff"  # marks, and Jamo
    return character.isprintable() and is_normalized("NFC", character) and not combines
