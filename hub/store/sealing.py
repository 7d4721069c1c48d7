"""Personal fields: sealed together in one column by a codec, found again by a blind index.

The codec now keeps them in the clear under key id 0; encryption and erasure are another codec.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
import numpy as np
import pyarrow as pa

from hub.model.arrow_column import ArrowColumn
from hub.model.kinds import KINDS, personal_fields
from hub.store.joining import Joining

PLAIN_KEY_ID = 0
_encoder = msgspec.msgpack.Encoder()
#: msgpack: how a short list and an absent value begin, and a text by its size in bytes.
_LIST, _ABSENT = 0x90, b"\xc0"
_SHORT_TEXT, _LARGEST_SHORT, _LARGEST = 0xA0, 31, 255
_TEXT_HEADS = pa.array(
    [bytes([_SHORT_TEXT + n]) if n <= _LARGEST_SHORT else bytes([0xD9, n]) for n in range(_LARGEST + 1)],
    pa.binary(),
)


class Codec(Protocol):
    """Turns packed personal fields into what the store keeps, a column at once, and back, one by one."""

    key_id: int

    def close(self, packed: Sequence[bytes | None]) -> Sequence[bytes | None]: ...

    def open(self, sealed: bytes, key_id: int) -> bytes: ...


class PlainCodec:
    """Keeps the fields as they are."""

    key_id = PLAIN_KEY_ID

    def close(self, packed: Sequence[bytes | None]) -> Sequence[bytes | None]:
        return packed

    def open(self, sealed: bytes, key_id: int) -> bytes:
        if key_id != PLAIN_KEY_ID:
            raise ValueError(f"personal fields are sealed with key {key_id}, which is not at hand")
        return sealed


@dataclass(frozen=True, slots=True)
class Sealer:
    """How a store seals: its codec, and the secret of its blind index."""

    codec: Codec
    secret: bytes

    def names(self, personal: Collection[str]) -> tuple[str, ...]:
        """The columns that stand for these personal fields."""
        if not personal:
            return ()
        sealed = ("personal", "personal_key_id")
        return (*sealed, "applicant_id_index") if "applicant_id" in personal else sealed

    def columns(self, kind: str, personal: dict[str, Sequence[Any]], rows: int) -> dict[str, Sequence[Any]]:
        """Those columns; None where no personal field is given."""
        if not personal:
            return {}
        sealed = self.codec.close(_packed([personal.get(f.name) for f in personal_fields(KINDS[kind])], rows))
        key_id = self.codec.key_id
        whole = isinstance(sealed, ArrowColumn) and sealed.whole
        made: dict[str, Sequence[Any]] = {"personal": sealed}
        made["personal_key_id"] = (
            ArrowColumn.of_integers(np.full(rows, key_id))
            if whole
            else [None if one is None else key_id for one in sealed]
        )
        if "applicant_id" in personal:
            made["applicant_id_index"] = blind_column(personal["applicant_id"], self.secret)
        return made


def _packed(columns: Sequence[Sequence[Any] | None], rows: int) -> Sequence[bytes | None]:
    """The fields of each row as one msgpack list; None where none is given."""
    whole = _packed_whole(columns, rows)
    if whole is not None:
        return whole
    absent: Sequence[Any] = [None] * rows
    parts = zip(*(absent if column is None else column for column in columns), strict=True)
    return [_encoder.encode(row) if any(row) else None for row in parts]


def _packed_whole(columns: Sequence[Sequence[Any] | None], rows: int) -> ArrowColumn | None:
    """The same, of short texts none of which is absent."""
    lists = Joining(rows)
    lists.constant(bytes([_LIST + len(columns)]))
    for column in columns:
        if column is None:
            lists.constant(_ABSENT)
            continue
        if not isinstance(column, ArrowColumn) or not column.is_text or not column.whole:
            return None
        if not _add_texts(lists, column):
            return None
    return lists.made()


def _add_texts(lists: Joining, column: ArrowColumn) -> bool:
    """Add a column's texts, their heads before them; False where one is too long."""
    sizes = np.diff(column.offsets)
    largest = int(sizes.max(initial=0))
    if largest > _LARGEST:
        return False
    if largest <= _LARGEST_SHORT:
        lists.fixed("u1", _SHORT_TEXT + sizes)
    else:
        lists.varying(_TEXT_HEADS.take(pa.array(sizes)))
    if size := column.size:
        lists.sized(column, size)
    else:
        lists.varying(column.array)
    return True


def unseal(kind: str, sealed: bytes | None, key_id: int | None, codec: Codec | None = None) -> dict[str, Any]:
    """The personal fields of one row by name; absent ones are None."""
    names = [f.name for f in personal_fields(KINDS[kind])]
    if sealed is None:
        return dict.fromkeys(names)
    packed = (codec or PlainCodec()).open(bytes(sealed), PLAIN_KEY_ID if key_id is None else key_id)
    values = msgspec.msgpack.decode(packed)
    return dict(zip(names, values, strict=True))


def blind_index(identifier: str, secret: bytes) -> bytes:
    """What stands for an identifier where rows are searched for it: equal ids, equal index."""
    return hashlib.blake2s(identifier.upper().encode(), key=secret, digest_size=16).digest()


def blind_column(identifiers: Sequence[str | None], secret: bytes) -> ArrowColumn:
    """blind_index of each, with the key taken in once for all."""
    begin = hashlib.blake2s(key=secret, digest_size=16).copy
    made: list[bytes | None] = []
    for identifier in _in_capitals(identifiers):
        if identifier is None:
            made.append(None)
            continue
        one = begin()
        one.update(identifier)
        made.append(one.digest())
    return ArrowColumn(pa.array(made, pa.binary()))


def _in_capitals(identifiers: Sequence[str | None]) -> Sequence[bytes | None]:
    # Not one by one where all are of one size, as those of people are, because it takes a sixth of the time.
    if isinstance(identifiers, ArrowColumn) and (size := identifiers.size):
        text = bytes(identifiers.body)
        if text.isascii():
            capitals: list[bytes | None] = np.frombuffer(text.upper(), f"V{size}").tolist()
            return capitals
    return [None if one is None else one.upper().encode() for one in identifiers]
