"""Unified values as people write and read them, both ways."""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from hub.mapping.cleaning import NotConvertible
from hub.mapping.converters import scalar
from hub.mapping.spec import FieldSpec
from hub.model import instants
from hub.model.kinds import Field


def human(field: Field, value: Any, zone: tzinfo) -> Any:
    """ISO times, money with two decimals; the rest as it is. None where absent."""
    if value is None:
        return None
    if field.type in ("instant", "date"):
        return instants.isoformat(value, zone)
    if field.type == "money":
        return f"{Decimal(value) / 100:.2f}"
    return value


def from_human(field: Field, value: Any, zone: tzinfo) -> Any:
    """What a person wrote as the field's value; "" is absent. ValueError says what would do."""
    if isinstance(value, str) and not value:
        return None
    try:
        if isinstance(value, datetime):
            return instants.at(value if value.tzinfo else value.replace(tzinfo=zone))
        if isinstance(value, date):
            return instants.on(value, zone)
        return scalar(FieldSpec(field, "", zone))(value)
    except NotConvertible as error:
        raise ValueError(f"expected {error.expected}") from error
