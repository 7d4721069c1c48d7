"""Compressed bodies, unpacked in bounded pieces."""

import zlib
from collections.abc import Iterator

from hub.errors import SourceChanged, Unavailable


class Unpacker:
    """gzip and deflate in bounded pieces, so that a bomb is seen before it bursts."""

    def __init__(self, encoding: str, address: str) -> None:
        self._address = address
        self._encoding = encoding.strip().lower()
        if self._encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise SourceChanged(f"{address} sent content-encoding {encoding!r}, which was not asked for")
        self._plain = self._encoding in ("", "identity")
        self._inflate = None if self._plain else zlib.decompressobj(47)
        self._begun = False

    def __call__(self, raw: bytes) -> Iterator[bytes]:
        if self._inflate is None:
            yield raw
            return
        self._begun = self._begun or bool(raw)
        while raw:
            if self._inflate.eof:
                self._inflate = zlib.decompressobj(47)
            try:
                piece = self._inflate.decompress(raw, 1 << 20)
            except zlib.error as error:
                raise Unavailable(
                    f"{self._address} sent a body that is no {self._encoding}: {error}"
                ) from error
            if piece:
                yield piece
            raw = self._inflate.unconsumed_tail or (self._inflate.unused_data if self._inflate.eof else b"")

    def end(self) -> None:
        if self._inflate is not None and self._begun and not self._inflate.eof:
            raise Unavailable(f"{self._address} sent a {self._encoding} body that is cut short")
