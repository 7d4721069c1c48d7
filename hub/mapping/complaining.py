"""Gathers every fault of one mapping file, each with its line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from hub.errors import Complaint
from hub.located import Key, Located

Keys = tuple[Key, ...]


@dataclass(slots=True)
class Desk:
    """Where the readers of a file bring what they find wrong."""

    located: Located
    complaints: list[Complaint] = field(default_factory=list)

    def say(self, keys: Keys, found: str, remedy: str) -> None:
        self.complaints.append(self.located.complaint(keys, found, remedy))

    def unknown(self, keys: Keys, what: str, name: object, known: Iterable[str]) -> None:
        """``name`` is none of ``known``: name the nearest, or all."""
        words = tuple(known)
        near = get_close_matches(str(name), words, n=1)
        remedy = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(words)}"
        self.say(keys, f"{what} {name!r} is not known", remedy)

    def options(self, keys: Keys, table: dict[str, Any], known: Iterable[str]) -> None:
        """Complain of every option of ``table`` that is not known."""
        words = tuple(known)
        for name in table:
            if name not in words:
                self.unknown((*keys, name), "option", name, words)

    def table(self, keys: Keys, value: Any) -> dict[str, Any] | None:
        if isinstance(value, dict):
            return value
        self.say(keys, f"is {kind_of(value)}", "write a table")
        return None


def kind_of(value: Any) -> str:
    """A TOML value's kind, in words."""
    if isinstance(value, bool):
        return "true or false"
    names = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return f"{names.get(type(value), 'a date or time')} ({value!r:.40})"
