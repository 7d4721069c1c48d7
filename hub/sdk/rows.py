"""Database rows to JSON, by the shortest road their types allow."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from types import NoneType
from typing import Any
from uuid import UUID

import msgspec

from hub.sdk.encoding import encode_all, encode_one

#: Types that JSON takes exactly as they are.
_EXACT = frozenset({str, int, bool, NoneType, datetime, date, time, UUID})
#: Types that JSON takes, unless they are no number.
_NUMBERS = frozenset({float, Decimal})
_encode: Callable[[Any], bytes] = msgspec.json.Encoder(enc_hook=str, decimal_format="number").encode


def encode_rows(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[bytes]:
    """Rows as JSON objects."""
    records = [dict(zip(names, row, strict=True)) for row in rows]
    types = set(map(type, chain.from_iterable(rows)))
    try:
        if types <= _EXACT:
            return list(map(_encode, records))
        if types <= _EXACT | _NUMBERS:
            raws = list(map(_encode, records))
            return [
                encode_one(record) if b"null" in raw or b"NaN" in raw or b"Infinity" in raw else raw
                for raw, record in zip(raws, records, strict=True)
            ]
    except (UnicodeEncodeError, ValueError, TypeError):
        pass
    return encode_all(records)
