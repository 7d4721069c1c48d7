"""Raw records as they came, kept in compressed pages: the evidence behind every version."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import zstandard
from sqlalchemy import Connection, insert, select

from hub.errors import StoreError
from hub.store.rows import Head
from hub.store.schema import raw_pages

_LEVEL = 1
#: So many records are compressed at once, because joining all takes as much memory again as they do.
_PIECE = 1_024


@dataclass(frozen=True, slots=True)
class Packed:
    """A page ready to be stored."""

    ends: bytes
    body: bytes


def pack(raws: Sequence[bytes]) -> Packed:
    """A page of at least one raw record."""
    ends = np.cumsum(np.fromiter(map(len, raws), dtype=np.int64, count=len(raws))).astype("<u4")
    packer = zstandard.ZstdCompressor(level=_LEVEL).compressobj(size=int(ends[-1]))
    pieces = [packer.compress(b"".join(raws[at : at + _PIECE])) for at in range(0, len(raws), _PIECE)]
    return Packed(ends.tobytes(), b"".join((*pieces, packer.flush())))


def unpack(ends: bytes, body: bytes) -> list[bytes]:
    text = zstandard.ZstdDecompressor().decompress(body)
    stops = np.frombuffer(ends, dtype="<u4").tolist()
    return [text[a:b] for a, b in zip([0, *stops], stops, strict=False)]


def store_page(connection: Connection, head: Head, page_id: int, origin: str, packed: Packed) -> None:
    connection.execute(
        insert(raw_pages),
        {
            "page_id": page_id,
            "stream_id": head.stream_id,
            "run_id": head.run_id,
            "stored_at": head.now,
            "origin": origin,
            "ends": packed.ends,
            "body": packed.body,
        },
    )


def read_page(connection: Connection, page_id: int) -> list[bytes]:
    """All raw records of a page."""
    query = select(raw_pages.c.ends, raw_pages.c.body).where(raw_pages.c.page_id == page_id)
    found = connection.execute(query).first()
    if found is None:
        raise StoreError(f"raw page {page_id} is missing", remedy="run `hub db check`; restore a backup")
    try:
        return unpack(bytes(found.ends), bytes(found.body))
    except zstandard.ZstdError as error:
        raise StoreError(f"raw page {page_id} is damaged", remedy="restore a backup") from error


def read_raw(connection: Connection, page_id: int, index: int) -> bytes:
    """One raw record by its place."""
    return read_page(connection, page_id)[index]
