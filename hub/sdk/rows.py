"""Database rows to JSON, by the shortest road their types allow."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from types import NoneType
from typing import Any
from uuid import UUID

from hub.sdk.encoding import encode_all, encode_one
from hub.sdk.rowshape import encode_plain

#: Types that JSON takes exactly as they are.
_EXACT = frozenset({str, int, bool, NoneType, datetime, date, time, UUID})
#: Types that JSON takes, unless they are no number.
_NUMBERS = frozenset({float, Decimal})


def encode_rows(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[bytes]:
    """Rows as JSON objects."""
    types = set(map(type, chain.from_iterable(rows)))
    try:
        if types <= _EXACT:
            return encode_plain(names, rows)
        if types <= _EXACT | _NUMBERS:
            return _numbers_checked(names, rows, encode_plain(names, rows))
    except (UnicodeEncodeError, ValueError, TypeError):
        pass
    return encode_all([dict(zip(names, row, strict=True)) for row in rows])


def _numbers_checked(names: Sequence[str], rows: Sequence[Sequence[Any]], raws: list[bytes]) -> list[bytes]:
    """Those that may hold a number that is none, once more by the careful road."""
    for place, raw in enumerate(raws):
        if b"null" in raw or b"NaN" in raw or b"Infinity" in raw:
            raws[place] = encode_one(dict(zip(names, rows[place], strict=True)))
    return raws
