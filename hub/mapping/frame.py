"""Raw records decoded into rows of just the source fields a mapping names, read as columns."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from hub.mapping.spec import SourcePath

#: What the SDK sends for a row it could not read; the value says why.
MALFORMED = "_malformed"

_UNSPEAKABLE = frozenset('"\\')  # what a msgspec field cannot be named

Row = Any
Getter = Callable[[Row], Any]


class RowReader:
    """Decodes raws into rows of the named top-level fields, nothing else.

    A field named twice in one object counts by its last value, as JSON readers have it. With
    ``any_case`` a record may spell all its names as written, in upper or in lower case; ``anchors``
    are the names by which the spelling is told.
    """

    def __init__(self, names: Iterable[str], *, any_case: bool = False, anchors: Iterable[str] = ()) -> None:
        self.names = tuple(dict.fromkeys((*names, MALFORMED)))
        fields = [f"f{number}" for number in range(len(self.names))]
        self.getters: dict[str, Getter] = {
            name: attrgetter(field) for name, field in zip(self.names, fields, strict=True)
        }
        self.malformed = self.getters[MALFORMED]
        self._decoders = [self._decoder(fields, str)]
        self._anchors = [self.getters[name] for name in anchors]
        if any_case:
            self._decoders += [self._decoder(fields, str.upper), self._decoder(fields, str.lower)]

    def _decoder(self, fields: Sequence[str], spell: Callable[[str], str]) -> Callable[[bytes], Row]:
        names = [name if name == MALFORMED else spell(name) for name in self.names]
        speakable = not any(_UNSPEAKABLE & set(name) or not name.isprintable() for name in names)
        if not speakable or len(set(names)) < len(names):
            return _dict_decoder(fields, names)
        row = msgspec.defstruct(
            "Row",
            [(field, Any, None) for field in fields],
            rename=dict(zip(fields, names, strict=True)),
            gc=False,
        )
        return msgspec.json.Decoder(row).decode

    def rows(self, raws: Sequence[bytes]) -> tuple[list[Row], dict[int, str]]:
        """The rows in order, None where unreadable, and why by place."""
        try:
            rows: list[Row] = list(map(self._decoders[0], raws))
        except (ValueError, RecursionError):  # what msgspec raises, each record is then tried alone
            return self._one_by_one(raws)
        faults = self._told_malformed(rows)
        if len(self._decoders) > 1:
            rows = [self._respelled(row, raw) for row, raw in zip(rows, raws, strict=True)]
        return rows, faults

    def _one_by_one(self, raws: Sequence[bytes]) -> tuple[list[Row], dict[int, str]]:
        rows: list[Row] = []
        faults: dict[int, str] = {}
        for place, raw in enumerate(raws):
            try:
                rows.append(self._respelled(self._decoders[0](raw), raw))
            except RecursionError:
                rows.append(None)
                faults[place] = "the record is nested too deeply"
            except ValueError as error:
                rows.append(None)
                faults[place] = _why(error)
        faults.update(self._told_malformed(rows))
        return rows, faults

    def _told_malformed(self, rows: Sequence[Row]) -> dict[int, str]:
        said = [None if row is None else self.malformed(row) for row in rows]
        return {place: f"{why!s:.200}" for place, why in enumerate(said) if why is not None}

    def _respelled(self, row: Row, raw: bytes) -> Row:
        for decode in self._decoders[1:]:
            if any(get(row) is not None for get in self._anchors):
                return row
            other = decode(raw)
            if any(get(other) is not None for get in self._anchors):
                return other
        return row


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


class Frame:
    """Some rows of a batch as columns, each made when first asked for."""

    def __init__(self, reader: RowReader, rows: Sequence[Row]) -> None:
        self.reader = reader
        self.rows = rows
        self._columns: dict[SourcePath, list[Any]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, path: SourcePath) -> list[Any]:
        found = self._columns.get(path)
        if found is None:
            found = list(map(self.reader.getters[str(path[0])], self.rows))
            if len(path) > 1:
                found = [dig(value, path[1:]) for value in found]
            self._columns[path] = found
        return found

    def take(self, places: Sequence[int]) -> "Frame":
        """The same, of some of the rows only."""
        if len(places) == len(self.rows):
            return self
        return Frame(self.reader, [self.rows[place] for place in places])


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
