"""Personal fields: sealed together in one column by a codec, found again by a blind index.

The codec now keeps them in the clear under key id 0; encryption and erasure are another codec.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from hub.model.kinds import KINDS, RecordKind, personal_fields

PLAIN_KEY_ID = 0
_encoder = msgspec.msgpack.Encoder()


class Codec(Protocol):
    """Turns packed personal fields into what the store keeps, and back."""

    key_id: int

    def close(self, packed: bytes) -> bytes: ...

    def open(self, sealed: bytes, key_id: int) -> bytes: ...


class PlainCodec:
    """Keeps the fields as they are."""

    key_id = PLAIN_KEY_ID

    def close(self, packed: bytes) -> bytes:
        return packed

    def open(self, sealed: bytes, key_id: int) -> bytes:
        if key_id != PLAIN_KEY_ID:
            raise ValueError(f"personal fields are sealed with key {key_id}, which is not at hand")
        return sealed


def seal(kind: RecordKind, columns: dict[str, Sequence[Any]], rows: int, codec: Codec) -> list[bytes | None]:
    """The sealed column: one value a row, None where no personal field is given."""
    absent: Sequence[Any] = [None] * rows
    parts = zip(*(columns.get(f.name, absent) for f in personal_fields(kind)), strict=True)
    return [codec.close(_encoder.encode(row)) if any(row) else None for row in parts]


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


def blind_column(identifiers: Sequence[str | None], secret: bytes) -> list[bytes | None]:
    keyed = hashlib.blake2s(key=secret, digest_size=16)
    return [None if i is None else _continued(keyed, i) for i in identifiers]


def _continued(keyed: "hashlib.blake2s", identifier: str) -> bytes:
    """The same as blind_index, with the key taken in once for all."""
    one = keyed.copy()
    one.update(identifier.upper().encode())
    return one.digest()
