"""Brings together what the records of a stream made of one chunk after another."""

from collections.abc import Sequence
from typing import Any

from hub.mapping.columns import Fault
from hub.mapping.fast import Column
from hub.mapping.frame import Frame
from hub.mapping.record import RecordColumns
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
    """Accepted rows of one record spec."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.indexes: list[int] = []
        self.columns: dict[str, Column] = {}

    def add(self, keys: Sequence[Any], indexes: Sequence[int], columns: dict[str, Column]) -> None:
        self.keys += keys
        self.indexes += indexes
        for name, values in columns.items():
            self.columns.setdefault(name, []).extend(values)


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
                values = {name: [column[row] for row in good] for name, column in values.items()}
            whole = len(places) == len(indexes)
            taken = list(indexes) if whole else [indexes[place] for place in places]
            if keys:
                rows.add(keys, taken, values)
            self._identify(taken, keys)

    def _identify(self, indexes: Sequence[int], keys: Sequence[str]) -> None:
        fresh = dict(zip(indexes, keys, strict=True))
        if self.raw_keys and len(self.rows) > 1:
            fresh |= {index: self.raw_keys[index] for index in fresh.keys() & self.raw_keys.keys()}
        self.raw_keys.update(fresh)

    def mapped(self, drift: dict[str, int]) -> Mapped:
        """The whole batch; records of one kind make one block, in order of arrival."""
        blocks = []
        for kind in dict.fromkeys(self.kinds):
            parts = [rows for name, rows in zip(self.kinds, self.rows, strict=True) if name == kind]
            rows = _merged([part for part in parts if part.keys])
            if rows is not None:
                blocks.append(RecordBlock(kind, rows.keys, rows.indexes, dict(rows.columns)))
        self.rejections.sort(key=lambda rejection: rejection.index)
        return Mapped(tuple(blocks), self.raw_keys, tuple(self.rejections), drift)


def _merged(parts: Sequence[_Rows]) -> _Rows | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    names = dict.fromkeys(name for part in parts for name in part.columns)
    joined = _Rows()
    for part in parts:
        absent = [None] * len(part.keys)
        joined.add(part.keys, part.indexes, {name: part.columns.get(name, absent) for name in names})
    order = sorted(range(len(joined.keys)), key=joined.indexes.__getitem__)
    rows = _Rows()
    rows.add(
        [joined.keys[row] for row in order],
        [joined.indexes[row] for row in order],
        {name: [column[row] for row in order] for name, column in joined.columns.items()},
    )
    return rows
