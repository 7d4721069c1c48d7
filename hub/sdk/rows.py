"""Database rows to JSON, by the shortest road their types allow."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from types import NoneType
from typing import Any
from uuid import UUID

from hub.sdk.encoding import encode_all, encode_one
from hub.sdk.rowshape import encode_plain

#: Types that JSON takes, unless they are no number.
_NUMBERS = frozenset({float, Decimal})
#: These, and types that JSON takes exactly as they are.
_PLAIN = _NUMBERS | {str, int, bool, NoneType, datetime, date, time, UUID}


def encode_rows(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[bytes]:
    """Rows as JSON objects."""
    columns = list(zip(*rows, strict=True))
    types = [frozenset(map(type, column)) for column in columns]
    try:
        if all(found <= _PLAIN for found in types):
            raws = encode_plain(names, rows)
            for place in _not_finite(columns, types):
                raws[place] = encode_one(dict(zip(names, rows[place], strict=True)))
            return raws
    except (UnicodeEncodeError, ValueError, TypeError):
        pass
    return encode_all([dict(zip(names, row, strict=True)) for row in rows])


def _not_finite(columns: Sequence[Sequence[Any]], types: Sequence[frozenset[type]]) -> set[int]:
    """The rows that may hold a number that is none. Asked of the numbers, which are few, not of all JSON."""
    found: set[int] = set()
    for column, kinds in zip(columns, types, strict=True):
        if kinds.isdisjoint(_NUMBERS) or (kinds <= _NUMBERS and all(map(isfinite, column))):
            continue
        found.update(
            place for place, value in enumerate(column) if type(value) in _NUMBERS and not isfinite(value)
        )
    return found
