"""Columns of unified fields out of columns of source fields; a fault is data, by row."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import xxhash

from hub.mapping.cleaning import NotConvertible, as_plain, as_text, is_absent, shown
from hub.mapping.converters import scalar
from hub.mapping.fast import Column, Fast, fast_for
from hub.mapping.frame import Frame
from hub.mapping.numbers import as_length, as_quantity, duration_unit
from hub.mapping.spec import FieldSpec, SourcePath, UnitSpec, path_text
from hub.model.arrow_column import ArrowColumn, taken
from hub.model.kinds import Field
from hub.model.records import KEY_SEPARATOR


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one row cannot be mapped: ``field`` the unified one, ``value`` the raw one, masked if personal."""

    field: str
    reason: str
    value: str | None
    message: str


Faults = dict[int, Fault]

#: In a code list: what every code not listed stands for.
ANY_OTHER = "*"

_BITS = {"true": "1", "false": "0"}


def present(frame: Frame, sources: Sequence[SourcePath], default: Any) -> Column:
    """The first source that says something, else the default."""
    column = frame.column(sources[0])
    for path in sources[1:]:
        column = [b if is_absent(a) else a for a, b in zip(column, frame.column(path), strict=True)]
    if default is not None:
        column = [default if is_absent(value) else value for value in column]
    return column


def coded(codes: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Look one raw value up in a code list."""
    words = list(codes)
    expected = "one of the codes " + ", ".join(words[:12]) + (", …" if len(words) > 12 else "")

    def look_up(value: Any) -> Any:
        text = as_text(value)
        if text is None:
            return None
        for word in (text, as_plain(text), _BITS.get(text) if value is True or value is False else None):
            if word is not None and word in codes:
                return codes[word]
        if ANY_OTHER in codes:
            return codes[ANY_OTHER]
        raise NotConvertible(expected, "unknown_code")

    return look_up


class FieldColumn:
    """Builds the column of one field (of a duration, both its columns)."""

    def __init__(self, spec: FieldSpec) -> None:
        self.spec = spec
        self.one = coded(spec.codes) if spec.codes is not None else scalar(spec)
        self.fast = fast_for(spec, self.one)
        self.source = " / ".join(path_text(path) for path in spec.sources)

    def build(self, frame: Frame) -> tuple[dict[str, Column], Faults]:
        """The columns by field name, None where absent or at fault, and the faults by row."""
        spec = self.spec
        if spec.digest:
            return {spec.field.name: _digests(frame, spec.digest)}, {}
        if not spec.sources:
            return {spec.field.name: [spec.const] * len(frame)}, {}
        raw = self.raw(frame)
        if spec.unit_field is not None:
            return self._durations(frame, raw, spec.unit_field)
        values, faults = convert(raw, self.one, self.fast, self.fault)
        return {spec.field.name: values}, faults

    def raw(self, frame: Frame) -> Column:
        """The raw values to convert: sources, default and null_if applied."""
        spec = self.spec
        column = present(frame, spec.sources, spec.default)
        if spec.null_values:
            column = [None if _text(value) in spec.null_values else value for value in column]
        if spec.null_same_as:
            others = frame.column(spec.null_same_as)
            column = [None if _same(a, b) else a for a, b in zip(column, others, strict=True)]
        return column

    def fault(self, value: Any, error: NotConvertible, field: Field | None = None) -> Fault:
        field = field or self.spec.field
        return Fault(
            field.name,
            error.reason,
            shown(value, personal=field.personal),
            f"{field.name} ({self.source}): expected {error.expected}",
        )

    def _durations(self, frame: Frame, raw: Column, unit_field: Field) -> tuple[dict[str, Column], Faults]:
        name = self.spec.field.name
        if self.spec.unit is None:
            pairs, faults = convert(raw, as_length, None, self.fault)
            lengths = [None if pair is None else pair[0] for pair in pairs]
            return {name: lengths, unit_field.name: [pair and pair[1] for pair in pairs]}, faults
        numbers, faults = convert(raw, as_quantity, self.fast, self.fault)
        units, unit_faults = self._units(frame, self.spec.unit, unit_field)
        lengths, words = [], []
        for row, (number, unit) in enumerate(zip(numbers, units, strict=True)):
            lengths.append(None if number is None or unit is None else number * unit[1])
            words.append(None if number is None or unit is None else unit[0])
            if number is not None and unit is None:
                missing = NotConvertible("a unit beside the length")
                faults.setdefault(row, unit_faults.get(row) or self.fault(None, missing, unit_field))
        return {name: lengths, unit_field.name: words}, faults

    def _units(self, frame: Frame, unit: UnitSpec, field: Field) -> tuple[Column, Faults]:
        if unit.const is not None:
            return [duration_unit(unit.const)] * len(frame), {}
        one = coded(unit.codes) if unit.codes is not None else duration_unit
        raw = present(frame, unit.sources, unit.default)
        return convert(raw, one, None, lambda value, error: self.fault(value, error, field))


def convert(
    raw: Column,
    one: Callable[[Any], Any],
    fast: Fast | None,
    fault: Callable[[Any, NotConvertible], Fault],
) -> tuple[Column, Faults]:
    """Convert a column at once where that can be done, else value by value."""
    done = None if fast is None else fast(raw)
    column, rows = done if done is not None else ([None] * len(raw), range(len(raw)))
    if not rows:
        return column, {}
    made: list[Any] = []
    faults = Faults()
    for row, value in zip(rows, raw if len(rows) == len(raw) else taken(raw, rows), strict=True):
        try:
            made.append(None if value is None else one(value))
        except NotConvertible as error:
            made.append(None)
            faults[row] = fault(value, error)
    return _with(column, rows, made), faults


def _with(column: Column, rows: Sequence[int], values: Sequence[Any]) -> Column:
    """The column with these values at these rows."""
    if len(rows) == len(column):
        return values
    if isinstance(column, ArrowColumn):
        with suppress(pa.ArrowException, OverflowError):  # a value that no such array holds
            return column.with_values(rows, values)
    whole = list(column)
    for row, value in zip(rows, values, strict=True):
        whole[row] = value
    return whole


def _text(value: Any) -> str | None:
    try:
        return as_text(value)
    except NotConvertible:
        return None


def _same(a: Any, b: Any) -> bool:
    return bool(a == b) or (isinstance(a, str) and isinstance(b, str) and a.strip() == b.strip())


def _digests(frame: Frame, paths: Sequence[SourcePath]) -> Column:
    columns = [list(map(_text, frame.column(path))) for path in paths]
    return [
        xxhash.xxh3_64_hexdigest(KEY_SEPARATOR.join(text or "" for text in texts).encode())
        if any(texts)
        else None
        for texts in zip(*columns, strict=True)
    ]
