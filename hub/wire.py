"""The frames between the Hub and a plugin's process: one small header each, raw records beside it.

``magic(4) kind(1) header length(4) body length(8) | header (msgpack) | body``. The records of a batch are
its body, a msgpack array of byte strings: one call makes it and one takes it apart, and none is parsed.
"""

import struct
from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec

from hub.errors import PluginFault
from hub.model.column import Column
from hub.model.records import Delivery, Window

MAGIC = b"HUB\x01"
PREFIX = struct.Struct("<4sBIQ")
MAX_HEADER = 64 << 20
MAX_BODY = 256 << 20

#: The fate of one raw record, as the Hub answers it.
TAKEN, ITEM_UNKNOWN, REJECTED = 1, 2, 3


class StreamTask(msgspec.Struct, frozen=True):
    """One stream to be pulled. ``cursor`` is the field's name, ``committed`` the value reached so far;
    ``marks`` are the files already taken: {path: digest}."""

    delivery: Delivery
    cursor: str | None
    ordered: bool
    window: Window
    committed: str | None = None
    marks: dict[str, str] = {}
    settings: dict[str, Any] = {}


class Order(msgspec.Struct, frozen=True):
    """All a plugin's process ever learns; the store's address is not in it."""

    source: str
    kind: str
    code: str | None
    config: dict[str, Any]
    hosts: list[str]
    streams: dict[str, StreamTask]
    action: Literal["pull", "check", "judge"]
    deadline_s: float
    timezone: str
    started_at: int
    base_dir: str
    limit: int | None = None
    memory_mb: int = 2048


class BatchHead(msgspec.Struct, frozen=True):
    """What stands before the ``count`` records of one batch."""

    stream: str
    count: int
    origin: str = ""
    cursor: str | None = None
    marks: dict[str, str] = {}
    stream_done: bool = False


class Fault(msgspec.Struct, frozen=True):
    """An error crossing the wire; ``stream`` None: it ends the whole pull."""

    kind: str
    message: str
    remedy: str = ""
    detail: str = ""
    retry_after_s: float | None = None
    stream: str | None = None


class Final(msgspec.Struct, frozen=True):
    """The last word of a pull: how many records were sent, and which streams were read to their end."""

    sent: dict[str, int]
    complete: dict[str, bool]
    notes: list[str] = []


class Answer(msgspec.Struct, frozen=True):
    """The Hub's answer to a batch: the body holds one byte per record, or nothing if none was kept."""

    committed: bool


class Question(msgspec.Struct, frozen=True):
    """A block to be judged by one monitor as of an instant; no columns: the block of the question before."""

    monitor: str
    as_of: int
    columns: list[Column] = []


class Opinion(msgspec.Struct, frozen=True):
    """The answer to a question: verdicts as columns."""

    columns: list[Column]


Head = Order | BatchHead | Fault | Final | Answer | Question | Opinion
_KINDS: dict[int, type[Any]] = {
    1: Order,
    2: BatchHead,
    3: Fault,
    4: Final,
    5: Answer,
    6: Question,
    7: Opinion,
}
_NUMBERS = {kind: number for number, kind in _KINDS.items()}
_ENCODER = msgspec.msgpack.Encoder()
_DECODERS = {number: msgspec.msgpack.Decoder(kind) for number, kind in _KINDS.items()}
_RECORDS = msgspec.msgpack.Decoder(list[bytes])

#: What a frame is written from.
Piece = bytes | bytearray
#: Reads exactly n bytes; fewer only when the other side is gone.
Read = Callable[[int], bytes]


def frame(head: Head, pieces: Sequence[Piece] = ()) -> list[Piece]:
    """The pieces of one frame, to be written one after the other."""
    header = _ENCODER.encode(head)
    prefix = PREFIX.pack(MAGIC, _NUMBERS[type(head)], len(header), sum(map(len, pieces)))
    return [prefix + header, *pieces]


def pack_records(records: Sequence[bytes], into: bytearray) -> None:
    """Make the body of a batch in place of what ``into`` held: used again, it is no fresh memory."""
    _ENCODER.encode_into(records, into)


def read_frame(read: Read) -> tuple[Head, bytes] | None:
    """The next frame; None at a clean end. PluginFault names what was found instead of one."""
    prefix = read(PREFIX.size)
    if not prefix:
        return None
    if len(prefix) < PREFIX.size or prefix[:4] != MAGIC:
        raise _garbage(f"bytes that are no frame: {prefix!r}")
    _, number, header_size, body_size = PREFIX.unpack(prefix)
    if number not in _DECODERS or header_size > MAX_HEADER or body_size > MAX_BODY:
        raise _garbage(f"a frame of kind {number} with {header_size} + {body_size} bytes")
    header, body = read(header_size), read(body_size) if body_size else b""
    if len(header) < header_size or len(body) < body_size:
        raise _garbage(f"a frame cut short after {len(header) + len(body)} bytes")
    try:
        head: Head = _DECODERS[number].decode(header)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _garbage(f"a header that cannot be read: {error}") from error
    return head, body


def unpack_records(count: int, body: bytes) -> list[bytes]:
    """The records of a batch; PluginFault when they are not as many as its head says, or no records."""
    if not body.startswith(_opening(count)):  # before decoding, which makes room for as many as are announced
        raise _garbage(f"a body that does not begin as {count} records do")
    try:
        records: list[bytes] = _RECORDS.decode(body)
    except msgspec.MsgspecError as error:
        raise _garbage(f"a body that does not hold {count} records: {error}") from error
    return records


def malformed(why: str, text: str | bytes = "", **place: Any) -> dict[str, Any]:
    """The stand-in for a record that could not be read: it travels on and is quarantined with its reason."""
    if isinstance(text, bytes):
        text = text[:8000].decode("utf-8", "backslashreplace")
    shown = text[:2000].encode("utf-8", "backslashreplace").decode()
    found = {f"_{key}": value for key, value in place.items() if value is not None}
    return {"_malformed": why, "_text": shown, **found}


def _opening(count: int) -> bytes:
    """How msgpack begins an array of so many."""
    if count < 16:
        return bytes([0x90 | max(count, 0)])
    return b"\xdc" + count.to_bytes(2, "big") if count < 1 << 16 else b"\xdd" + count.to_bytes(8, "big")[4:]


def _garbage(found: str) -> PluginFault:
    return PluginFault(
        f"the plugin's process sent {found}",
        remedy="plugin code must not write to descriptors it did not open",
    )
