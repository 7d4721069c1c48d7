"""One raw record mapped step by step, for people: where each value came from, what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.mapping.columns import FieldColumn
from hub.mapping.frame import Frame
from hub.mapping.rendering import human
from hub.mapping.spec import FieldSpec, path_text
from hub.model.records import Rejection


@dataclass(frozen=True, slots=True)
class FieldTrace:
    """One field: its source, the raw value there, the steps taken, the value or the fault."""

    field: str
    source: str
    raw: Any
    steps: tuple[str, ...]
    value: Any
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class RecordTrace:
    """One record that the raw yields, or would yield but for its faults."""

    kind: str
    key: str | None
    fields: tuple[FieldTrace, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """All that a mapping makes of one raw record; ``unnamed``: source fields no one asked for."""

    stream: str
    records: tuple[RecordTrace, ...]
    rejection: Rejection | None
    unnamed: tuple[str, ...]


def trace_fields(columns: Sequence[FieldColumn], frame: Frame) -> tuple[FieldTrace, ...]:
    """The fields of the frame's only row."""
    traces: list[FieldTrace] = []
    for column in columns:
        made, faults = column.build(frame)
        fault = faults[0].message if 0 in faults else None
        for name, values in made.items():
            spec = column.spec
            field = spec.field if name == spec.field.name else spec.unit_field
            assert field is not None
            value = human(field, values[0], spec.zone)
            traces.append(FieldTrace(name, _source(spec), _raw(spec, frame), _steps(spec), value, fault))
    return tuple(traces)


def _source(spec: FieldSpec) -> str:
    if spec.digest:
        return "digest of " + ", ".join(map(path_text, spec.digest))
    return " / ".join(map(path_text, spec.sources)) or "const"


def _raw(spec: FieldSpec, frame: Frame) -> Any:
    paths = spec.digest or spec.sources
    found: Mapping[str, Any] = {path_text(path): frame.column(path)[0] for path in paths}
    return next(iter(found.values()), None) if len(found) < 2 else dict(found)


def _steps(spec: FieldSpec) -> tuple[str, ...]:
    if spec.digest or not spec.sources:
        return ()
    steps = []
    if spec.default is not None:
        steps.append(f"default {spec.default!r}")
    if spec.null_values:
        steps.append("null_if " + ", ".join(sorted(spec.null_values)))
    if spec.null_same_as:
        steps.append(f"null_if same as {path_text(spec.null_same_as)}")
    if spec.codes is not None:
        steps.append(f"codes ({len(spec.codes)})")
    if spec.field.type in ("instant", "date"):
        steps.append(f"{spec.convert} as {' or '.join(spec.formats)}, wall clock of {spec.zone}")
    else:
        steps.append(spec.convert)
    return tuple(steps)
