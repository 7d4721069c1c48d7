"""Reads a mapping file into its plan: streams, records and when; every fault at once."""

from datetime import tzinfo
from difflib import get_close_matches
from itertools import combinations
from typing import Any

from hub.mapping.cleaning import NotConvertible, as_text
from hub.mapping.codes import CodeLists
from hub.mapping.complaining import Desk, Keys, kind_of
from hub.mapping.reading_field import FieldReader
from hub.mapping.reading_options import OptionReader, parse_path
from hub.mapping.spec import FieldSpec, RecordSpec, SourcePath, StreamSpec
from hub.model.kinds import KINDS, RecordKind

TOP = ("title", "timezone", "case_insensitive", "streams")
STREAM = ("record", "fields", "when", "records", "ignore", "timezone", "title")
RECORD = ("record", "fields", "when")


class MappingReader:
    """Reads one located mapping file; ``desk`` keeps what is wrong with it."""

    def __init__(self, desk: Desk, lists: CodeLists, zone: tzinfo) -> None:
        self.desk = desk
        self.lists = lists
        self.zone = zone
        self.options = OptionReader(desk)

    def read(self) -> tuple[StreamSpec, ...]:
        """The streams in order of authority; the faulty ones are left out."""
        data = self.desk.located.data
        self.desk.options((), data, TOP)
        any_case = self.options.flag(("case_insensitive",), data.get("case_insensitive", False))
        zone = self.options.zone(("timezone",), data.get("timezone"), self.zone)
        streams = self.desk.table(("streams",), data.get("streams", {})) or {}
        if not streams and isinstance(data.get("streams", {}), dict):
            self.desk.say(("streams",), "names no stream", "write [streams.<name>] with record and fields")
        read = [self._stream(name, table, zone, any_case) for name, table in streams.items()]
        return tuple(stream for stream in read if stream is not None)

    def _stream(self, name: str, value: Any, zone: tzinfo, any_case: bool) -> StreamSpec | None:
        keys: Keys = ("streams", name)
        table = self.desk.table(keys, value)
        if table is None:
            return None
        self.desk.options(keys, table, STREAM)
        zone = self.options.zone((*keys, "timezone"), table.get("timezone"), zone)
        if "records" in table:
            for option in table.keys() & {"record", "fields", "when"}:
                self.desk.say((*keys, option), "stands beside records", "write it within the records")
            parts = self._list((*keys, "records"), table["records"])
            read = [self._record((*keys, "records", i), part, zone) for i, part in enumerate(parts)]
        else:
            part = {option: table[option] for option in RECORD if option in table}
            read = [self._record(keys, part, zone)]
        records = tuple(record for record in read if record is not None)
        if len(records) < len(read):
            return None
        self._check_apart((*keys, "records"), records)
        return StreamSpec(name, records, self._ignored(keys, table.get("ignore", [])), any_case)

    def _list(self, keys: Keys, value: Any) -> list[Any]:
        if isinstance(value, list) and value:
            return value
        self.desk.say(keys, f"is {kind_of(value)}", "write [[streams.<name>.records]] once per record")
        return []

    def _ignored(self, keys: Keys, value: Any) -> frozenset[str]:
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            return frozenset(value)
        self.desk.say((*keys, "ignore"), f"is {kind_of(value)}", "list the source fields left aside")
        return frozenset()

    def _record(self, keys: Keys, value: Any, zone: tzinfo) -> RecordSpec | None:
        table = self.desk.table(keys, value)
        if table is None:
            return None
        before = len(self.desk.complaints) + len(self.lists.complaints)
        if len(keys) > 2:
            self.desk.options(keys, table, RECORD)
        when = self._when((*keys, "when"), table["when"]) if "when" in table else {}
        kind = KINDS.get(str(table.get("record")))
        if "record" not in table:
            self.desk.say((*keys, "record"), "is missing", f"name the kind: {', '.join(KINDS)}")
        elif kind is None:
            self.desk.unknown((*keys, "record"), "record kind", table["record"], KINDS)
            near = get_close_matches(str(table["record"]), KINDS, n=1)
            kind = KINDS[near[0]] if near else None  # its fields are then checked as well
        if kind is None:
            return None
        fields = self._fields((*keys, "fields"), table.get("fields", {}), kind, zone)
        whole = len(self.desk.complaints) + len(self.lists.complaints) == before
        return RecordSpec(kind, fields, when) if whole else None

    def _fields(self, keys: Keys, value: Any, kind: RecordKind, zone: tzinfo) -> tuple[FieldSpec, ...]:
        table = self.desk.table(keys, value)
        if table is None:
            return ()
        reader = FieldReader(self.desk, self.lists, kind, zone)
        specs = [reader.read((*keys, name), name, one) for name, one in table.items()]
        filled = {spec.unit_field.name: spec.field.name for spec in specs if spec and spec.unit_field}
        for name in filled.keys() & table.keys():
            self.desk.say((*keys, name), f"is also filled by {filled[name]}", "keep one of the two")
        for field in kind.key_fields:
            if field.name not in table:
                self.desk.say(
                    (*keys, field.name),
                    f"is missing: it is part of the key of {kind.name}",
                    "say where it is",
                )
        return tuple(spec for spec in specs if spec is not None)

    def _when(self, keys: Keys, value: Any) -> dict[SourcePath, frozenset[str | None]]:
        table = self.desk.table(keys, value) or {}
        if not table and isinstance(value, dict):
            self.desk.say(keys, "holds nothing", "name a source field and its values, or leave when out")
        when = {}
        for name, words in table.items():
            listed = words if isinstance(words, list) else [words]
            if not name or not listed:
                self.desk.say((*keys, name), "lists no value", "list the values that must hold")
            try:
                when[parse_path(name or "-")] = frozenset(map(as_text, listed))
            except NotConvertible:
                self.desk.say((*keys, name), f"is {kind_of(words)}", "list texts or numbers")
        return when

    def _check_apart(self, keys: Keys, records: tuple[RecordSpec, ...]) -> None:
        """Two records of one kind with one key from the same raw would overwrite one another."""
        for (i, one), (j, other) in combinations(enumerate(records), 2):
            shared = one.when.keys() & other.when.keys()
            disjoint = any(not one.when[path] & other.when[path] for path in shared)
            if one.kind is other.kind and _key_specs(one) == _key_specs(other) and not disjoint:
                found = f"can yield the same {one.kind.name} as records[{i}]"
                self.desk.say((*keys, j), found, "give each a when that excludes the other, or another key")


def _key_specs(record: RecordSpec) -> list[tuple[Any, ...]]:
    return [
        (spec.field.name, spec.sources, spec.digest, spec.const) for spec in record.fields if spec.field.key
    ]
