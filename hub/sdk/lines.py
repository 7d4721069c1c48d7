"""A file in pieces of whole lines, UTF-8 left as it is so that many lines can be read at once."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from hub.sdk.charsets import mended

_CHUNK = 1 << 20


class Piece(NamedTuple):
    """Lines with their ends, only the file's last may have none. Bytes are UTF-8, valid or not."""

    body: str | bytes
    end: str

    def text(self, start: int, stop: int) -> str:
        """Some of it; bytes that do not decode become lone surrogates."""
        found = self.body[start:stop]
        return found if isinstance(found, str) else found.decode("utf-8", "surrogateescape")

    def bare(self, start: int, stop: int) -> bytes:
        """Some of it as bytes; UnicodeEncodeError where it is text that is none."""
        found = self.body[start:stop]
        return found if isinstance(found, bytes) else found.encode()

    def first(self, mark: str, start: int, stop: int | None = None) -> int:
        """Where a mark stands first; -1 where nowhere."""
        body = self.body
        return (
            body.find(mark, start, stop) if isinstance(body, str) else body.find(mark.encode(), start, stop)
        )

    def last(self, mark: str, start: int, stop: int) -> int:
        """Where a mark stands last; -1 where nowhere."""
        body = self.body
        return (
            body.rfind(mark, start, stop) if isinstance(body, str) else body.rfind(mark.encode(), start, stop)
        )

    def whole(self, start: int, limit: int) -> int:
        """Where the last line from ``start`` on ends before ``limit``; ``start`` where none does."""
        return max(self.last(self.end, start, limit) + 1, start)


def pieces(file: BinaryIO, encoding: str) -> Iterator[Piece]:
    """A file, piece by piece.

    Not the file's own lines, because those would also break at a lone carriage return inside a cell,
    and could not mend characters; only a file without any line feed is broken at carriage returns.
    """
    if encoding in ("utf-8", "utf-8-sig"):
        return _utf8_pieces(file, codecs.BOM_UTF8 if encoding == "utf-8-sig" else b"")
    return _text_pieces(file, encoding)


def lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """The lines of a file with their ends; bytes that do not decode become lone surrogates."""
    for piece in pieces(file, encoding):
        yield from split(piece.text(0, len(piece.body)), piece.end)


def split(text: str, end: str) -> list[str]:
    """A text's lines with their ends."""
    *whole, rest = text.split(end)
    found = [line + end for line in whole]
    return [*found, rest] if rest else found


def _utf8_pieces(file: BinaryIO, mark: bytes) -> Iterator[Piece]:
    rest, end = b"", b""
    for chunk in iter(lambda: file.read(_CHUNK), b""):
        if not end:
            chunk = chunk.removeprefix(mark)
            end = b"\r" if b"\n" not in chunk and b"\r" in chunk.rstrip(b"\r") else b"\n"
        stop = chunk.rfind(end) + 1
        if stop:
            yield Piece(rest + chunk[:stop], end.decode())
            rest = chunk[stop:]
        else:
            rest += chunk
    if rest:
        yield Piece(rest, end.decode())


def _text_pieces(file: BinaryIO, encoding: str) -> Iterator[Piece]:
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    rest, end = "", ""
    for chunk in iter(lambda: file.read(_CHUNK), b""):
        text = mended(decoder.decode(chunk), encoding)
        if not end:
            end = "\r" if "\n" not in text and "\r" in text.rstrip("\r") else "\n"
        stop = text.rfind(end) + 1
        if stop:
            yield Piece(rest + text[:stop], end)
            rest = text[stop:]
        else:
            rest += text
    rest += mended(decoder.decode(b"", True), encoding)
    if rest:
        yield Piece(rest, end or "\n")
