"""Personal fields: sealed together in one column by a codec, found again by a blind index.

The codec now keeps them in the clear under key id 0; encryption and erasure are another codec.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from hub.model.kinds import KINDS, personal_fields

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
        absent: Sequence[Any] = [None] * rows
        parts = zip(*(personal.get(f.name, absent) for f in personal_fields(KINDS[kind])), strict=True)
        sealed = [self.codec.close(_encoder.encode(row)) if any(row) else None for row in parts]
        key_id = self.codec.key_id
        made: dict[str, Sequence[Any]] = {"personal": sealed}
        made["personal_key_id"] = [None if one is None else key_id for one in sealed]
        if "applicant_id" in personal:
            made["applicant_id_index"] = blind_column(personal["applicant_id"], self.secret)
        return made


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
    """blind_index of each, with the key taken in once for all."""
    keyed = hashlib.blake2s(key=secret, digest_size=16)
    made: list[bytes | None] = []
    for identifier in identifiers:
        if identifier is None:
            made.append(None)
            continue
        one = keyed.copy()
        one.update(identifier.upper().encode())
        made.append(one.digest())
    return made
