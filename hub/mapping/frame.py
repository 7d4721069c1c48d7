"""Raw records as columns of just the source fields a mapping names: cut, or decoded row by row."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Self

import msgspec
import numpy as np
import pyarrow as pa
from msgspec.structs import astuple

from hub.mapping.cut_columns import Cut
from hub.mapping.cutting import cut
from hub.mapping.spec import SourcePath
from hub.model.arrow_column import ArrowColumn, taken

#: What the SDK sends for a row it could not read; the value says why.
MALFORMED = "_malformed"

#: So few raws are decoded one by one, which then costs less.
FEW = 16

_UNSPEAKABLE = frozenset('"\\')  # what a msgspec field cannot be named

Row = Any


class RowReader:
    """Reads of raws the named top-level fields, nothing else.

    A field named twice in one object counts by its last value, as JSON readers have it. With
    ``any_case`` a record may spell all its names as written, in upper or in lower case; ``anchors``
    are the names by which the spelling is told.
    """

    def __init__(self, names: Iterable[str], *, any_case: bool = False, anchors: Iterable[str] = ()) -> None:
        self.places = {name: place for place, name in enumerate(dict.fromkeys((*names, MALFORMED)))}
        self._anchors = tuple(anchors)
        spellings = [list(self.places)]
        for spell in (str.upper, str.lower) if any_case else ():
            names = [name if name == MALFORMED else spell(name) for name in self.places]
            if names not in spellings:
                spellings.append(names)
        self._decoders = [self._decoder(names) for names in spellings]
        self._otherwise = set().union(*spellings[1:]) - self.places.keys()

    def _decoder(self, names: Sequence[str]) -> Callable[[bytes], Row]:
        fields = [f"f{place}" for place in range(len(names))]
        speakable = not any(_UNSPEAKABLE & set(name) or not name.isprintable() for name in names)
        if not speakable or len(set(names)) < len(names):
            return _dict_decoder(fields, names)
        renamed = dict(zip(fields, names, strict=True))
        row = msgspec.defstruct("Row", [(field, Any, None) for field in fields], rename=renamed, gc=False)
        return msgspec.json.Decoder(row).decode

    def frame(self, raws: Sequence[bytes]) -> tuple["Frame", Sequence[int], dict[int, str]]:
        """The readable raws as columns, their places, and by place why the others are not readable."""
        whole = self._cut(raws)
        if whole is not None:
            return whole, range(len(raws)), {}
        try:
            rows: list[Row] = list(map(self._decoders[0], raws))
            places: Sequence[int] = range(len(raws))
            faults: dict[int, str] = {}
        except (ValueError, RecursionError):  # what msgspec raises; each record is then tried alone
            rows, places, faults = self._one_by_one(raws)
        frame, wrong = self._respelled(RowFrame(self.places, rows), [raws[place] for place in places])
        said = frame.column((MALFORMED,))
        if said.count(None) < len(said):
            wrong |= {row: f"{why!s:.200}" for row, why in enumerate(said) if why is not None}
        if wrong:
            faults |= {places[row]: why for row, why in wrong.items()}
            good = [row for row in range(len(rows)) if row not in wrong]
            frame, places = frame.take(good), [places[row] for row in good]
        return frame, places, faults

    def _cut(self, raws: Sequence[bytes]) -> "CutFrame | None":
        """The raws cut into columns, where they are of one form, spelled as the mapping spells them."""
        found = cut(raws) if len(raws) >= FEW else None
        if found is None or MALFORMED in found.names:
            return None
        if len(self._decoders) > 1 and (
            not any(anchor in found.names for anchor in self._anchors)
            or self._otherwise.intersection(found.names)
        ):
            return None
        try:
            return CutFrame.of(found, self.places)
        except (ValueError, RecursionError):  # a value that is no JSON, or nested too deeply
            return None

    def _one_by_one(self, raws: Sequence[bytes]) -> tuple[list[Row], Sequence[int], dict[int, str]]:
        rows: list[Row] = []
        places: list[int] = []
        faults: dict[int, str] = {}
        for place, raw in enumerate(raws):
            try:
                rows.append(self._decoders[0](raw))
                places.append(place)
            except RecursionError:
                faults[place] = "the record is nested too deeply"
            except ValueError as error:
                faults[place] = _why(error)
        return rows, places, faults

    def _respelled(self, frame: "RowFrame", raws: Sequence[bytes]) -> tuple["RowFrame", dict[int, str]]:
        """The same, with rows decoded anew whose names are spelled in another case; and, by row, why not.

        A text that the first spelling passed over may turn out to be unreadable.
        """
        faults: dict[int, str] = {}
        for decode in self._decoders[1:]:
            told = zip(*(frame.column((anchor,)) for anchor in self._anchors), strict=True)
            lost = [row for row, values in enumerate(told) if values.count(None) == len(values)]
            if not lost:
                break
            rows = list(frame.rows)
            for row in lost:
                try:
                    rows[row] = self._told(decode(raws[row]), rows[row])
                except ValueError as error:
                    faults[row] = _why(error)
            frame = RowFrame(self.places, rows)
        return frame, faults

    def _told(self, respelled: Row, row: Row) -> Row:
        """The respelled row where it names an anchor, else the row as it was: spelled so, but null."""
        values = astuple(respelled)
        return respelled if any(values[self.places[a]] is not None for a in self._anchors) else row


def _why(error: ValueError) -> str:
    told = f"not UTF-8 ({error.reason})" if isinstance(error, UnicodeDecodeError) else str(error)
    return f"the record is not one readable JSON object: {told}"


def _dict_decoder(fields: Sequence[str], names: Sequence[str]) -> Callable[[bytes], Row]:
    row = msgspec.defstruct("Row", [(field, Any, None) for field in fields], gc=False)
    decode = msgspec.json.Decoder(dict[str, Any]).decode

    def read(raw: bytes) -> Row:
        found = decode(raw)
        return row(*(found.get(name) for name in names))

    return read


class Frame(ABC):
    """Some rows of a batch, read by columns."""

    def __init__(self) -> None:
        self._columns: dict[SourcePath, Sequence[Any]] = {}

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def take(self, rows: Sequence[int]) -> "Frame":
        """The same, of some of the rows only."""

    @abstractmethod
    def _named(self, name: str) -> Sequence[Any]:
        """The values of one source field."""

    def column(self, path: SourcePath) -> Sequence[Any]:
        """The values at a place; an ArrowColumn only where all are texts or absent."""
        found = self._columns.get(path)
        if found is None:
            if len(path) > 1:
                found = _texts([dig(value, path[1:]) for value in self.column(path[:1])])
            else:
                found = self._named(str(path[0]))
            self._columns[path] = found
        return found


class RowFrame(Frame):
    """Decoded rows."""

    def __init__(self, places: dict[str, int], rows: Sequence[Row]) -> None:
        super().__init__()
        self.places = places
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def _named(self, name: str) -> Sequence[Any]:
        return _texts(list(map(attrgetter(f"f{self.places[name]}"), self.rows)))

    def take(self, rows: Sequence[int]) -> "RowFrame":
        if len(rows) == len(self.rows):
            return self
        return RowFrame(self.places, [self.rows[row] for row in rows])


class CutFrame(Frame):
    """Columns cut out of the records."""

    def __init__(self, columns: Mapping[str, Sequence[Any]], size: int) -> None:
        super().__init__()
        self._cut = columns
        self._size = size

    @classmethod
    def of(cls, found: Cut, names: Iterable[str]) -> Self:
        """ValueError where any value cannot be read, also of a field that is not named."""
        return cls(found.columns(names), len(found))

    def __len__(self) -> int:
        return self._size

    def _named(self, name: str) -> Sequence[Any]:
        return self._cut[name]

    def take(self, rows: Sequence[int]) -> "CutFrame":
        if len(rows) == self._size:
            return self
        return CutFrame({name: taken(column, rows) for name, column in self._cut.items()}, len(rows))


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
