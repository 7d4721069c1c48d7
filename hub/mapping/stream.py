"""One stream's compiled mapping: raw records in, columns and rejections out."""

from collections.abc import Sequence
from typing import Any

import msgspec

from hub.mapping.cleaning import NotConvertible, as_text, shown
from hub.mapping.columns import Fault, Faults, FieldColumn
from hub.mapping.fast import Column
from hub.mapping.frame import MALFORMED, Frame, RowReader
from hub.mapping.spec import RecordSpec, SourcePath, StreamSpec, path_text
from hub.mapping.tracing import RecordTrace, Trace, trace_fields
from hub.model.identifiers import validity_column
from hub.model.records import KEY_SEPARATOR, Mapped, RecordBlock, Rejection

#: How many records of a batch are looked at for source fields that no one named.
DRIFT_SAMPLE = 64


class RecordColumns:
    """Compiled columns of one record spec."""

    def __init__(self, spec: RecordSpec, *, keys_only: bool = False) -> None:
        self.kind = spec.kind.name
        self.when = spec.when
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
        for path, words in self.when.items():
            column = frame.column(path)
            places = [place for place in places if _word(column[place]) in words]
        return places

    def build(self, frame: Frame) -> tuple[dict[str, Column], list[str | None], list[Faults]]:
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


def _word(value: Any) -> str | None:
    try:
        return as_text(value)
    except NotConvertible:
        return None


def _keys(parts: Sequence[Column]) -> list[str | None]:
    if len(parts) == 1:
        return parts[0]
    join = KEY_SEPARATOR.join
    return [None if None in key else join(map(str, key)) for key in zip(*parts, strict=True)]


class StreamMapping:
    """Maps the raw records of one stream. Pure: the same raws give the same columns."""

    def __init__(self, spec: StreamSpec) -> None:
        self.name = spec.name
        self.spec = spec
        self.kinds = tuple(dict.fromkeys(record.kind.name for record in spec.records))
        self._records = [RecordColumns(record) for record in spec.records]
        self._key_records = [RecordColumns(record, keys_only=True) for record in spec.records]
        self._reader = self._reader_of(spec.names())
        self._key_reader = self._reader_of(
            {str(path[0]) for record in spec.records for path in self._identity(record)}
        )
        spellings = (str.upper, str.lower) if spec.any_case else ()
        named = {MALFORMED, *spec.names(), *spec.ignore}
        self._named = named.union(*({spell(name) for name in named} for spell in spellings))

    def _identity(self, record: RecordSpec) -> list[SourcePath]:
        keys = [path for field in record.fields if field.field.key for path in field.paths()]
        return [*record.when, *keys]

    def _reader_of(self, names: Any) -> RowReader:
        anchors = dict.fromkeys(
            str(path[0])
            for record in self.spec.records
            for field in record.fields
            if field.field.key
            for path in field.paths()
        )
        return RowReader(sorted(names), any_case=self.spec.any_case, anchors=anchors)

    def apply(self, raws: Sequence[bytes], indexes: Sequence[int]) -> Mapped:
        """Map ``raws[i]`` for each i of ``indexes`` (ascending)."""
        picked = raws if len(indexes) == len(raws) else [raws[index] for index in indexes]
        rows, unreadable = self._reader.rows(picked)
        rejections = [_malformed(indexes[place], why) for place, why in unreadable.items()]
        if unreadable:
            places = [place for place in range(len(rows)) if place not in unreadable]
            rows, indexes = [rows[place] for place in places], [indexes[place] for place in places]
        frame = Frame(self._reader, rows)
        made = [_Made(record, frame) for record in self._records]
        faults = _first_faults(made)
        faults.update(self._unclaimed(frame, made))
        keys: dict[int, str | None] = {}
        for record in reversed(made):
            keys.update(zip(record.places, record.keys, strict=True))
        if faults:
            keys.update(self._keys_of_unclaimed(frame, [place for place in faults if place not in keys]))
            rejections += [
                _rejection(indexes[place], fault, keys.get(place)) for place, fault in faults.items()
            ]
            rejections.sort(key=lambda rejection: rejection.index)
        return Mapped(
            tuple(block for record in made if (block := record.block(indexes, faults)) is not None),
            {indexes[place]: key for place, key in keys.items() if key is not None and place not in faults},
            tuple(rejections),
            self._drift(picked),
        )

    def keys(self, raws: Sequence[bytes], indexes: Sequence[int]) -> dict[int, str]:
        """The identity of each raw record whose key can be read."""
        rows, unreadable = self._key_reader.rows([raws[index] for index in indexes])
        frame = Frame(
            self._key_reader, [None if place in unreadable else row for place, row in enumerate(rows)]
        )
        readable = [place for place in range(len(rows)) if place not in unreadable]
        part = frame.take(readable)
        found: dict[int, str] = {}
        for record in self._key_records:
            chosen = record.select(part)
            _, keys, _ = record.build(part.take(chosen))
            for place, key in zip(chosen, keys, strict=True):
                if key is not None:
                    found.setdefault(indexes[readable[place]], key)
        return dict(sorted(found.items()))

    def trace(self, raw: bytes) -> Trace:
        """Map one raw record step by step, for people."""
        mapped = self.apply([raw], [0])
        rows, unreadable = self._reader.rows([raw])
        records = []
        if not unreadable:
            frame = Frame(self._reader, rows)
            for record in self._records:
                if record.select(frame):
                    _, keys, _ = record.build(frame)
                    records.append(RecordTrace(record.kind, keys[0], trace_fields(record.fields, frame)))
        return Trace(self.name, tuple(records), next(iter(mapped.rejections), None), tuple(mapped.drift))

    def _unclaimed(self, frame: Frame, made: Sequence["_Made"]) -> dict[int, Fault]:
        """Rows from which no record is made, because no ``when`` holds."""
        if any(not record.columns.when for record in made):
            return {}
        claimed = set().union(*(record.places for record in made))
        paths = list(dict.fromkeys(path for record in self._records for path in record.when))
        unclaimed = {}
        for place in range(len(frame)):
            if place not in claimed:
                value = shown(frame.column(paths[0])[place], personal=False)
                name = path_text(paths[0])
                known = sorted({str(word) for r in self._records for word in r.when.get(paths[0], ())})
                told = f"{name}: no record is made from this value; known are {', '.join(known)}"
                unclaimed[place] = Fault(name, "unknown_code", value, told)
        return unclaimed

    def _keys_of_unclaimed(self, frame: Frame, places: Sequence[int]) -> dict[int, str | None]:
        if not places:
            return {}
        _, keys, _ = self._key_records[0].build(Frame(frame.reader, [frame.rows[place] for place in places]))
        return dict(zip(places, keys, strict=True))

    def _drift(self, raws: Sequence[bytes]) -> dict[str, int]:
        """Source fields no one named, counted in an even sample of the batch."""
        step = max(1, len(raws) // DRIFT_SAMPLE)
        drift: dict[str, int] = {}
        for raw in raws[::step]:
            try:
                names = _NAMES.decode(raw)
            except (ValueError, RecursionError):
                continue
            for name in names.keys() - self._named:
                drift[name] = drift.get(name, 0) + 1
        return drift


_NAMES: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw])


