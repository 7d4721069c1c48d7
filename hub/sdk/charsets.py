"""Bytes to text: GB18030 as of 2022, byte order marks, and which encoding a file is most likely in."""

import codecs
import re
from pathlib import Path
from typing import BinaryIO

import xxhash

from hub.errors import ConfigError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE = ("gbk", "gb2312", "gb18030", "cp936", "hz")
_CHUNK = 1 << 20
#: Text of more than this is fresh memory each time, which costs more than its bytes.
_PIECE = 1 << 18

# Python's codec is that of the year 2000: these codes were private then and have characters of their own now.
_CHANGED = dict(
    zip(
        [*range(0xE78D, 0xE797), 0xE7C7, 0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864],
        [0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A), 0x1E3F, *range(0x9FB4, 0x9FBC)],
        strict=True,
    )
)
_PRIVATE = re.compile("[" + "".join(map(chr, _CHANGED)) + "]")


def codec(name: str) -> str:
    """Python's codec for a declared encoding; Chinese ones all read as GB18030, which contains them."""
    try:
        known = codecs.lookup(name.strip().lower()).name
    except (LookupError, ValueError) as error:
        raise ConfigError(f"encoding {name!r} is unknown", remedy='write "utf-8" or "gb18030"') from error
    return "gb18030" if known in _CHINESE else known


def mended(text: str, encoding: str) -> str:
    """Text decoded from GB18030, with the characters of 2022."""
    if encoding == "gb18030" and _PRIVATE.search(text):
        return text.translate(_CHANGED)
    return text


def to_utf8(body: bytes, charset: str | None) -> bytes:
    """A body as UTF-8. What cannot be decoded stays broken, so that its record alone is refused."""
    marked = marked_encoding(body)
    if marked == "utf-8-sig":
        return body[3:]
    if marked is not None:
        return body.decode(marked, "replace").encode()
    try:
        encoding = codec(charset) if charset else "utf-8"
    except ConfigError:
        encoding = "utf-8"
    if encoding in ("utf-8", "ascii"):
        return body
    text = mended(body.decode(encoding, "surrogateescape"), encoding)
    return text.encode("utf-8", "surrogateescape")


def marked_encoding(start: bytes) -> str | None:
    """The encoding a byte order mark declares."""
    return next((name for mark, name in _BOMS if start.startswith(mark)), None)


def digest_and_encoding(path: Path) -> tuple[str, str]:
    """The content's digest, and the encoding it is in: marked, UTF-8 if all of it is, else GB18030.

    Where it is neither, the one that breaks in fewer places.
    """
    digest = xxhash.xxh3_128()
    marked: str | None = None
    utf8 = codecs.getincrementaldecoder("utf-8")("strict")
    valid = True
    with path.open("rb") as file:
        while chunk := file.read(_PIECE):
            if marked is None:
                marked = marked_encoding(chunk) or ""
            digest.update(chunk)
            if valid and not marked:
                valid = _decodes(utf8, chunk)
        if marked:
            return digest.hexdigest(), marked
        if valid and _decodes(utf8, b"", final=True):
            return digest.hexdigest(), "utf-8"
        broken = _broken(file, "gb18030")
        likely = "utf-8" if broken and _broken(file, "utf-8") < broken else "gb18030"
    return digest.hexdigest(), likely


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _broken(file: BinaryIO, encoding: str) -> int:
    """How many places of the file do not decode."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return sum(decoder.decode(chunk).count("\ufffd") for chunk in iter(lambda: file.read(_CHUNK), b""))


def decodes(path: Path, encoding: str) -> bool:
    """Whether all of a file is text in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        pieces = iter(lambda: file.read(_CHUNK), b"")
        return all(_decodes(decoder, piece) for piece in pieces) and _decodes(decoder, b"", final=True)


class Utf8Reader:
    """A file as UTF-8, whatever it is in; ValueError where it is not what it is said to be."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file, self._encoding = file, encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        while not self._rest:
            piece = self._file.read(_CHUNK)
            self._rest = mended(self._decoder.decode(piece, not piece), self._encoding).encode()
            if not piece:
                break
        size = len(self._rest) if size < 0 else size
        out, self._rest = self._rest[:size], self._rest[size:]
        return out
