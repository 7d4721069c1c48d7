"""128-bit fingerprints as pairs of uint64: made in bulk, kept sorted, asked for in bulk.

A row's ``raw_fp`` is the digest of its raw bytes mixed with the mapping's version, so that a mended
mapping makes every raw record fresh again. A ``value_fp`` covers kind, key and every field.
"""

from collections.abc import Iterable, Sequence
from itertools import repeat
from threading import Lock

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from xxhash import xxh3_64_digest, xxh3_128_digest

from hub.model.arrow_column import ArrowColumn
from hub.model.records import KEY_SEPARATOR
from hub.store.cells import NOTHING, cells, rows_of

Pairs = NDArray[np.uint64]
Flags = NDArray[np.bool_]
Hashes = NDArray[np.uint64]
Order = NDArray[np.intp]
WIDTH = 16

#: Never the fingerprint of anything: a row that must be looked at again whatever arrives.
NO_FINGERPRINT = bytes(WIDTH)

#: So many rows are joined at once: they then stay in the processor's cache.
_PIECE = 2_048
#: Keys of a piece that is merged no more.
_LARGEST = 1 << 20


def pairs_of(blob: bytes) -> Pairs:
    return np.frombuffer(blob, dtype=np.uint64).reshape(-1, 2)


def digests(raws: Iterable[bytes]) -> Pairs:
    """The digests of raw records, whatever the mapping."""
    return pairs_of(b"".join(map(xxh3_128_digest, raws)))


def tally(pieces: Iterable[bytes]) -> Hashes:
    """How many fingerprints there are, and the sums of their halves, of any number joined in each piece.

    Two tallies are equal where both hold the same ones, each as often; by chance, of others, never.
    """
    told = np.zeros(3, np.uint64)
    for pairs in map(pairs_of, pieces):
        told += np.array([len(pairs), *pairs.sum(axis=0)], np.uint64)  # modulo 2**64
    return told


def mapping_seed(version: str) -> Pairs:
    """What a digest is mixed with to become a raw fingerprint under this mapping version."""
    seed: Pairs = pairs_of(xxh3_128_digest(version.encode()))[0]
    return seed


def pairs_in(column: Sequence[bytes]) -> Pairs:
    """The fingerprints of a column."""
    return pairs_of(bytes(column.body) if isinstance(column, ArrowColumn) else b"".join(column))


def column_of(pairs: Pairs) -> ArrowColumn:
    """Fingerprints as a column of bytes."""
    ends = np.arange(0, WIDTH * (len(pairs) + 1), WIDTH, dtype=np.int32)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(pairs))]
    return ArrowColumn(pa.Array.from_buffers(pa.binary(), len(pairs), buffers))


def value_fingerprints(kind: str, columns: Sequence[Sequence[object]]) -> ArrowColumn:
    """The fingerprint of all fields of each row: their cells, parted by a control character.

    No text that was mapped holds that character but a composite key, whose parts are of a fixed number.
    """
    salt = int.from_bytes(xxh3_64_digest(kind.encode()), "big")
    made: list[bytes] = []
    written = [cells(column) for column in columns]
    for start in range(0, len(columns[0]), _PIECE):
        part = [one if one is NOTHING else one[start : start + _PIECE] for one in written]
        made += map(xxh3_128_digest, rows_of(part, KEY_SEPARATOR), repeat(salt))
    return column_of(pairs_of(b"".join(made)))


