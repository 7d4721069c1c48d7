"""Dotted paths into JSON, compiled to decoders that touch only what they name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec


def dig(value: Any, path: str) -> Any:
    """The value at a dotted path, None where there is none; the empty path is the value itself."""
    for name in path.split(".") if path else ():
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _struct(tree: Mapping[str, Any]) -> Any:
    """A struct type with one field for each branch; a leaf is a type."""
    fields = []
    names = {}
    for number, (name, branch) in enumerate(tree.items()):
        kind = _struct(branch) | None if isinstance(branch, dict) else branch
        field = f"f{number}"
        names[field] = name
        fields.append((field, kind, None))
    return msgspec.defstruct("Picked", fields, rename=names)


def _list_of(kind: Any) -> Any:
    return list[kind]


def _plant(tree: dict[str, Any], path: str, leaf: Any) -> None:
    *branches, last = path.split(".")
    for name in branches:
        tree = tree.setdefault(name, {})
        if not isinstance(tree, dict):
            raise ValueError(f"path {path} leads through a value")
    if last in tree:
        raise ValueError(f"path {path} is named twice")
    tree[last] = leaf


class Envelope:
    """Splits a JSON body into raw records and the few values around them, decoding no record."""

    def __init__(self, records: str, around: Sequence[str]) -> None:
        self.records = records
        self.around = [path for path in dict.fromkeys(around) if path]
        self._decode = self._compile()

    def _compile(self) -> Callable[[bytes], Any] | None:
        """None where the paths cannot be compiled (list indexes, one through another)."""
        if not self.records:
            return None if self.around else msgspec.json.Decoder(list[msgspec.Raw]).decode
        tree: dict[str, Any] = {}
        try:
            _plant(tree, self.records, list[msgspec.Raw] | None)
            for path in self.around:
                _plant(tree, path, Any)
        except ValueError:
            return None
        return msgspec.json.Decoder(_struct(tree)).decode

    def split(self, body: bytes) -> tuple[list[bytes], dict[str, Any]] | None:
        """Raw records and the values around them; None where only a full decode can tell."""
        if self._decode is None:
            return None
        try:
            head = self._decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        if not self.records:
            return list(map(bytes, head)), {}
        found = dict(_walk(head, ""))
        raws = found.get(self.records)
        if raws is None:
            return None
        return list(map(bytes, raws)), {path: found.get(path) for path in self.around}


def _walk(head: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for info in msgspec.structs.fields(head):
        value = getattr(head, info.name)
        path = f"{prefix}{info.encode_name}"
        if isinstance(value, msgspec.Struct):
            yield from _walk(value, path + ".")
        else:
            yield path, value


class Picker:
    """Reads one field (a dotted path) out of many raw records in one go."""

    def __init__(self, path: str) -> None:
        self.path = path
        tree: dict[str, Any] = {}
        _plant(tree, path, Any)
        self._decode = msgspec.json.Decoder(_list_of(_struct(tree))).decode

    def __call__(self, raws: Sequence[bytes]) -> list[Any]:
        try:
            heads: list[Any] = self._decode(b"[" + b",".join(raws) + b"]")
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return [self._one(raw) for raw in raws]
        for _ in self.path.split("."):
            heads = [None if head is None else head.f0 for head in heads]
        return heads

    def _one(self, raw: bytes) -> Any:
        try:
            return dig(msgspec.json.decode(raw), self.path)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
