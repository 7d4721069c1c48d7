"""A full re-read of a drop folder: each key is judged by its last occurrence, earlier ones are unchanged.

Files keep every version a department ever dropped. Read again in order, an old file would undo a
newer one and the newer one undo it again; so a full read holds back what differs until the end.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from hub.model.records import RawBatch

_BATCH_RECORDS = 10_000


@dataclass(slots=True)
class LastOccurrences:
    """Keeps, per key, where the last differing record lies; the bytes wait in a temporary file.

    A later occurrence that equals the stored version (``settle``) takes the held one back.
    """

    stream: str
    _places: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    _spool: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    def hold(self, key: str, raw: bytes, origin: str) -> None:
        """Remember this record as the latest of its key."""
        self._places.pop(key, None)
        self._places[key] = (self._spool.seek(0, 2), len(raw), origin)
        self._spool.write(raw)

    def settle(self, key: str) -> None:
        """The stored version of this key came again, later: nothing held of it counts."""
        self._places.pop(key, None)

    def batches(self) -> Iterator[RawBatch]:
        """What was held, in order of last occurrence."""
        places = list(self._places.values())
        for start in range(0, len(places), _BATCH_RECORDS):
            part = places[start : start + _BATCH_RECORDS]
            yield RawBatch(self.stream, [self._read(at, n) for at, n, _ in part], origin=part[0][2])

    def close(self) -> None:
        self._spool.close()

    def _read(self, at: int, length: int) -> bytes:
        self._spool.seek(at)
        return self._spool.read(length)
