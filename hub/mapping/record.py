"""The compiled columns of one record that a raw record may yield."""

from collections.abc import Collection, Sequence
from typing import Any

from hub.mapping.cleaning import NotConvertible, as_text
from hub.mapping.columns import Fault, Faults, FieldColumn
from hub.mapping.fast import Column
from hub.mapping.frame import Frame
from hub.mapping.spec import RecordSpec
from hub.model.identifiers import validity_column
from hub.model.records import KEY_SEPARATOR

_REMEMBERED = 1000


class RecordColumns:
    """Compiled columns of one record spec."""

    def __init__(self, spec: RecordSpec, *, keys_only: bool = False) -> None:
        self.kind = spec.kind.name
        self.when = {path: _Holds(words) for path, words in spec.when.items()}
        self.key_fields = [field.name for field in spec.kind.key_fields]
        self.fields = [
            FieldColumn(field)
            for field in spec.fields
            if not keys_only or field.field.name in self.key_fields
        ]
        self.required = [field.spec.field.name for field in self.fields if field.spec.required]
        self.with_validity = not keys_only and any(f.field.name == "applicant_id" for f in spec.fields)
        self.personal = {field.field.name for field in spec.fields if field.field.personal}

    def select(self, frame: Frame) -> Sequence[int]:
        """The places of the rows this record is made from."""
        places: Sequence[int] = range(len(frame))
        for path, holds in self.when.items():
            column = frame.column(path)
            places = [place for place in places if holds.of(column[place])]
        return places

    def build(self, frame: Frame) -> tuple[dict[str, Column], Sequence[str | None], list[Faults]]:
        """Columns, keys (None where a part is missing), and the faults, in order of fields."""
        columns: dict[str, Column] = {}
        faults: list[Faults] = []
        for field in self.fields:
            made, wrong = field.build(frame)
            columns.update(made)
            if wrong:
                faults.append(wrong)
        keys = _keys([columns[name] for name in self.key_fields])
        faults += [wrong for wrong in (self._missing(name, columns) for name in self.required) if wrong]
        if self.with_validity and self.kind == "case":
            columns["applicant_id_valid"] = validity_column(columns["applicant_id"])
        return columns, keys, faults

    def _missing(self, name: str, columns: dict[str, Column]) -> Faults:
        column = columns[name]
        if None not in column:
            return {}
        key = name in self.key_fields
        source = next(field.source for field in self.fields if field.spec.field.name == name)
        told = "every record needs its key" if key else "this field is required"
        fault = Fault(
            name, "missing_key" if key else "missing_required", None, f"{name} ({source}) is absent: {told}"
        )
        return {row: fault for row, value in enumerate(column) if value is None}


class _Holds(dict[str, bool]):
    """Whether a raw value is one of the words of a ``when``; texts once seen are remembered."""

    def __init__(self, words: Collection[str | None]) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, text: str) -> bool:
        holds = as_text(text) in self._words
        if len(self) < _REMEMBERED:
            self[text] = holds
        return holds

    def of(self, value: Any) -> bool:
        if type(value) is str:
            return self[value]
        try:
            return as_text(value) in self._words
        except NotConvertible:
            return False


def _keys(parts: Sequence[Column]) -> Sequence[str | None]:
    if len(parts) == 1:
        return parts[0]
    if not any(None in part for part in parts):
        return list(map(KEY_SEPARATOR.join(["{}"] * len(parts)).format, *parts))
    join = KEY_SEPARATOR.join
    return [None if None in key else join(map(str, key)) for key in zip(*parts, strict=True)]