class _Made:
    """What one record spec made of a frame."""

    def __init__(self, columns: RecordColumns, frame: Frame) -> None:
        self.columns = columns
        self.places = columns.select(frame)
        self.values, self.keys, self.faults = columns.build(frame.take(self.places))

    def block(self, indexes: Sequence[int], bad: dict[int, Fault]) -> RecordBlock | None:
        if not self.places:
            return None
        keys: Sequence[Any] = self.keys
        values: dict[str, Sequence[Any]] = dict(self.values)
        places = self.places
        if bad:
            good = [row for row, place in enumerate(places) if place not in bad]
            keys = [keys[row] for row in good]
            values = {name: [column[row] for row in good] for name, column in values.items()}
            places = [places[row] for row in good]
        if not keys:
            return None
        return RecordBlock(self.columns.kind, keys, [indexes[place] for place in places], values)


def _first_faults(made: Sequence[_Made]) -> dict[int, Fault]:
    """By place the first fault, its message naming how many more there are."""
    first: dict[int, Fault] = {}
    more: dict[int, list[str]] = {}
    for record in made:
        for faults in record.faults:
            for row, fault in faults.items():
                known = first.setdefault(record.places[row], fault)
                if known is not fault and known.field != fault.field:
                    more.setdefault(record.places[row], []).append(fault.field)
    for place, fields in more.items():
        fault, names = first[place], ", ".join(dict.fromkeys(fields))
        first[place] = Fault(
            fault.field, fault.reason, fault.value, f"{fault.message}; also at fault: {names}"
        )
    return first


def _rejection(index: int, fault: Fault, key: str | None) -> Rejection:
    return Rejection(index, fault.reason, fault.field, fault.value, fault.message, key)


def _malformed(index: int, why: str) -> Rejection:
    return Rejection(index, "malformed", None, None, why)
