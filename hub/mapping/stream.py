"""One stream's compiled mapping: raw records in, columns and rejections out."""

from collections.abc import Iterable, Sequence

import msgspec

from hub.mapping.cleaning import shown
from hub.mapping.columns import Fault
from hub.mapping.frame import Frame
from hub.mapping.gathering import Gathering, Made, first_faults
from hub.mapping.record import RecordColumns
from hub.mapping.row_reader import MALFORMED, RowReader
from hub.mapping.spec import RecordSpec, SourcePath, StreamSpec, path_text
from hub.mapping.tracing import RecordTrace, Trace, trace_fields
from hub.model.records import Mapped, Rejection

#: So many records at most are worked on at once: a page of the usual size in one go. Many more leave the
#: processor's caches, many fewer are too little for what each turn costs.
CHUNK = 6_000
#: How many records of a batch are looked at for source fields that no one named.
DRIFT_SAMPLE = 64


class StreamMapping:
    """Maps the raw records of one stream. Pure: the same raws give the same columns."""

    def __init__(self, spec: StreamSpec) -> None:
        self.name = spec.name
        self.spec = spec
        self.kinds = tuple(dict.fromkeys(record.kind.name for record in spec.records))
        self._records = [RecordColumns(record) for record in spec.records]
        self._key_records = [RecordColumns(record, keys_only=True) for record in spec.records]
        self._reader = self._reader_of(spec.paths())
        self._key_reader = self._reader_of(path for record in spec.records for path in self._identity(record))
        spellings = (str.upper, str.lower) if spec.any_case else ()
        named = {MALFORMED, *spec.names(), *spec.ignore}
        self._named = named.union(*({spell(name) for name in named} for spell in spellings))

    def _identity(self, record: RecordSpec) -> list[SourcePath]:
        keys = [path for field in record.fields if field.field.key for path in field.paths()]
        return [*record.when, *keys]

    def _reader_of(self, paths: Iterable[SourcePath]) -> RowReader:
        anchors = dict.fromkeys(
            str(path[0])
            for record in self.spec.records
            for field in record.fields
            if field.field.key
            for path in field.paths()
        )
        return RowReader(paths, any_case=self.spec.any_case, anchors=anchors)

    def apply(self, raws: Sequence[bytes], indexes: Sequence[int]) -> Mapped:
        """Map ``raws[i]`` for each i of ``indexes`` (ascending)."""
        gathering = Gathering(self._records)
        chunks = -(-len(indexes) // CHUNK)
        for at in range(chunks):
            part = slice(len(indexes) * at // chunks, len(indexes) * (at + 1) // chunks)
            self._map(raws, indexes[part], gathering)
        step = max(1, len(indexes) // DRIFT_SAMPLE)
        return gathering.mapped(self._drift([raws[index] for index in indexes[::step]]))

    def _map(self, raws: Sequence[bytes], indexes: Sequence[int], gathering: Gathering) -> None:
        mine = raws if len(indexes) == len(raws) else [raws[index] for index in indexes]
        frame, places, unreadable = self._reader.frame(mine)
        if unreadable:
            for place, why in sorted(unreadable.items()):
                gathering.rejections.append(Rejection(indexes[place], "malformed", None, None, why))
            indexes = [indexes[place] for place in places]
        made = [Made(record, frame) for record in self._records]
        faults = first_faults(made) | self._unclaimed(frame, made)
        gathering.add(made, indexes, faults)
        if faults:
            keys = self._keys_at(frame, made, list(faults))
            gathering.rejections += [
                Rejection(
                    indexes[place], fault.reason, fault.field, fault.value, fault.message, keys.get(place)
                )
                for place, fault in faults.items()
            ]

    def keys(self, raws: Sequence[bytes], indexes: Sequence[int]) -> dict[int, str]:
        """The identity of each raw record whose key can be read."""
        frame, places, _ = self._key_reader.frame([raws[index] for index in indexes])
        found: dict[int, str] = {}
        for record in self._key_records:
            chosen = record.select(frame)
            _, keys, _ = record.build(frame.take(chosen))
            for row, key in zip(chosen, keys, strict=True):
                if key is not None:
                    found.setdefault(indexes[places[row]], key)
        return dict(sorted(found.items()))

    def trace(self, raw: bytes) -> Trace:
        """Map one raw record step by step, for people."""
        mapped = self.apply([raw], [0])
        frame, _, unreadable = self._reader.frame([raw])
        records = []
        if not unreadable:
            for record in self._records:
                if record.select(frame):
                    _, keys, _ = record.build(frame)
                    records.append(RecordTrace(record.kind, keys[0], trace_fields(record.fields, frame)))
        return Trace(self.name, tuple(records), next(iter(mapped.rejections), None), tuple(mapped.drift))

    def _unclaimed(self, frame: Frame, made: Sequence[Made]) -> dict[int, Fault]:
        """Rows from which no record is made, because no ``when`` holds."""
        if any(not record.columns.when for record in made):
            return {}
        claimed = set().union(*(record.places for record in made))
        paths = list(dict.fromkeys(path for record in self._records for path in record.when))
        unclaimed = {}
        for place in range(len(frame)):
            if place not in claimed:
                value = shown(frame.column(paths[0])[place], personal=False) or None
                name = path_text(paths[0])
                known = sorted({str(word) for r in self.spec.records for word in r.when.get(paths[0], ())})
                told = f"{name}: no record is made from this value; known are {', '.join(known)}"
                unclaimed[place] = Fault(name, "unknown_code", value, told)
        return unclaimed

    def _keys_at(self, frame: Frame, made: Sequence[Made], places: Sequence[int]) -> dict[int, str | None]:
        """The keys of rejected rows, as far as they can be read."""
        known: dict[int, str | None] = {}
        for record in reversed(made):
            known.update(zip(record.places, record.keys, strict=True))
        unclaimed = [place for place in places if place not in known]
        if unclaimed:
            part = frame.take(unclaimed)
            known.update(zip(unclaimed, self._key_records[0].build(part)[1], strict=True))
        return known

    def _drift(self, raws: Sequence[bytes]) -> dict[str, int]:
        """How many of these records carry each source field that no one named."""
        drift: dict[str, int] = {}
        for raw in raws:
            try:
                names = _NAMES.decode(raw)
            except (ValueError, RecursionError):
                continue
            for name in names:
                if name not in self._named:
                    drift[name] = drift.get(name, 0) + 1
        return drift


_NAMES: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw])
