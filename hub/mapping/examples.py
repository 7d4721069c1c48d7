"""Mappings carry their own tests: ``<name>.examples.toml``, raw records and what they must become."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

from hub.errors import ConfigError
from hub.located import load_toml
from hub.mapping.complaining import Desk, Keys, kind_of
from hub.mapping.mapping import Mapping, load_mapping
from hub.mapping.rendering import from_human, human
from hub.mapping.stream import StreamMapping
from hub.model.kinds import KINDS
from hub.model.records import Mapped, Rejection

OPTIONS = ("name", "stream", "raw", "raw_json", "expected", "rejected")
REJECTED = ("reason", "field", "value", "key")


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example: ``problems`` says in what the mapping differs from it; none: it holds."""

    name: str
    line: int | None
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def examples_path(mapping: Path) -> Path:
    """Where a mapping's examples stand."""
    return mapping.with_name(f"{mapping.stem}.examples.toml")


def run_examples(path: Path, *, zone: tzinfo, codes_dir: Path | None = None) -> list[ExampleResult]:
    """Run the examples of the mapping at ``path``; ConfigError where the examples are faulty."""
    mapping = load_mapping(path, codes_dir=codes_dir or path.parent / "codes", zone=zone)
    desk = Desk(load_toml(examples_path(path)))
    examples = _Examples(mapping, desk, zone).run()
    if desk.complaints:
        raise ConfigError(f"{desk.located.file}: {len(desk.complaints)} faults", desk.complaints)
    return examples


class _Examples:
    def __init__(self, mapping: Mapping, desk: Desk, zone: tzinfo) -> None:
        self.mapping = mapping
        self.desk = desk
        self.zone = zone

    def run(self) -> list[ExampleResult]:
        self.desk.options((), self.desk.located.data, ("examples",))
        listed = self.desk.located.data.get("examples")
        if not isinstance(listed, list) or not listed:
            self.desk.say(("examples",), "holds no example", "write [[examples]]")
            return []
        return [self._one(("examples", i), example) for i, example in enumerate(listed)]

    def _one(self, keys: Keys, value: Any) -> ExampleResult:
        example = self.desk.table(keys, value) or {}
        self.desk.options(keys, example, OPTIONS)
        name = str(example.get("name", f"example {int(keys[-1]) + 1}"))
        line = self.desk.located.line(*keys)
        stream = self.mapping.streams.get(str(example.get("stream")))
        if stream is None:
            self.desk.unknown((*keys, "stream"), "stream", example.get("stream"), self.mapping.streams)
            return ExampleResult(name, line, ("no such stream",))
        if ("expected" in example) == ("rejected" in example):
            self.desk.say(keys, "needs one of expected and rejected", "say what the raw must become")
        mapped = stream.apply([self._raw(keys, example)], [0])
        if "rejected" in example:
            problems = self._rejected((*keys, "rejected"), mapped, example["rejected"])
        else:
            problems = self._expected((*keys, "expected"), stream, mapped, example.get("expected", {}))
        return ExampleResult(name, line, tuple(problems))

    def _raw(self, keys: Keys, example: dict[str, Any]) -> bytes:
        if isinstance(example.get("raw_json"), str):
            return str(example["raw_json"]).encode()
        raw = self.desk.table((*keys, "raw"), example.get("raw"))
        return json.dumps(raw, ensure_ascii=False, default=str).encode()

    def _rejected(self, keys: Keys, mapped: Mapped, value: Any) -> list[str]:
        wanted = self.desk.table(keys, value) or {}
        self.desk.options(keys, wanted, REJECTED)
        if not mapped.rejections:
            return ["is accepted, not rejected"]
        found: Rejection = mapped.rejections[0]
        return [
            f"rejection has {name} {getattr(found, name)!r}, not {value!r}"
            for name, value in wanted.items()
            if name in REJECTED and getattr(found, name) != value
        ]

    def _expected(self, keys: Keys, stream: StreamMapping, mapped: Mapped, value: Any) -> list[str]:
        wanted = self.desk.table(keys, value) or {}
        if mapped.rejections:
            found = mapped.rejections[0]
            return [f"is rejected: {found.reason}, {found.message} (found {found.value!r})"]
        problems = [f"also yields a {block.kind}" for block in mapped.blocks if block.kind not in wanted]
        for kind, records in wanted.items():
            if kind not in stream.kinds:
                self.desk.unknown((*keys, kind), "record kind", kind, stream.kinds)
                continue
            listed = records if isinstance(records, list) else [records]
            problems += self._records((*keys, kind), kind, _found(mapped, kind), listed)
        return problems

    def _records(
        self, keys: Keys, kind: str, found: Sequence[dict[str, Any]], wanted: Sequence[Any]
    ) -> list[str]:
        if len(found) != len(wanted):
            return [f"yields {len(found)} {kind}, not {len(wanted)}"]
        problems = []
        fields = {field.name: field for field in KINDS[kind].fields}
        for values, record in zip(found, wanted, strict=True):
            for name, value in (self.desk.table(keys, record) or {}).items():
                if name not in fields:
                    self.desk.unknown((*keys, name), f"field of {kind}", name, fields)
                    continue
                try:
                    right = from_human(fields[name], value, self.zone) == values.get(name)
                except ValueError as error:
                    self.desk.say((*keys, name), f"is {kind_of(value)}", str(error))
                    continue
                if not right:
                    shown = human(fields[name], values.get(name), self.zone)
                    problems.append(f"{kind}.{name} is {shown!r}, not {value!r}")
        return problems


def _found(mapped: Mapped, kind: str) -> list[dict[str, Any]]:
    return [
        {name: column[row] for name, column in block.columns.items()}
        for block in mapped.blocks
        if block.kind == kind
        for row in range(len(block))
    ]
