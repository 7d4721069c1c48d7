"""A folder that files are dropped into: which are complete, which are new, in what order."""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from hub.errors import SourceChanged, Unavailable
from hub.sdk.surroundings import Surroundings

_PARTIAL = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp")


@dataclass(frozen=True, slots=True)
class Look:
    """A file at one glance. ``name`` is its path below the folder, fit to be written anywhere."""

    path: Path
    name: str
    size: int
    mtime_ns: int


class DropFolder:
    """The files of one source."""

    def __init__(self, ctx: Surroundings) -> None:
        self._ctx = ctx
        self.root = ctx.base_dir / str(ctx.config.get("folder", "."))
        archive = ctx.config.get("archive")
        self.archive = ctx.base_dir / str(archive) if archive else None
        self._first: dict[str, Look] | None = None

    def complete(self, pattern: str) -> list[Look]:
        """Files that match and did not change between two looks of this sync, by mtime, then name."""
        if self._first is None:
            self._first = {look.name: look for look in self._looks()}
            if self._first:
                self._ctx.deadline.sleep(float(self._ctx.config.get("look_s", 0.3)))
        found = []
        for look in self._first.values():
            if _matches(look.name, pattern):
                again = _glance(look.path, look.name)
                if again == look:
                    found.append(look)
                elif again is not None:
                    self._ctx.log.info("%s is still being written; left for the next sync", look.name)
        return sorted(found, key=lambda look: (look.mtime_ns, look.name))

    def unchanged(self, look: Look) -> bool:
        """Whether the file is still what it was; asked again after reading it."""
        return _glance(look.path, look.name) == look

    def put_away(self, names: Mapping[str, str]) -> None:
        """Move taken files to the archive; a name already there gets the digest beside it."""
        for name, digest in names.items() if self.archive else ():
            assert self.archive is not None
            look = (self._first or {}).get(name)
            if look is None or not self.unchanged(look):
                continue
            target = self.archive / look.path.relative_to(self.root)
            if target.exists():
                target = target.with_name(f"{target.stem}.{digest[:12]}{target.suffix}")
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                if not target.parent.resolve().is_relative_to(self.archive.resolve()):
                    self._ctx.log.warning("%s: a link leads out of the archive; not archived", name)
                    continue
                look.path.replace(target)
            except OSError as error:
                self._ctx.log.warning("%s could not be archived: %s", name, error.strerror)

    def _looks(self) -> Iterator[Look]:
        root = self.root
        if not root.is_dir():
            raise Unavailable(f"folder {root} is not there", remedy="check `folder`; is the share mounted?")
        real = root.resolve()
        archive = self.archive.resolve() if self.archive else None
        for folder, folders, files in os.walk(root, onerror=_cannot):
            folders[:] = sorted(
                f for f in folders if not f.startswith(".") and Path(folder, f).resolve() != archive
            )
            for file in files:
                path = Path(folder, file)
                if file.startswith((".", "~$")) or file.lower().endswith(_PARTIAL):
                    continue
                if path.is_symlink() and not path.resolve().is_relative_to(real):
                    self._ctx.log.warning("%s leads out of the folder; not read", _named(path, root))
                    continue
                look = _glance(path, _named(path, root))
                if look is not None:
                    yield look


def _cannot(error: OSError) -> None:
    raise Unavailable(f"folder {error.filename} cannot be read: {error.strerror}") from error


def _named(path: Path, root: Path) -> str:
    """The path below the folder; a name that is no text has its bytes spelled out."""
    return os.fsencode(path.relative_to(root)).decode("utf-8", "backslashreplace")


def _glance(path: Path, name: str) -> Look | None:
    """The file now; None for what is gone or no plain file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Look(path, name, found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def _matches(name: str, pattern: str) -> bool:
    if "/" in pattern:
        return fnmatchcase(name, pattern)
    return "/" not in name and fnmatchcase(name.lower(), pattern.lower())


def shape_of(look: Look, declared: str | None) -> str:
    """How a file is to be read: as configured, else by its suffix."""
    suffix = (declared or look.path.suffix.lstrip(".")).lower()
    shape = {
        "txt": "csv",
        "tab": "tsv",
        "ndjson": "jsonl",
        "geojson": "json",
        "xls": "xlsx",
        "xlsm": "xlsx",
        "xlsb": "xlsx",
        "ods": "xlsx",
    }.get(suffix, suffix)
    if shape not in ("csv", "tsv", "xlsx", "json", "jsonl", "xml"):
        raise SourceChanged(f"{look.name}: no way to read a file called .{suffix}", remedy="set `format`")
    return shape
