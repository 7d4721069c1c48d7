"""Reads one field of a mapping: ``case_no = "lsh"`` or a table of options."""

from collections.abc import Callable
from dataclasses import replace
from datetime import tzinfo
from typing import Any

from hub.mapping.cleaning import is_absent
from hub.mapping.codes import CodeLists, compile_codes
from hub.mapping.complaining import Desk, Keys, kind_of
from hub.mapping.converters import ALLOWED, CONVERTERS, scalar
from hub.mapping.numbers import MONEY_UNITS, duration_unit
from hub.mapping.reading_options import OptionReader
from hub.mapping.spec import FieldSpec, UnitSpec
from hub.model.kinds import Field, RecordKind

OPTIONS = (
    "from",
    "const",
    "as",
    "format",
    "codes",
    "default",
    "null_if",
    "unit",
    "digest",
    "timezone",
    "required",
)
#: By field of a length the field that holds its unit.
UNIT_FIELDS = {
    "statutory_limit": "statutory_unit",
    "promised_limit": "promised_unit",
    "limit": "limit_unit",
    "applied_length": "applied_unit",
    "length": "unit",
}


class FieldReader:
    """Reads the fields of one record; faults go to the desk, and the field then yields nothing."""

    def __init__(self, desk: Desk, lists: CodeLists, kind: RecordKind, zone: tzinfo) -> None:
        self.desk = desk
        self.lists = lists
        self.kind = kind
        self.zone = zone
        self.options = OptionReader(desk)

    def read(self, keys: Keys, name: str, value: Any) -> FieldSpec | None:
        """The field's spec; None when something is wrong with it."""
        fields = {field.name: field for field in self.kind.fields}
        if name not in fields:
            self.desk.unknown(keys, f"{self.kind.name} has no such field: field", name, fields)
            return None
        before = len(self.desk.complaints) + len(self.lists.complaints)
        spec = self._field(keys, fields[name], {"from": value} if isinstance(value, str | list) else value)
        return spec if len(self.desk.complaints) + len(self.lists.complaints) == before else None

    def _field(self, keys: Keys, field: Field, value: Any) -> FieldSpec | None:
        table = self.desk.table(keys, value)
        if table is None:
            return None
        self.desk.options(keys, table, OPTIONS)
        ways = [way for way in ("from", "const", "digest") if way in table]
        if len(ways) != 1:
            found = f"has {' and '.join(ways)}" if ways else "names no source"
            self.desk.say(keys, found, "give exactly one of from, const, digest")
            return None
        if "format" in table and field.type not in ("instant", "date"):
            self.desk.say((*keys, "format"), f"{field.name} is {field.type}", "only times have a format")
        plain = FieldSpec(
            field,
            self._convert(keys, field, table),
            self.options.zone((*keys, "timezone"), table.get("timezone"), self.zone),
            formats=self.options.formats((*keys, "format"), table.get("format", "iso")),
            money_unit=self._money_unit(keys, field, table),
            required=self.options.flag((*keys, "required"), table.get("required", field.required)),
        )
        return {"from": self._sourced, "const": self._const, "digest": self._digest}[ways[0]](
            keys, plain, table
        )

    # -- the three ways a field comes about --------------------------------------------------------

    def _sourced(self, keys: Keys, plain: FieldSpec, table: dict[str, Any]) -> FieldSpec:
        duration = plain.convert == "duration"
        convert = scalar(plain)
        null_values, null_same_as = self.options.null_if((*keys, "null_if"), table.get("null_if"))
        codes = self._codes((*keys, "codes"), table.get("codes"), convert)
        default = table.get("default")
        if "default" in table and (is_absent(default) or isinstance(default, dict | list)):
            self.desk.say((*keys, "default"), f"is {kind_of(default)}", "give the raw value to assume")
        elif default is not None and not duration:
            self.options.given((*keys, "default"), default, codes, convert)
        return replace(
            plain,
            sources=self.options.paths((*keys, "from"), table["from"]),
            null_values=null_values,
            null_same_as=null_same_as,
            codes=codes,
            default=default,
            unit=self._unit((*keys, "unit"), table.get("unit")) if duration else None,
            unit_field=self.kind.field(UNIT_FIELDS[plain.field.name]) if duration else None,
        )

    def _const(self, keys: Keys, plain: FieldSpec, table: dict[str, Any]) -> FieldSpec:
        for option in table.keys() & {"codes", "default", "null_if"}:
            self.desk.say((*keys, option), "has nothing to do beside const", "leave it out")
        if plain.convert == "duration":
            self.desk.say(keys, "is a const duration", "give length and unit as two const fields")
        return replace(plain, const=self.options.given((*keys, "const"), table["const"], None, scalar(plain)))

    def _digest(self, keys: Keys, plain: FieldSpec, table: dict[str, Any]) -> FieldSpec:
        for option in table.keys() - {"digest", "required"}:
            self.desk.say((*keys, option), "has nothing to do beside digest", "leave it out")
        if plain.field.type not in ("identifier", "text"):
            self.desk.say(keys, f"is {plain.field.type}, which cannot hold a digest", "use from")
        return replace(plain, digest=self.options.paths((*keys, "digest"), table["digest"]))

    # -- options -----------------------------------------------------------------------------------

    def _convert(self, keys: Keys, field: Field, table: dict[str, Any]) -> str:
        allowed = ALLOWED[field.type]
        convert = table.get("as", allowed[0])
        if convert not in CONVERTERS:
            self.desk.unknown((*keys, "as"), "converter", convert, allowed)
        elif convert not in allowed or (convert == "duration" and field.name not in UNIT_FIELDS):
            self.desk.say(
                (*keys, "as"), f"{field.name} is {field.type}, not {convert}", f"use {' or '.join(allowed)}"
            )
        else:
            return str(convert)
        return allowed[0]

    def _money_unit(self, keys: Keys, field: Field, table: dict[str, Any]) -> str:
        unit = table.get("unit", "yuan")
        if field.type == "money" and unit in MONEY_UNITS:
            return str(unit)
        if field.type == "money":
            self.desk.unknown((*keys, "unit"), "unit of money", unit, MONEY_UNITS)
        elif "unit" in table and table.get("as") != "duration":
            self.desk.say((*keys, "unit"), "has no meaning here", 'use it with as = "duration" or money')
        return "yuan"

    def _codes(self, keys: Keys, value: Any, convert: Callable[[Any], Any]) -> dict[str, Any] | None:
        if value is None:
            return None
        if isinstance(value, dict):
            return compile_codes(value, convert, lambda at, *words: self.desk.say((*keys, *at), *words))
        if not isinstance(value, str):
            self.desk.say(keys, f"is {kind_of(value)}", "give a table, or the name of a code list")
            return None
        located = self.lists.named(value)
        if located is None and value not in self.lists.broken:
            path = self.lists.folder / f"{value}.toml"
            self.desk.say(keys, f"code list {value!r} is missing", f"write {path}, or name another list")
        if located is None:
            return None
        return compile_codes(
            located.data,
            convert,
            lambda at, *words: self.lists.complaints.append(located.complaint(at, *words)),
        )

    def _unit(self, keys: Keys, value: Any) -> UnitSpec | None:
        if value is None:
            return None
        if isinstance(value, str):
            value = {"from": value}
        table = self.desk.table(keys, value) or {"from": "-"}
        self.desk.options(keys, table, ("from", "const", "codes", "default"))
        codes = self._codes((*keys, "codes"), table.get("codes"), duration_unit)
        if "const" in table:
            self.options.given((*keys, "const"), table["const"], None, duration_unit)
            return UnitSpec(const=str(table["const"]))
        if "default" in table:
            self.options.given((*keys, "default"), table["default"], codes, duration_unit)
        return UnitSpec(self.options.paths((*keys, "from"), table.get("from")), codes, table.get("default"))
