"""Raw records as columns of the places in them that a mapping names: cut, decoded, or some of both."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import Any, Self

import numpy as np
import pyarrow as pa

from hub.mapping.cut_columns import Cut, Places
from hub.mapping.spec import SourcePath
from hub.model.arrow_column import ArrowColumn, joined, taken

#: So few values are no array, and so few raws are decoded one by one, which then costs less.
FEW = 16

Row = Any


class Frame(ABC):
    """Some rows of a batch, read by columns."""

    def __init__(self) -> None:
        self._columns: dict[SourcePath, Sequence[Any]] = {}

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def _read(self, path: SourcePath) -> Sequence[Any]: ...

    def column(self, path: SourcePath) -> Sequence[Any]:
        """The values at a place; an ArrowColumn only where all are texts or absent."""
        found = self._columns.get(path)
        if found is None:
            found = self._columns[path] = self._read(path)
        return found

    def take(self, rows: Sequence[int]) -> "Frame":
        """The same, of some of the rows only."""
        return self if len(rows) == len(self) else TakenFrame(self, rows)

    def _within(self, above: SourcePath, path: SourcePath) -> Sequence[Any]:
        """The values at a place, taken out of those at a place above it."""
        return _texts([dig(value, path[len(above) :]) for value in self.column(above)])


class RowFrame(Frame):
    """Decoded rows."""

    def __init__(self, places: dict[str, int], rows: Sequence[Row]) -> None:
        super().__init__()
        self.places = places
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def _read(self, path: SourcePath) -> Sequence[Any]:
        if len(path) > 1:
            return self._within(path[:1], path)
        return _texts(self.values(str(path[0])))

    def values(self, name: str) -> list[Any]:
        """The values of a source field as they were decoded."""
        return list(map(attrgetter(f"f{self.places[name]}"), self.rows))


class CutFrame(Frame):
    """Columns cut out of the records."""

    def __init__(self, columns: Mapping[SourcePath, Sequence[Any]], size: int) -> None:
        super().__init__()
        self._columns.update(columns)
        self._size = size

    @classmethod
    def of(cls, found: Cut, paths: Collection[SourcePath]) -> Self | None:
        """None where an object that was cut is asked for as a whole.

        ValueError where any value cannot be read, also at a place that is not asked for.
        """
        if any(_asks_for(path, found.objects) for path in paths):
            return None
        tops = {path[:size] for path in paths for size in range(1, len(path) + 1)}
        return cls(found.columns(tops.intersection(found.paths)), len(found))

    def __len__(self) -> int:
        return self._size

    def _read(self, path: SourcePath) -> Sequence[Any]:
        for size in range(len(path) - 1, 0, -1):
            if path[:size] in self._columns:
                return self._within(path[:size], path)
        return [None] * self._size


class TakenFrame(Frame):
    """Some rows of another frame."""

    def __init__(self, whole: Frame, rows: Sequence[int]) -> None:
        super().__init__()
        self._whole = whole
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def _read(self, path: SourcePath) -> Sequence[Any]:
        return taken(self._whole.column(path), self._rows)


class MixedFrame(Frame):
    """Rows of several frames: ``order`` says which of all these, one frame after the other, each row is."""

    def __init__(self, parts: Sequence[Frame], order: Places) -> None:
        super().__init__()
        self._parts = parts
        self._order = order

    def __len__(self) -> int:
        return len(self._order)

    def _read(self, path: SourcePath) -> Sequence[Any]:
        return taken(joined([_nulls(part.column(path)) for part in self._parts]), self._order)


def _asks_for(path: SourcePath, objects: Collection[SourcePath]) -> bool:
    """Whether a place is one of these objects, or goes on by an index: 0 may be the object itself."""
    numbered = next((at for at, step in enumerate(path) if not isinstance(step, str)), len(path))
    return path[:numbered] in objects


def _nulls(column: Sequence[Any]) -> Sequence[Any]:
    """A column without any value as an array, so that it can be joined to others."""
    if isinstance(column, ArrowColumn) or column.count(None) < len(column):
        return column
    return ArrowColumn(pa.nulls(len(column), pa.string()), clean=True)


def _texts(column: list[Any]) -> Sequence[Any]:
    """As an ArrowColumn where many values are all texts or null, an empty text being null; else as it is."""
    if len(column) < FEW:
        return column
    try:
        array = pa.array(column, pa.string())
    except (pa.ArrowException, UnicodeEncodeError):  # a value that is no text, or no Unicode
        return column
    if array.null_count == len(array):
        return column
    found = ArrowColumn(array, column)
    if np.diff(found.offsets).all() or "" not in column:
        return found
    given = [value or None for value in column]
    return ArrowColumn(pa.array(given, pa.string()), given)


def dig(value: Any, steps: SourcePath) -> Any:
    """Walk into nested objects and lists; None where there is nothing.

    Index 0 of what is not a list is the thing itself: XML does not tell one element from a list of one.
    """
    for step in steps:
        if isinstance(value, dict):
            value = value.get(str(step)) if step != 0 or "0" in value else value
        elif isinstance(value, list):
            value = value[step] if isinstance(step, int) and step < len(value) else None
        elif step != 0:
            return None
    return value
