"""TOML with the line of every key, so that a complaint can point at its place."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from hub.errors import Complaint, ConfigError

Key = str | int
_Path = tuple[Key, ...]

_LANGUAGE = Language(tree_sitter_toml.language())
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class Located:
    """The data of one file, and where each key stands. ``file`` is what complaints name."""

    file: str
    data: dict[str, Any]
    lines: dict[_Path, int]

    def line(self, *keys: Key) -> int | None:
        """The line of a key; of the nearest table around it where the key itself is not written.

        An element of an array is named by its index. None: not even the first key is in the file.
        """
        for end in range(len(keys), 0, -1):
            found = self.lines.get(keys[:end])
            if found is not None:
                return found
        return None

    def complaint(self, keys: _Path, found: str, remedy: str) -> Complaint:
        """A complaint about the value at ``keys``."""
        return Complaint(self.file, self.line(*keys), dotted(keys), found, remedy)


def dotted(keys: _Path) -> str:
    """``("streams", "a", 0, "from")`` as people write it: ``streams.a[0].from``."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def load_toml(path: Path, *, name: str | None = None) -> Located:
    """Read a TOML file; ConfigError naming file and line when it cannot be read or parsed."""
    shown = name or str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _fault(shown, None, f"cannot be read: {error.strerror or error}", "check the path") from error
    return parse_toml(content, shown)


def parse_toml(content: bytes, name: str) -> Located:
    """Parse TOML bytes that came from ``name``; a leading byte order mark is tolerated."""
    try:
        text = content.decode("utf-8-sig")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _fault(name, line, "is not UTF-8", "save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise _fault(name, *_place(str(error), text), "mend the TOML syntax") from error
    except RecursionError as error:
        raise _fault(name, None, "is nested too deeply", "flatten the file") from error
    tree = Parser(_LANGUAGE).parse(text.encode())
    lines: dict[_Path, int] = {}
    for path, line in _positions(tree.root_node):
        lines.setdefault(path, line)  # the first mention: where a reader looks for it
    return Located(name, data, lines)


def _fault(file: str, line: int | None, found: str, remedy: str) -> ConfigError:
    place = f"{file}:{line}" if line else file
    return ConfigError(f"{place}: {found}", (Complaint(file, line, "(file)", found, remedy),), remedy=remedy)


def _place(message: str, text: str) -> tuple[int, str]:
    match = _AT_LINE.search(message)
    line = int(match[1]) if match and match[1] else text.count("\n") + 1
    return line, f"is not valid TOML: {_AT_LINE.sub('', message)}"


def _positions(document: Node) -> Iterator[tuple[_Path, int]]:
    counts: dict[_Path, int] = {}
    for node in document.named_children:
        if node.type == "pair":
            yield from _pair(node, ())
        elif node.type in ("table", "table_array_element"):
            names = _names(node.named_children[0])
            here: _Path = (*_resolve(names[:-1], counts), names[-1])
            yield from ((here[:end], _line(node)) for end in range(1, len(here) + 1))
            if node.type == "table_array_element":
                counts[here] = counts.get(here, -1) + 1
                here = (*here, counts[here])
                yield here, _line(node)
            for child in node.named_children[1:]:
                if child.type == "pair":
                    yield from _pair(child, here)


def _resolve(names: list[str], counts: dict[_Path, int]) -> _Path:
    """The path of a table header, array elements resolved to the last one opened."""
    path: _Path = ()
    for name in names:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path])
    return path


def _pair(node: Node, base: _Path) -> Iterator[tuple[_Path, int]]:
    key, *values = (child for child in node.named_children if child.type != "comment")
    path = base
    for name in _names(key):
        path = (*path, name)
        yield path, _line(key)
    for value in values:
        yield from _value(value, path)


def _value(node: Node, base: _Path) -> Iterator[tuple[_Path, int]]:
    if node.type == "inline_table":
        for child in node.named_children:
            if child.type == "pair":
                yield from _pair(child, base)
    elif node.type == "array":
        items = [child for child in node.named_children if child.type != "comment"]
        for index, item in enumerate(items):
            yield (*base, index), _line(item)
            yield from _value(item, (*base, index))


def _names(key: Node) -> list[str]:
    if key.type == "dotted_key":
        return [name for child in key.named_children for name in _names(child)]
    text = (key.text or b"").decode()
    if key.type == "bare_key":
        return [text]
    return [str(next(iter(tomllib.loads(f"{text} = 0"))))]


def _line(node: Node) -> int:
    return node.start_point.row + 1
