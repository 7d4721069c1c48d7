"""Columns of numbers and money, converted at once."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.mapping.numbers import MONEY_UNITS

#: What plain numbers are written with.
DECIMAL = b"0123456789-."
_LIMIT = 2**63
#: Up to so many digits a double holds a decimal number exactly enough to be told from its neighbours.
DIGITS = 15


def integers(values: Sequence[Any], kind: type) -> list[int] | None:
    if kind is int:
        return list(values) if _within(values, _LIMIT) else None
    if kind is not str or not _plain(values, b"0123456789-"):
        return None
    try:
        return list(map(int, values))
    except ValueError:
        return None


def quantities(values: Sequence[Any], kind: type) -> list[float] | None:
    numbers = _doubles(values, kind)
    if numbers is None:
        return None
    size = np.abs(numbers)
    if ((size >= 1e15) | ((size < 1e-6) & (size != 0))).any():
        return None
    found: list[float] = numbers.tolist()
    return found


def money(unit: str) -> Callable[[Sequence[Any], type], list[int] | None]:
    """Amounts in ``unit`` as whole fen."""
    factor = int(MONEY_UNITS[unit])

    def convert(values: Sequence[Any], kind: type) -> list[int] | None:
        if kind is int:
            return [value * factor for value in values] if _within(values, _LIMIT // factor) else None
        numbers = _doubles(values, kind)
        if numbers is None:
            return None
        amounts = fen(numbers, factor)
        found: list[int] | None = None if amounts is None else amounts.tolist()
        return found

    return convert


def fen(numbers: NDArray[np.float64], factor: int) -> NDArray[np.int64] | None:
    """Amounts of ``factor`` fen each as whole fen; None unless each is surely so many."""
    with np.errstate(over="ignore"):  # so large a number is left to the scalar below
        found = np.rint(numbers * factor)
    # Equal only where the number is the very double nearest to that many fen.
    sure = (found / factor == numbers) & (np.abs(found) < 1e14)
    return found.astype(np.int64) if sure.all() else None


def _doubles(values: Sequence[Any], kind: type) -> NDArray[np.float64] | None:
    if kind is str:
        if not _plain(values, DECIMAL):
            return None
        try:
            return np.array(list(map(float, values)), np.float64)
        except ValueError:
            return None
    if kind is float or (kind is int and _within(values, 10**DIGITS)):
        return np.array(values, np.float64) + 0.0  # which makes of -0.0 the 0.0 that its digits say
    return None


def _within(values: Sequence[int], limit: int) -> bool:
    return not values or (max(values) < limit and min(values) >= -limit)


def _plain(values: Sequence[str], allowed: bytes) -> bool:
    """Whether the texts hold nothing but these characters, and few enough of them."""
    joined = "\n".join(values)
    if not joined.isascii() or max(map(len, values), default=0) > DIGITS:
        return False
    return len(joined.encode().translate(None, allowed)) == max(len(values) - 1, 0)
