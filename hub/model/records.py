"""What travels from the wire to the store: raw batches, mapped blocks, rejections, outcomes, counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

#: Joins the parts of a composite key (case_no, seq); never occurs in mapped text.
KEY_SEPARATOR = "\x1f"


def shown_key(key: str) -> str:
    """A record's key as people read it: case number/sequence."""
    return key.replace(KEY_SEPARATOR, "/")


Delivery = Literal["changes", "flagged", "snapshot"]


class Outcome(IntEnum):
    """What became of one raw record; exactly one each (received = the sum)."""

    INSERTED = 0
    UPDATED = 1
    UNCHANGED = 2
    QUARANTINED = 3


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Raw records of one stream in arrival order, each one JSON object in UTF-8.

    ``origin`` says where they came from (URL without secrets, file, table) for people who ask.
    ``cursor`` is the position that may be committed with this batch, or None.
    """

    stream: str
    raws: Sequence[bytes]
    origin: str = ""
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A raw record that could not be mapped: data to be stored, never an exception.

    ``index`` is the record's place in the batch; ``key`` its key where that much could be read.
    """

    index: int
    reason: str  # a stable word: unknown_code, bad_value, missing_required, missing_key, malformed, …
    field: str | None
    value: str | None
    message: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class RecordBlock:
    """Mapped records of one kind as columns, all of one length.

    ``keys[i]`` is the record's key (parts joined by KEY_SEPARATOR), ``indexes[i]`` the raw record
    of the batch it came from (ascending; one raw record may yield several). ``columns`` holds only
    the fields the mapping names, as plain Python values per hub.model.kinds types, None = absent.
    """

    kind: str
    keys: Sequence[str]
    indexes: Sequence[int]
    columns: dict[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a mapping made of (some of) a raw batch; every raw is in ``raw_keys`` or rejected.

    ``raw_keys[index]`` is the identity of the raw record within its stream: the key of the first
    record it yields. ``drift`` counts source fields that the mapping does not name.
    """

    blocks: tuple[RecordBlock, ...]
    raw_keys: dict[int, str]
    rejections: tuple[Rejection, ...] = ()
    drift: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Counts:
    """Per raw record; ``received`` is counted apart from the rest so that the sum can be enforced."""

    received: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0

    def add(self, other: "Counts") -> None:
        self.received += other.received
        self.inserted += other.inserted
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.quarantined += other.quarantined

    def balanced(self) -> bool:
        return self.received == self.inserted + self.updated + self.unchanged + self.quarantined


@dataclass(frozen=True, slots=True)
class Window:
    """What a pull is asked for. Bounds are cursor values as text (see ``hub.model.cursors``).

    ``lower`` is inclusive: equal cursor values are read again and found unchanged. ``upper`` is
    frozen at the start of the run. ``mode`` full ignores cursor, flag and taken files.
    """

    lower: str | None
    upper: str | None
    mode: Literal["incremental", "full", "range"]
