"""Names in a body of JSON told apart all at once, without making a text of each."""

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from hub.mapping.cut_columns import Flags, Places
from hub.mapping.page import REACH

Words = NDArray[np.uint64]

#: So many bits of a hash say which name one is taken for, before it is compared with that.
_BITS = 16
_TO_MIX, _TO_ADD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_HALF = np.uint64(32)
_text = msgspec.json.Decoder(str).decode


@dataclass(frozen=True, slots=True)
class Names:
    """``words``: the different names; ``number``: for each, which it is, ``sure``: whether that is so."""

    words: tuple[str, ...]
    number: Places
    sure: Flags


def told_apart(body: bytes, opening: Places, closing: Places) -> Names:
    """The names between these quotes. None longer than REACH is sure; ValueError where one is no JSON."""
    length = closing - opening - 1
    width = min(-(-max(int(length.max()), 1) // 8) * 8, REACH)
    windows = np.ndarray((len(body) - width + 1,), f"V{width}", body, 0, (1,))
    kept = b"".join((b"\xff" * size).ljust(width, b"\0") for size in range(width + 1))
    masks = np.frombuffer(kept, np.uint64).reshape(width + 1, -1)
    words = windows[opening + 1].view(np.uint64).reshape(len(length), -1)
    words &= masks[np.minimum(length, width)]
    slot = _mixed(words)
    example = np.full(1 << _BITS, -1, np.intp)
    example[slot[::-1]] = np.arange(len(slot))[::-1]
    used = np.flatnonzero(example >= 0)
    of = example[slot]
    sure = (length == length[of]) & (length <= width)
    for column in words.T:
        sure &= column == column[of]
    number = np.empty(1 << _BITS, np.intp)
    number[used] = np.arange(len(used))
    bounds = zip(opening[example[used]].tolist(), closing[example[used]].tolist(), strict=True)
    return Names(tuple(_text(body[a : b + 1]) for a, b in bounds), number[slot], sure)


def _mixed(words: Words) -> Places:
    """A hash of each row of words."""
    mixed = words[:, 0] * _TO_MIX
    for column in words.T[1:]:
        mixed = (mixed ^ (mixed >> _HALF)) + column * _TO_ADD
        mixed *= _TO_MIX
    mixed = (mixed ^ (mixed >> _HALF)) * _TO_ADD
    return (mixed >> np.uint64(64 - _BITS)).astype(np.intp)