class FingerprintSet:
    """A large set that only shrinks: loaded once, asked a batch at a time.

    Forgetting one that is known is always safe: it is then decoded and looked up by key. Records mostly
    come in the order in which they were stored: where that holds, none is searched for, and nothing sorted.
    Where most of a batch are not met so, that order is given up, and the memory of another beside it.
    """

    def __init__(self, pieces: Iterable[bytes], gone: bytes = b"") -> None:
        """Of fingerprints one after the other, in pieces of any size.

        ``gone``: those that are among them no longer, as often as they stand here.
        """
        high, low = bytearray(), bytearray()  # which grow in place
        for pairs in map(pairs_of, pieces):
            high += pairs[:, 0].tobytes()
            low += pairs[:, 1].tobytes()
        self._high, self._low = np.frombuffer(high, np.uint64), np.frombuffer(low, np.uint64)
        if gone:
            stand = ~_withdrawn(self._high, pairs_of(gone)[:, 0])
            self._high, self._low = self._high[stand], self._low[stand]
        self._gone: Flags = np.zeros(len(self._high), np.bool_)
        #: Where those lie that come in the order of their high halves; None: as they are.
        self._order: Order | None = None
        self._sorted: Hashes | None = None
        self._next = 0
        #: One thread asks ahead while another forgets.
        self._turn = Lock()
        #: The high halves of what was forgotten, each time.
        self._forgotten: list[Hashes] = []

    def __len__(self) -> int:
        """How many it knows, of equal ones each."""
        return int(np.count_nonzero(~self._gone))

    def contains(self, pairs: Pairs) -> Flags:
        with self._turn:
            return self._known(pairs) if len(self._high) else np.zeros(len(pairs), np.bool_)

    def holds(self, others: "FingerprintSet") -> bool:
        """Whether it knows all that the others know."""
        known = ~others._gone
        pairs = np.column_stack((others._high[known], others._low[known]))
        return bool(self.contains(pairs).all())

    def _known(self, pairs: Pairs) -> Flags:
        last = self._next + len(pairs) - 1
        found = self._matches(slice(self._next, last + 1), pairs)
        missed = np.flatnonzero(~found)
        if 2 * len(missed) > len(pairs):
            self._give_up_order()
        if len(missed):
            places = self._search(pairs[missed])
            found[missed] = self._matches(places, pairs[missed])
            last = int(places[-1]) if missed[-1] == len(pairs) - 1 else last
        self._next = last + 1
        return found

    def _matches(self, places: slice | Order, pairs: Pairs) -> Flags:
        """Which of them stand at these places; those that would stand beyond the end do not."""
        high, low, gone = self._high[places], self._low[places], self._gone[places]
        asked = pairs[: len(high)]
        found: Flags = np.zeros(len(pairs), dtype=np.bool_)
        found[: len(high)] = (high == asked[:, 0]) & (low == asked[:, 1]) & ~gone
        return found

    def discard(self, fingerprints: Sequence[bytes]) -> None:
        """Forget these; unknown ones do not matter."""
        if not fingerprints:
            return
        high = np.unique(pairs_of(b"".join(fingerprints))[:, 0])
        with self._turn:
            self._forget(high)
            self._forgotten.append(high)

    @property
    def forgotten(self) -> int:
        """How many times something was forgotten."""
        return len(self._forgotten)

    def forgot(self, pairs: Pairs, *, since: int) -> Flags:
        """Which of them may be forgotten, since so many times something was."""
        return np.isin(pairs[:, 0], np.concatenate(self._forgotten[since:]))

    def _forget(self, high: Hashes) -> None:
        among = self._in_order()
        starts, stops = np.searchsorted(among, high, "left"), np.searchsorted(among, high, "right")
        several = stops - starts > 1  # rows may share their raw record
        single = (stops > starts) & ~several
        self._gone[self._places(starts[single])] = True
        for start, stop in zip(starts[several].tolist(), stops[several].tolist(), strict=True):
            self._gone[self._places(np.arange(start, stop))] = True

    def _search(self, pairs: Pairs) -> Order:
        """Where each would stand."""
        places = np.searchsorted(self._in_order(), pairs[:, 0])
        np.minimum(places, len(self._high) - 1, out=places)
        return self._places(places)

    def _places(self, ranks: Order) -> Order:
        return ranks if self._order is None else self._order[ranks]

    def _in_order(self) -> Hashes:
        """The high halves, sorted."""
        if self._sorted is None:
            self._order = np.argsort(self._high)
            self._sorted = self._high[self._order]
        return self._sorted

    def _give_up_order(self) -> None:
        if self._sorted is self._high:
            return
        order = np.argsort(self._high) if self._order is None else self._order
        self._order = self._sorted = None
        self._high = self._sorted = self._high[order]
        self._low, self._gone = self._low[order], self._gone[order]


def _withdrawn(came: Hashes, gone: Hashes) -> Flags:
    """Which of those that came went again: of equal ones the first, as many as went."""
    names, counts = np.unique(gone, return_counts=True)
    at = np.minimum(np.searchsorted(names, came), len(names) - 1)
    among = np.flatnonzero(names[at] == came)
    among = among[np.argsort(at[among], kind="stable")]
    of = at[among]
    rank = np.arange(len(of)) - np.searchsorted(of, of)
    found: Flags = np.zeros(len(came), np.bool_)
    found[among[rank < counts[of]]] = True
    return found


class SeenKeys:
    """Hashes of the keys a run has met, in sorted pieces that are merged as they grow, but not for ever:
    merging takes the memory of both once more.

    Two keys of one hash only make a batch take the careful road.
    """

    def __init__(self, pieces: Iterable[Hashes] = ()) -> None:
        self._pieces = list(pieces)

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def copy(self) -> "SeenKeys":
        return SeenKeys(self._pieces)

    @staticmethod
    def hashes(kind: str, keys: Iterable[str]) -> Hashes:
        salt = np.frombuffer(xxh3_64_digest(kind.encode()), dtype=np.uint64)[0]
        blob = b"".join(map(xxh3_64_digest, map(str.encode, keys)))
        found: Hashes = np.frombuffer(blob, dtype=np.uint64) ^ salt
        found.sort()
        return found

    def meets(self, hashes: Hashes) -> bool:
        """Whether any of these was seen."""
        return any(self._overlap(piece, hashes) for piece in self._pieces)

    def has(self, key: str, kind: str = "") -> bool:
        return self.meets(self.hashes(kind, (key,)))

    def add(self, hashes: Hashes) -> None:
        pieces = [*self._pieces, hashes]
        while len(pieces) > 1 and _worth_merging(*pieces[-2:]):
            merged = np.concatenate((pieces.pop(), pieces.pop()))
            merged.sort(kind="stable")  # which merges what is in order already
            pieces.append(merged)
        self._pieces = pieces  # all at once, because another thread may be asking

    @staticmethod
    def _overlap(piece: Hashes, hashes: Hashes) -> bool:
        places = np.searchsorted(piece, hashes)
        np.minimum(places, len(piece) - 1, out=places)
        return bool(len(piece)) and bool((piece[places] == hashes).any())


def _worth_merging(larger: Hashes, smaller: Hashes) -> bool:
    return len(larger) < 2 * len(smaller) and len(larger) + len(smaller) <= _LARGEST
