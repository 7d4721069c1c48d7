"""Reads raw records as a frame: cuts what can be cut, and decodes the rest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import astuple

from hub.mapping.cut_columns import Cut
from hub.mapping.cutting import cut
from hub.mapping.frame import FEW, CutFrame, Frame, MixedFrame, Row, RowFrame
from hub.mapping.page import Page
from hub.mapping.parting import part
from hub.mapping.spec import SourcePath

#: What the SDK sends for a row it could not read; the value says why.
MALFORMED = "_malformed"

#: Larger pages are decoded: their places would take many times the memory that they take.
_MOST = 16 << 20

_UNSPEAKABLE = frozenset('"\\')  # what a msgspec field cannot be named

#: The readable raws as columns, their places, and by place why the others are not readable.
Found = tuple[Frame, Sequence[int], dict[int, str]]


class RowReader:
    """Reads of raws the places named, nothing else.

    A field named twice in one object counts by its last value, as JSON readers have it. With
    ``any_case`` a record may spell all its names as written, in upper or in lower case; ``anchors``
    are the names by which the spelling is told.
    """

    def __init__(
        self, paths: Iterable[SourcePath], *, any_case: bool = False, anchors: Iterable[str] = ()
    ) -> None:
        self._paths = tuple(dict.fromkeys(paths))
        names = dict.fromkeys((*(str(path[0]) for path in self._paths), MALFORMED))
        self.places = {name: place for place, name in enumerate(names)}
        self._anchors = tuple(anchors)
        #: By the way of spelling it, how each name is written.
        self._spellings = [{name: name for name in self.places}]
        for spell in (str.upper, str.lower) if any_case else ():
            spelled = {name: name if name == MALFORMED else spell(name) for name in self.places}
            if spelled not in self._spellings:
                self._spellings.append(spelled)
        self._decoders = [self._decoder(list(spelled.values())) for spelled in self._spellings]
        self._known = set(chain.from_iterable(spelled.values() for spelled in self._spellings))

    def _decoder(self, names: Sequence[str]) -> Callable[[bytes], Row]:
        fields = [f"f{place}" for place in range(len(names))]
        speakable = not any(_UNSPEAKABLE & set(name) or not name.isprintable() for name in names)
        if not speakable or len(set(names)) < len(names):
            return _dict_decoder(fields, names)
        renamed = dict(zip(fields, names, strict=True))
        row = msgspec.defstruct("Row", [(field, Any, None) for field in fields], rename=renamed, gc=False)
        return msgspec.json.Decoder(row).decode

    def frame(self, raws: Sequence[bytes]) -> Found:
        """The readable raws as columns, their places, and by place why the others are not readable."""
        try:
            found = self._cut(raws) if len(raws) >= FEW else None
        except (ValueError, RecursionError):  # a value that is no JSON, or nested too deeply
            found = None
        return found or self._decoded(raws)

    def _cut(self, raws: Sequence[bytes]) -> Found | None:
        """Half of the raws or more cut into columns, the others decoded; None where fewer can be cut."""
        page = Page(raws)
        if len(page.body) > _MOST:
            return None
        whole = cut(page)
        found = part(page) if whole is None else (whole, np.arange(len(raws)))
        if found is None:
            return None
        cells, rows = found
        if (MALFORMED,) in cells.paths:
            sound = np.flatnonzero(~cells.having((MALFORMED,)))
            cells, rows = cells.only(sound), rows[sound]
        frame = self._cut_frame(cells)
        if frame is None or len(rows) == len(raws):
            return None if frame is None else (frame, range(len(raws)), {})
        left = np.delete(np.arange(len(raws)), rows).tolist()
        others, among, faults = self._decoded([raws[place] for place in left])
        places = [*rows.tolist(), *(left[place] for place in among)]
        mixed = MixedFrame((frame, others), np.argsort(places))
        return mixed, sorted(places), {left[place]: why for place, why in faults.items()}

    def _cut_frame(self, found: Cut) -> CutFrame | None:
        """None where the records are spelled in no one way, or hold what only decoding tells."""
        told = self._known.intersection(str(path[0]) for path in (*found.paths, *found.objects))
        ways = [way for way, spelled in enumerate(self._spellings) if told.issubset(spelled.values())]
        if not ways or (MALFORMED,) in found.objects:
            return None
        way = ways[0]
        if way == 0:
            return CutFrame.of(found, self._paths)
        names = {written: name for name, written in self._spellings[way].items()}
        # A record that names an anchor in an earlier way, or none, counts as spelled in that or the first.
        anchors = {spelled[anchor] for spelled in self._spellings[:way] for anchor in self._anchors}
        if len(names) < len(self.places) or not anchors or not told.isdisjoint(anchors):
            return None
        frame = CutFrame.of(_renamed(found, names), self._paths)
        return None if frame is None or self._some_lack(frame) else frame

    def _some_lack(self, frame: Frame) -> bool:
        """Whether a row has none of the anchors."""
        columns = [frame.column((anchor,)) for anchor in self._anchors]
        lacking = all(None in column for column in columns)
        return lacking and any(row.count(None) == len(row) for row in zip(*columns, strict=True))

    def _decoded(self, raws: Sequence[bytes]) -> Found:
        try:
            rows: list[Row] = list(map(self._decoders[0], raws))
            places: Sequence[int] = range(len(raws))
            faults: dict[int, str] = {}
        except (ValueError, RecursionError):  # what msgspec raises; each record is then tried alone
            rows, places, faults = self._one_by_one(raws)
        frame, wrong = self._respelled(RowFrame(self.places, rows), [raws[place] for place in places])
        said = frame.values(MALFORMED)
        if said.count(None) < len(said):
            wrong |= {row: f"{why!s:.200}" for row, why in enumerate(said) if why is not None}
        if wrong:
            faults |= {places[row]: why for row, why in wrong.items()}
            good = [row for row in range(len(rows)) if row not in wrong]
            return frame.take(good), [places[row] for row in good], faults
        return frame, places, faults

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
            told = zip(*map(frame.values, self._anchors), strict=True)
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


def _renamed(found: Cut, names: Mapping[str, str]) -> Cut:
    """The same with some of the outermost names replaced."""

    def renamed(path: SourcePath) -> SourcePath:
        return names.get(str(path[0]), path[0]), *path[1:]

    return replace(
        found, paths=tuple(map(renamed, found.paths)), objects=frozenset(map(renamed, found.objects))
    )


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
