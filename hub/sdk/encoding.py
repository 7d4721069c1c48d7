"""Records to JSON bytes, one object each: exact, and never silently poorer than what was read."""

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

import msgspec

from hub.errors import PluginFault
from hub.sdk.pages import Record, malformed

#: Beyond this a record is no record; it is quarantined with its beginning.
MAX_RECORD = 32 << 20

#: Types that JSON would take, but not as what they are, or that may hold such.
_DEEP = frozenset({bytes, bytearray, memoryview, Decimal, dict, list, tuple, set, frozenset})
_encode: Callable[[Any], bytes] = msgspec.json.Encoder(enc_hook=str, decimal_format="number").encode


def encode_all(records: Sequence[Record]) -> list[bytes]:
    """Each record as JSON. What cannot be JSON travels as malformed; what is no record is a PluginFault."""
    if set(map(type, records)) == {bytes}:  # without a look at each in Python
        return cast("list[bytes]", list(records))
    return [record if type(record) is bytes else encode_one(record) for record in records]


def encode_one(record: Record, **place: Any) -> bytes:
    """One record as JSON; ``place`` tells where it stood, should it be malformed."""
    if isinstance(record, bytes):
        return record
    if not isinstance(record, Mapping):
        raise PluginFault(
            f"a page holds a {type(record).__name__} where a record belongs",
            remedy="a record is a dict, or JSON as bytes",
        )
    try:
        plain = record if _DEEP.isdisjoint(map(type, record.values())) else _exact(record)
        raw = _encode(plain)
        if b"null" in raw:
            raw = _encode(_exact(record))
    except UnicodeEncodeError:
        return _encode(malformed("text that is not Unicode", repr(dict(record)), **place))
    except (TypeError, ValueError, RecursionError, OverflowError) as error:
        return _encode(malformed(f"cannot be written as JSON: {error}", _cut(record), **place))
    if len(raw) > MAX_RECORD:
        return _encode(malformed(f"a record of {len(raw)} bytes", raw[:2000], **place))
    return raw


def _cut(record: Mapping[str, Any]) -> str:
    try:
        return repr(record)[:2000]
    except RecursionError:
        return ", ".join(map(str, record))[:2000]


def _exact(value: Any) -> Any:
    """The same, bytes as hex, and numbers that are none as words a mapping can refuse by name."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        return value if value.is_finite() else str(value)
    if isinstance(value, Mapping):
        return {key: _exact(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_exact(inner) for inner in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return value
