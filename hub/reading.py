"""Typed values out of a TOML file, keeping a complaint for each fault instead of stopping at the first."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from hub import cadence
from hub.errors import Complaint
from hub.located import Located

Place = tuple[str | int, ...]


class TableReader:
    """Reads one located file. Where a value is wrong it complains and goes on with the default."""

    def __init__(self, located: Located) -> None:
        self.located = located
        self.complaints: list[Complaint] = []

    def complain(self, at: Place, found: str, remedy: str) -> None:
        self.complaints.append(self.located.complaint(at, found, remedy))

    def known(self, at: Place, table: Mapping[str, Any], names: Iterable[str]) -> None:
        """Complain of every key that is not among ``names``, guessing what was meant."""
        names = tuple(names)
        for key in table:
            if key not in names:
                near = difflib.get_close_matches(key, names, n=1)
                remedy = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(names)}"
                self.complain((*at, key), "unknown key", remedy)

    def table(self, at: tuple[str, ...], names: Iterable[str] | None) -> dict[str, Any]:
        """The table at ``at``, empty when absent; ``names`` None: any key may stand in it."""
        found: Any = self.located.data
        for key in at:
            found = found.get(key, {}) if isinstance(found, dict) else {}
        if not isinstance(found, dict):
            self.complain(at, f"found {shown(found)}", f"make it a table: [{'.'.join(at)}]")
            return {}
        if names is not None:
            self.known(at, found, names)
        return found

    def text(self, table: Mapping[str, Any], at: tuple[str, ...], default: str | None) -> str:
        """A text; required where ``default`` is None, never blank unless the default is."""
        if at[-1] not in table and default is None:
            self.complain(at, "is missing", "write it: a text in quotes")
            return ""
        value = table.get(at[-1], default)
        if isinstance(value, str) and (value.strip() or default == ""):
            return value.strip()
        self.complain(at, f"found {shown(value)}", "write a text in quotes")
        return default or ""

    def texts(self, table: Mapping[str, Any], at: tuple[str, ...]) -> tuple[str, ...]:
        value = table.get(at[-1], [])
        if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
            return tuple(value)
        self.complain(at, f"found {shown(value)}", 'write a list of texts: ["a", "b"]')
        return ()

    def choice(self, table: Mapping[str, Any], at: tuple[str, ...], choices: tuple[str, ...]) -> Any:
        """One of ``choices``; the first where absent."""
        value = table.get(at[-1], choices[0])
        if isinstance(value, str) and value in choices:
            return value
        self.complain(at, f"found {shown(value)}", "write " + " or ".join(f'"{c}"' for c in choices))
        return choices[0]

    def duration(self, table: Mapping[str, Any], at: tuple[str, ...], *, zero: bool = False) -> float | None:
        """A duration in seconds, None where absent; ``zero`` says whether it may be nothing."""
        if at[-1] not in table:
            return None
        value = table[at[-1]]
        try:
            length = cadence.seconds(value if isinstance(value, str) else "")
        except ValueError:
            self.complain(at, f"{shown(value)} is not a duration", cadence.DURATION_REMEDY)
            return None
        if length == 0 and not zero:
            self.complain(at, f"found {shown(value)}", "write a duration longer than nothing")
            return None
        return length


def shown(value: Any) -> str:
    """A value as a person would recognise it in the file, cut when long."""
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value) if not isinstance(value, dict) else "a table"
    return text if len(text) <= 60 else text[:57] + "…"
