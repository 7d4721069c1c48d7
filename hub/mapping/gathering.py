"""Brings together what the records of a stream made of one chunk after another."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.mapping.columns import Fault
from hub.mapping.fast import Column
from hub.mapping.frame import Frame
from hub.mapping.record import RecordColumns
from hub.model.arrow_column import joined, taken
from hub.model.records import Mapped, RecordBlock, Rejection


class Made:
    """What one record spec made of a frame: ``places`` are the rows it took."""

    def __init__(self, columns: RecordColumns, frame: Frame) -> None:
        self.columns = columns
        self.places = columns.select(frame)
        self.values, self.keys, self.faults = columns.build(frame.take(self.places))


def first_faults(made: Sequence[Made]) -> dict[int, Fault]:
    """By place the first fault, its message naming the other fields at fault."""
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


class _Rows:
    """Accepted rows of one record spec, a chunk at a time."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.indexes: list[int] = []
        self._parts: dict[str, list[Column]] = {}

    def add(self, keys: Sequence[Any], indexes: Sequence[int], columns: Mapping[str, Column]) -> None:
        self.keys += keys
        self.indexes += indexes
        for name, values in columns.items():
            self._parts.setdefault(name, []).append(values)

    @property
    def columns(self) -> dict[str, Column]:
        return {name: joined(parts) for name, parts in self._parts.items()}


class Gathering:
    """Collects a batch: accepted rows by record spec, identities and rejections by raw record."""

    def __init__(self, records: Sequence[RecordColumns]) -> None:
        self.kinds = [record.kind for record in records]
        self.rows = [_Rows() for _ in records]
        self.raw_keys: dict[int, str] = {}
        self.rejections: list[Rejection] = []

    def add(self, made: Sequence[Made], indexes: Sequence[int], faults: dict[int, Fault]) -> None:
        """Take in one chunk; ``indexes`` say which raw record each place is, faulty places stay out."""
        for rows, record in zip(self.rows, made, strict=True):
            keys: Sequence[Any] = record.keys
            places, values = record.places, record.values
            if faults:
                good = [row for row, place in enumerate(places) if place not in faults]
                keys, places = [keys[row] for row in good], [places[row] for row in good]
                values = {name: taken(column, good) for name, column in values.items()}
            whole = len(places) == len(indexes)
            at = list(indexes) if whole else [indexes[place] for place in places]
            if keys:
                rows.add(keys, at, values)
            self._identify(at, keys)

    def _identify(self, indexes: Sequence[int], keys: Sequence[str]) -> None:
        if len(self.rows) == 1:
            self.raw_keys.update(zip(indexes, keys, strict=True))
            return
        for index, key in zip(indexes, keys, strict=True):
            self.raw_keys.setdefault(index, key)

    def mapped(self, drift: dict[str, int]) -> Mapped:
        """The whole batch; records of one kind make one block, in order of arrival."""
        blocks = []
        for kind in dict.fromkeys(self.kinds):
            parts = [rows for name, rows in zip(self.kinds, self.rows, strict=True) if name == kind]
            rows = _merged([part for part in parts if part.keys])
            if rows is not None:
                blocks.append(RecordBlock(kind, rows.keys, rows.indexes, rows.columns))
        self.rejections.sort(key=lambda rejection: rejection.index)
        return Mapped(tuple(blocks), self.raw_keys, tuple(self.rejections), drift)


def _merged(parts: Sequence[_Rows]) -> _Rows | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    given = [part.columns for part in parts]
    names = dict.fromkeys(name for columns in given for name in columns)
    together = _Rows()
    for part, columns in zip(parts, given, strict=True):
        absent = [None] * len(part.keys)
        together.add(part.keys, part.indexes, {name: columns.get(name, absent) for name in names})
    order = sorted(range(len(together.keys)), key=together.indexes.__getitem__)
    rows = _Rows()
    rows.add(
        [together.keys[row] for row in order],
        [together.indexes[row] for row in order],
        {name: taken(column, order) for name, column in together.columns.items()},
    )
    return rows
