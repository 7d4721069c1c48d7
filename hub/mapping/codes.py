"""Code lists: what a source's words mean in ours, inline or in mappings/codes/<name>.toml."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hub.errors import Complaint, ConfigError
from hub.located import Located, load_toml
from hub.mapping.cleaning import NotConvertible, as_text

Say = Callable[[tuple[str | int, ...], str, str], None]


class CodeLists:
    """The code lists of one folder, each read once; ``used`` is what entered the mapping."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used: dict[str, dict[str, Any]] = {}
        self.complaints: list[Complaint] = []
        self.broken: set[str] = set()
        self._read: dict[str, Located | None] = {}

    def named(self, name: str) -> Located | None:
        """The list of that name; None where its file is missing, or ``broken``."""
        if name not in self._read:
            self._read[name] = self._load(name)
        found = self._read[name]
        if found is not None:
            self.used[name] = found.data
        return found

    def _load(self, name: str) -> Located | None:
        path = self.folder / f"{name}.toml"
        if not name.replace("_", "").replace("-", "").isalnum() or not path.is_file():
            return None
        try:
            return load_toml(path)
        except ConfigError as error:
            self.complaints.extend(error.complaints)
            self.broken.add(name)
            return None


def compile_codes(table: dict[str, Any], convert: Callable[[Any], Any], say: Say) -> dict[str, Any]:
    """Each source word with its value converted; ``say`` hears of every fault."""
    codes: dict[str, Any] = {}
    if not table:
        say((), "is an empty code list", "list the source's words, or leave codes out")
    for word, value in table.items():
        key = as_text(word)
        if key is None:
            say((word,), "is a code for a blank, which is always absent", "use default")
        elif isinstance(value, dict | list):
            say((word,), "stands for a table or list", 'give one value, or "" for absent')
        elif key in codes:
            say((word,), "is listed twice once cleaned", "keep one")
        else:
            try:
                codes[key] = convert(value)
            except NotConvertible as error:
                say((word,), f"stands for {value!r}", f"it must be {error.expected}")
    return codes
