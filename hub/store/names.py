"""Case numbers by the hundred thousand: compared as the engine gave them, decoded only for who reads them."""

from collections.abc import Sequence
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

#: No text of PostgreSQL holds a NUL.
_END = b"\0"


class Names:
    """Texts in order, blank where absent. Encoded ones meet encoded ones only."""

    def __init__(self, texts: Sequence[str | bytes | None]) -> None:
        self._texts = texts

    @classmethod
    def unpacked(cls, pack: bytes, count: int) -> "Names":
        """Encoded texts that a NUL parts from one another."""
        return _Packed(pack, count)

    def __len__(self) -> int:
        return len(self.listed)

    @property
    def listed(self) -> Sequence[str | bytes | None]:
        """As the engine gave them."""
        return self._texts

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Decoded."""
        return tuple(text.decode() if isinstance(text, bytes) else text or "" for text in self.listed)

    def places(self, sought: "Names") -> NDArray[np.int64]:
        """The place of each text sought among these, which are distinct; −1 for strangers and blanks."""
        if self.are(sought):
            return np.arange(len(self), dtype=np.int64)
        return self._found(sought)

    def _found(self, sought: "Names") -> NDArray[np.int64]:
        found = map(self._place_of.get, sought.listed, repeat(-1))
        return np.fromiter(found, dtype=np.int64, count=len(sought))

    def given(self) -> NDArray[np.bool_]:
        """Which are not blank."""
        return np.fromiter(map(bool, self.listed), dtype=np.bool_, count=len(self))

    def are(self, others: "Names") -> bool:
        """Whether these are the others, in the same order."""
        return list(self.listed) == list(others.listed)

    def only(self, kept: NDArray[np.bool_]) -> "Names":
        listed = self.listed
        return Names([listed[i] for i in np.flatnonzero(kept).tolist()])

    @cached_property
    def _place_of(self) -> dict[str | bytes | None, int]:
        known = dict(zip(self.listed, range(len(self)), strict=True))
        for blank in (None, "", b""):
            known.pop(blank, None)
        return known


class _Packed(Names):
    """Still in one piece: most chunks are told row by row in the order of their dossiers."""

    def __init__(self, pack: bytes, count: int) -> None:
        self._pack, self._count = pack, count

    def __len__(self) -> int:
        return self._count

    @cached_property
    def listed(self) -> Sequence[str | bytes | None]:
        return self._pack.split(_END) if self._count else []

    def are(self, others: Names) -> bool:
        if isinstance(others, _Packed):
            return self._pack == others._pack and self._count == others._count
        return super().are(others)

    def _found(self, sought: Names) -> NDArray[np.int64]:
        known, wanted = self._ordered, sought._aligned if isinstance(sought, _Packed) else None
        if known is None or wanted is None:
            return super()._found(sought)
        # A dictionary of a hundred thousand takes three times as long.
        at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        return np.where(known[at] == wanted, at, -1)

    @cached_property
    def _ordered(self) -> NDArray[np.bytes_] | None:
        """All of them, where each is as long as any other and comes after the one before it."""
        texts = self._aligned
        return texts if texts is not None and bool((texts[1:] > texts[:-1]).all()) else None

    @cached_property
    def _aligned(self) -> NDArray[np.bytes_] | None:
        """All of them, none blank, where each is as long as any other."""
        size = self._pack.find(_END) + 1 or len(self._pack) + 1
        if size == 1 or len(self._pack) + 1 != size * self._count:
            return None
        # As many ends as texts, so that none is within a text if one is at the end of each.
        whole = np.frombuffer(self._pack + _END, dtype=np.uint8).reshape(self._count, size)
        return None if whole[:, -1].any() else whole.view(f"S{size}")[:, 0]
