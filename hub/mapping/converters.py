"""Which conversions a field's type allows, and the function that converts one value."""

from collections.abc import Callable
from typing import Any

from hub.mapping.cleaning import as_identifier, as_text
from hub.mapping.moments import as_instant
from hub.mapping.numbers import (
    as_boolean,
    as_decimal_text,
    as_integer,
    as_quantity,
    as_unit,
    money,
)
from hub.mapping.spec import FieldSpec
from hub.model.kinds import FieldType

#: By type of field the conversions (``as``) it can take; the first is its own.
ALLOWED: dict[FieldType, tuple[str, ...]] = {
    "text": ("text", "identifier", "integer", "decimal"),
    "identifier": ("identifier", "text", "integer"),
    "integer": ("integer", "decimal"),
    "quantity": ("quantity", "integer", "decimal", "duration"),
    "money": ("money", "decimal"),
    "boolean": ("boolean",),
    "instant": ("datetime", "date"),
    "date": ("date", "datetime"),
    "unit": ("unit", "text"),
}
CONVERTERS = tuple(dict.fromkeys(name for names in ALLOWED.values() for name in names))


def scalar(spec: FieldSpec) -> Callable[[Any], Any]:
    """The function from a raw value to the field's; it raises NotConvertible."""
    type_, convert = spec.field.type, spec.convert
    if type_ in ("instant", "date"):
        return as_instant(spec.formats, spec.zone, day_only=type_ == "date" or convert == "date")
    if type_ == "money":
        return money(spec.money_unit)
    if type_ in ("text", "identifier") and convert == "integer":
        return _integer_text
    if type_ == "quantity" and convert == "integer":
        return _integer_quantity
    return _BY_TYPE[(type_, convert)] if (type_, convert) in _BY_TYPE else _BY_TYPE[(type_, "")]


def _integer_text(value: Any) -> str | None:
    number = as_integer(value)
    return None if number is None else str(number)


def _integer_quantity(value: Any) -> float | None:
    number = as_integer(value)
    return None if number is None else float(number)


_BY_TYPE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("text", ""): as_text,
    ("text", "identifier"): as_identifier,
    ("text", "decimal"): as_decimal_text,
    ("identifier", ""): as_identifier,
    ("integer", ""): as_integer,
    ("quantity", ""): as_quantity,
    ("boolean", ""): as_boolean,
    ("unit", ""): as_unit,
}
