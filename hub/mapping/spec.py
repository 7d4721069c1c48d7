"""What a mapping file says, checked: the plan from which columns are compiled."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from hub.model.kinds import Field, RecordKind

#: A place in a raw record: the name of a source field, then names and indexes within it.
SourcePath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class UnitSpec:
    """Where the unit of a duration is read: a field of its own, or always the same."""

    sources: tuple[SourcePath, ...] = ()
    codes: Mapping[str, Any] | None = None
    default: Any = None
    const: str | None = None


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """How one unified field comes about; ``sources`` empty: const or digest."""

    field: Field
    convert: str
    zone: tzinfo
    sources: tuple[SourcePath, ...] = ()
    const: Any = None
    formats: tuple[str, ...] = ("iso",)
    codes: Mapping[str, Any] | None = None
    default: Any = None
    null_values: frozenset[str] = frozenset()
    null_same_as: SourcePath | None = None
    digest: tuple[SourcePath, ...] = ()
    unit: UnitSpec | None = None
    unit_field: Field | None = None
    money_unit: str = "yuan"
    required: bool = False

    def paths(self) -> Iterator[SourcePath]:
        """Every place this field reads."""
        yield from self.sources
        yield from self.digest
        if self.null_same_as:
            yield self.null_same_as
        if self.unit:
            yield from self.unit.sources


@dataclass(frozen=True, slots=True)
class RecordSpec:
    """One record that a raw record may yield; ``when`` maps places to the texts that must hold."""

    kind: RecordKind
    fields: tuple[FieldSpec, ...]
    when: Mapping[SourcePath, frozenset[str | None]]

    def paths(self) -> Iterator[SourcePath]:
        yield from self.when
        for spec in self.fields:
            yield from spec.paths()


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """One stream: the records its raws yield, and the source fields it knowingly leaves aside."""

    name: str
    records: tuple[RecordSpec, ...]
    ignore: frozenset[str] = frozenset()
    any_case: bool = False

    def paths(self) -> Iterator[SourcePath]:
        """Every place read."""
        for record in self.records:
            yield from record.paths()

    def names(self) -> frozenset[str]:
        """The source fields named: the first step of every place read."""
        return frozenset(str(path[0]) for path in self.paths())

    def supplied(self) -> Iterator[str]:
        """The unified fields named, as ``kind.field``."""
        for record in self.records:
            for spec in record.fields:
                yield f"{record.kind.name}.{spec.field.name}"
                if spec.unit_field:
                    yield f"{record.kind.name}.{spec.unit_field.name}"

    def assumed(self) -> Iterator[str]:
        """Those of them whose value may be the mapping's own: a default, or a constant."""
        for record in self.records:
            for spec in record.fields:
                if spec.default is not None or spec.const is not None:
                    yield f"{record.kind.name}.{spec.field.name}"


def path_text(path: SourcePath) -> str:
    """A place as mappings write it."""
    return ".".join(str(step).replace(".", r"\.") for step in path)
