"""Files of JSON: one document with a list of records, or one record a line."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from hub.errors import SourceChanged
from hub.sdk.charsets import to_utf8
from hub.sdk.encoding import encode_one
from hub.sdk.lines import lines
from hub.sdk.pages import Stream, malformed
from hub.sdk.paths import Envelope, dig

_PAGE = 2_000
_MAX_DOCUMENT = 512 << 20
_check = msgspec.json.Decoder(msgspec.Raw).decode


def read_jsonl(file: BinaryIO, encoding: str, name: str) -> Iterator[list[bytes]]:
    """Pages of records, one a line; a line that is no object travels as malformed."""
    page: list[bytes] = []
    for number, line in enumerate(lines(file, encoding), 1):
        if not line.strip():
            continue
        page.append(_line(line, number, name))
        if len(page) >= _PAGE:
            yield page
            page = []
    if page:
        yield page


def _line(line: str, number: int, name: str) -> bytes:
    try:
        raw = line.strip().encode()
        _check(raw)
    except UnicodeEncodeError:
        return encode_one(malformed("bytes that are no text", line, line=number, file=name))
    except (msgspec.MsgspecError, RecursionError) as error:
        raw = _lenient(line, number, name)
        if not raw:
            return encode_one(malformed(f"no JSON: {error}", line, line=number, file=name))
    if raw[:1] != b"{":
        return encode_one(malformed("not an object", line, line=number, file=name))
    return raw


def _lenient(text: str, number: int, name: str) -> bytes:
    """What Python's own reader makes of it: NaN and infinities as words. Empty where even that fails."""
    try:
        value = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return b""
    return encode_one(value, line=number, file=name) if isinstance(value, dict) else b""


def read_json(file: BinaryIO, encoding: str, stream: Stream, name: str) -> Iterator[list[bytes]]:
    """One page of all the records of a document."""
    body = file.read(_MAX_DOCUMENT + 1)
    if len(body) > _MAX_DOCUMENT:
        raise SourceChanged(
            f"{name}: a JSON document beyond {_MAX_DOCUMENT >> 20} MB", remedy="deliver JSONL"
        )
    body = to_utf8(body, encoding)
    if not body.strip():
        return
    path = stream.get("records", "")
    split = Envelope(path, ()).split(body)
    raws = split[0] if split is not None else _decoded(body, path, name)
    yield [_sound(raw, number, name) for number, raw in enumerate(raws, 1)]


def _sound(raw: bytes, number: int, name: str) -> bytes:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return encode_one(malformed("bytes that are no text", raw, line=number, file=name))
    if raw[:1] != b"{":
        return encode_one(malformed("not an object", raw, line=number, file=name))
    return raw


def _decoded(body: bytes, path: str, name: str) -> list[bytes]:
    try:
        value: Any = json.loads(body.decode("utf-8", "surrogateescape"), parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"{name}: no JSON: {error}") from error
    records = dig(value, path)
    if isinstance(records, dict):
        records = [records]
    if not isinstance(records, list):
        raise SourceChanged(f"{name}: no list of records at {path or 'the top'!r}")
    objects = [r if isinstance(r, dict) else malformed("not an object", repr(r)) for r in records]
    return [encode_one(record, line=number, file=name) for number, record in enumerate(objects, 1)]
