"""The frames between the Hub and a plugin's process: one small header each, raw records beside it.

``magic(4) kind(1) header length(4) body length(8) | header (msgpack) | body``. Records travel as
lengths in the header and bytes in the body, so the receiver slices and parses nothing.
"""

import struct
from array import array
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
    """What stands before the records of one batch; ``lengths`` are unsigned 32-bit integers."""

    stream: str
    lengths: bytes
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

#: Reads exactly n bytes; fewer only when the other side is gone.
Read = Callable[[int], bytes]


def frame(head: Head, records: Sequence[bytes] = ()) -> list[bytes]:
    """The pieces of one frame, to be written one after the other."""
    header = _ENCODER.encode(head)
    body = b"".join(records)
    return [PREFIX.pack(MAGIC, _NUMBERS[type(head)], len(header), len(body)), header, body]


def lengths_of(records: Sequence[bytes]) -> bytes:
    """The lengths as the wire carries them."""
    return array("I", map(len, records)).tobytes()


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


def slice_records(lengths: bytes, body: bytes) -> list[bytes]:
    """The records of a batch; PluginFault when lengths and body disagree."""
    sizes = array("I")
    if len(lengths) % sizes.itemsize:
        raise _garbage("record lengths that are no integers")
    sizes.frombytes(lengths)
    if sum(sizes) != len(body):
        raise _garbage(f"{len(sizes)} records of {sum(sizes)} bytes in a body of {len(body)}")
    records, start = [], 0
    for size in sizes:
        records.append(body[start : start + size])
        start += size
    return records


def _garbage(found: str) -> PluginFault:
    return PluginFault(
        f"the plugin's process sent {found}",
        remedy="plugin code must not write to descriptors it did not open",
    )
