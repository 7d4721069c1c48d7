"""Rows of one width to JSON objects: names are written once, values straight from the row."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import starmap
from typing import Any

import msgspec

_MOST_COLUMNS = 1_000
_encode: Callable[[Any], bytes] = msgspec.json.Encoder(enc_hook=str, decimal_format="number").encode


@lru_cache(maxsize=64)
def _shape(names: tuple[str, ...]) -> Any:
    """A struct with a field for each name: half the time of a dict, and nothing for the collector.

    None where a name is one that a struct cannot bear.
    """
    if len(names) > _MOST_COLUMNS or len(set(names)) != len(names):
        return None
    fields = [(f"f{number}", Any) for number in range(len(names))]
    rename = {f"f{number}": name for number, name in enumerate(names)}
    try:
        return msgspec.defstruct("Row", fields, rename=rename, gc=False)
    except ValueError:
        return None


def encode_plain(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[bytes]:
    """Each row as an object. The values must be such that JSON takes them exactly as they are.

    UnicodeEncodeError where some text is no text.
    """
    shape = _shape(tuple(names))
    if shape is None:
        return [_encode(dict(zip(names, row, strict=True))) for row in rows]
    return list(map(_encode, starmap(shape, rows)))
