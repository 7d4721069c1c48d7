"""A new installation: hub.toml to fill in, plugins/, and mappings/ with what every city shares."""

import shutil
from pathlib import Path

from hub.errors import ConfigError

_PACKAGE = Path(__file__).parent
#: What is copied from the mappings this Hub ships: rules, shared codes, and the exchange layouts.
_SHARED = ("rules.toml", "codes/*.toml", "ex_gdbs*.toml", "ea_jc_step*.toml")


def make_installation(folder: Path) -> list[Path]:
    """Write a new installation and return its files; an existing hub.toml is never overwritten."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(
            f"cannot make an installation in {folder}: it is not an empty folder",
            remedy="name a folder that does not exist yet or is empty",
        )
    try:
        return list(_write(folder))
    except OSError as error:
        raise ConfigError(
            f"cannot write an installation in {folder}: {error.strerror or error}",
            remedy="name a folder you may write to",
        ) from error


def _write(folder: Path) -> list[Path]:
    shipped = shipped_mappings()
    mappings = folder / "mappings"
    for part in (folder / "plugins", folder / "inbox", mappings / "codes"):
        part.mkdir(parents=True)
    written = [_copy(_PACKAGE / "templates" / "hub.toml", folder / "hub.toml")]
    for pattern in _SHARED:
        written += [
            _copy(file, mappings / file.relative_to(shipped)) for file in sorted(shipped.glob(pattern))
        ]
    header = (shipped / "items.csv").read_text("utf-8-sig").splitlines()[0]
    (mappings / "items.csv").write_text(header + "\n", "utf-8")
    return [*written, mappings / "items.csv"]


def shipped_mappings() -> Path:
    """The mappings that come with this Hub: inside the package once built, else the checkout's own."""
    packaged = _PACKAGE / "templates" / "mappings"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "mappings"


def _copy(source: Path, target: Path) -> Path:
    shutil.copyfile(source, target)
    return target
