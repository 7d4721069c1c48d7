"""Reads the options of a mapping's field that stand by themselves: places, zones, formats, nulls."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.mapping.cleaning import NotConvertible, as_text
from hub.mapping.complaining import Desk, Keys, kind_of
from hub.mapping.moments import WORDS, compile_pattern
from hub.mapping.spec import SourcePath


class OptionReader:
    """Each method reads one option's value and tells the desk what is wrong with it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def paths(self, keys: Keys, value: Any) -> tuple[SourcePath, ...]:
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not names or not all(isinstance(n, str) and n for n in names):
            self.desk.say(keys, f"is {kind_of(value)}", "name a source field, or a list of them")
            return ()
        return tuple(parse_path(name) for name in names)

    def zone(self, keys: Keys, value: Any, default: tzinfo) -> tzinfo:
        if value is None:
            return default
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
            self.desk.say(keys, f"{value!r} is no time zone", "name one, such as Asia/Shanghai or UTC")
            return default

    def flag(self, keys: Keys, value: Any) -> bool:
        if not isinstance(value, bool):
            self.desk.say(keys, f"is {kind_of(value)}", "write true or false")
        return value is True

    def formats(self, keys: Keys, value: Any) -> tuple[str, ...]:
        forms = [value] if isinstance(value, str) else value
        if not isinstance(forms, list) or not forms:
            self.desk.say(keys, f"is {kind_of(value)}", "give a format or a list of formats")
            return ("iso",)
        good = []
        for form in forms:
            try:
                if form not in WORDS:
                    compile_pattern(form)
                good.append(form)
            except (ValueError, TypeError) as error:
                remedy = f"such as %Y-%m-%d %H:%M:%S, or {', '.join(WORDS)}"
                self.desk.say(keys, f"{form!r} cannot be parsed: {error}", remedy)
        return tuple(good) or ("iso",)

    def null_if(self, keys: Keys, value: Any) -> tuple[frozenset[str], SourcePath | None]:
        if isinstance(value, dict):
            self.desk.options(keys, value, ("same_as",))
            if "same_as" not in value and value:
                return frozenset(), None
            paths = self.paths((*keys, "same_as"), value.get("same_as"))
            return frozenset(), paths[0] if paths else None
        values = [] if value is None else value if isinstance(value, list) else [value]
        texts = set()
        for one in values:
            text = None if isinstance(one, dict | list) else as_text(one)
            if text is None:
                self.desk.say(keys, f"lists {kind_of(one)}", "give values that mean absent; blank always is")
            else:
                texts.add(text)
        return frozenset(texts), None

    def given(
        self, keys: Keys, value: Any, codes: dict[str, Any] | None, convert: Callable[[Any], Any]
    ) -> Any:
        """Convert a value the file itself gives, as a record's would be."""
        try:
            converted = codes[as_text(value) or ""] if codes is not None else convert(value)
        except NotConvertible as error:
            self.desk.say(keys, f"is {kind_of(value)}", f"it must be {error.expected}")
        except KeyError:
            self.desk.say(keys, f"is {kind_of(value)}", "it must be one of the codes")
        else:
            if converted is None and codes is None:
                self.desk.say(keys, "is blank", "give a value")
            return converted
        return None


def parse_path(text: str) -> SourcePath:
    r"""``a.b.0`` as steps; ``\.`` is a dot within a name."""
    first, *rest = (step.replace("\0", ".") for step in text.replace(r"\.", "\0").split("."))
    return (first, *(int(step) if step.isdecimal() and step.isascii() else step for step in rest))
