"""Single values of numbers, money, booleans, units and durations."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hub.mapping.cleaning import NotConvertible, as_plain
from hub.model.kinds import UNITS

Scalar = Callable[[Any], Any]

_NUMBER = re.compile(r"([+-]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.[0-9]*)?)((?:[eE][+-]?[0-9]{1,3})?)")
_CURRENCY = re.compile(r"^[¥$]|(?:元|CNY|RMB)$")
_LIMIT = 2**63

#: How many fen one of these is.
MONEY_UNITS = {"fen": Decimal(1), "yuan": Decimal(100), "wan": Decimal(1_000_000)}

TRUE = frozenset({"true", "1", "yes", "y", "t", "是", "有"})
FALSE = frozenset({"false", "0", "no", "n", "f", "否", "无"})

#: Units a source may name beside our own, and what they are in ours.
FOREIGN_UNITS: dict[str, tuple[str, float]] = {
    "minute": ("hour", 1 / 60),
    "week": ("calendar_day", 7.0),
    "year": ("month", 12.0),
}
_UNIT_WORDS = {
    "工作日": "working_day",
    "个工作日": "working_day",
    "自然日": "calendar_day",
    "个自然日": "calendar_day",
    "日历日": "calendar_day",
    "天": "calendar_day",
    "小时": "hour",
    "个小时": "hour",
    "工作小时": "working_hour",
    "分钟": "minute",
    "周": "week",
    "月": "month",
    "个月": "month",
    "年": "year",
}
_LENGTH = re.compile(r"([+-]?[0-9.,]+)\s*(\D*)")


def as_decimal(value: Any) -> Decimal | None:
    """Any number exactly; thousands may be separated by commas."""
    if isinstance(value, bool):
        raise NotConvertible("a number, not true or false")
    text = as_plain(value)
    if text is None:
        return None
    match = _NUMBER.fullmatch(text) if len(text) <= 64 else None
    if match is None or not any(map(str.isdigit, match[2])):
        raise NotConvertible("a number")
    return Decimal(f"{match[1]}{match[2].replace(',', '')}{match[3]}")


def as_integer(value: Any) -> int | None:
    number = as_decimal(value)
    return None if number is None else _whole(number, "a whole number")


def _whole(number: Decimal, expected: str) -> int:
    if number and number.adjusted() > 18:
        raise NotConvertible("a number of at most 18 digits")
    whole = int(number)
    if whole != number:
        raise NotConvertible(expected)
    if not -_LIMIT <= whole < _LIMIT:
        raise NotConvertible("a number of at most 18 digits")
    return whole


def as_quantity(value: Any) -> float | None:
    number = as_decimal(value)
    if number is None:
        return None
    if number and abs(number.adjusted()) > 15:
        raise NotConvertible("a number between 0.000000000000001 and 999999999999999")
    return float(number)


def as_decimal_text(value: Any) -> str | None:
    """A number as text, in one way of writing."""
    number = as_decimal(value)
    if number is None:
        return None
    if number and abs(number.adjusted()) > 40:
        raise NotConvertible("a number of at most 40 digits")
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(unit: str) -> Scalar:
    """Money as whole fen, from amounts in ``unit``."""
    factor = MONEY_UNITS[unit]

    def as_money(value: Any) -> int | None:
        if isinstance(value, str):
            value = _CURRENCY.sub("", as_plain(value) or "").strip()
        number = as_decimal(value)
        if number is not None and number and number.adjusted() > 18:
            raise NotConvertible("an amount of at most 16 digits")
        return None if number is None else _whole(number * factor, "an amount with at most two decimals")

    return as_money


def as_boolean(value: Any) -> bool | None:
    text = as_plain(value)
    if text is None:
        return None
    word = text.lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise NotConvertible("true or false (1 0, yes no, 是 否)")


def as_unit(value: Any) -> str | None:
    """One of our units, or its Chinese word."""
    text = as_plain(value)
    if text is None or text in UNITS:
        return text
    unit = _UNIT_WORDS.get(text)
    if unit in UNITS:
        return unit
    raise NotConvertible(f"a unit: {', '.join(UNITS)}")


def duration_unit(word: Any) -> tuple[str, float] | None:
    """A unit of length and what one of it is in one of ours; minutes, weeks and years included."""
    text = as_plain(word)
    if text is None:
        return None
    unit = _UNIT_WORDS.get(text, text)
    if unit in UNITS:
        return unit, 1.0
    if unit in FOREIGN_UNITS:
        return FOREIGN_UNITS[unit]
    raise NotConvertible(f"a unit: {', '.join((*UNITS, *FOREIGN_UNITS))}")


def as_length(value: Any) -> tuple[float, str] | None:
    """A length that names its own unit: ``5个工作日``, ``24 小时``."""
    text = as_plain(value)
    if text is None:
        return None
    match = _LENGTH.fullmatch(text)
    unit = duration_unit(match[2]) if match else None
    number = as_quantity(match[1]) if match else None
    if unit is None or number is None:
        raise NotConvertible("a length with its unit, such as 5个工作日")
    return number * unit[1], unit[0]
