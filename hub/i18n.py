"""Translation: which language speaks, and the catalogues; English sentences are the message ids."""

import atexit
import gettext as _gettext
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path

DOMAIN = "hub"
LANGUAGES = ("zh_CN", "en")
DEFAULT_LANGUAGE = "zh_CN"
LOCALE_DIR = Path(__file__).with_name("locale")

#: An installer writes both files within moments, in any order.
_UNPACKED_TOGETHER_S = 5.0

_current: ContextVar[_gettext.NullTranslations | None] = ContextVar("hub_translations", default=None)
_language: ContextVar[str] = ContextVar("hub_language", default="en")


def choose_language(asked: str | None, env: Mapping[str, str]) -> str:
    """The language asked for, else HUB_LANG, else the locale's, else Chinese (C and POSIX say nothing)."""
    for wish in (asked, env.get("HUB_LANG")):
        if wish and (known := _known(wish)):
            return known
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if wish := env.get(name):
            return _known(wish) or DEFAULT_LANGUAGE
    return DEFAULT_LANGUAGE


def activate(language: str) -> None:
    """Speak ``language`` from here on, in this context; click's own texts follow, process-wide."""
    folder = compiled_catalogues(LOCALE_DIR)
    _current.set(_gettext.translation(DOMAIN, folder, languages=[language]))
    _language.set(language)
    # Not a patch of click, because click asks the standard gettext, which goes by these two.
    os.environ["LANGUAGE"] = language
    _gettext.bindtextdomain(DOMAIN, str(folder))
    _gettext.textdomain(DOMAIN)


def deactivate() -> None:
    """Speak message ids again, as before any language was chosen."""
    _current.set(None)
    _language.set("en")
    _gettext.textdomain("messages")


def current_language() -> str:
    """The language spoken in this context."""
    return _language.get()


def gettext(message: str) -> str:
    """The message in the current language; itself before any language was chosen."""
    translations = _current.get()
    return translations.gettext(message) if translations and message else message


def ngettext(singular: str, plural: str, n: int) -> str:
    """The message for a number of things, in the current language."""
    translations = _current.get() or _gettext.NullTranslations()
    return translations.ngettext(singular, plural, n)


def N_(message: str) -> str:
    """Mark a message for the catalogue, to be translated where it is shown."""
    return message


def compiled_catalogues(folder: Path) -> Path:
    """A folder with every .mo at least as new as its .po: ``folder`` itself, or a copy compiled now.

    A fresh checkout has no .mo; falling back to the message ids would speak the wrong language silently.
    """
    stale = [po for po in folder.glob("*/LC_MESSAGES/*.po") if not _is_fresh(po)]
    if not stale:
        return folder
    try:
        for po in stale:
            _compile(po, po.with_suffix(".mo"))
    except OSError:
        return _compile_elsewhere(folder)
    return folder


def _compile_elsewhere(folder: Path) -> Path:
    target = Path(tempfile.mkdtemp(prefix="hub-locale-"))
    atexit.register(shutil.rmtree, target, ignore_errors=True)
    for po in folder.glob("*/LC_MESSAGES/*.po"):
        mo = target / po.relative_to(folder).with_suffix(".mo")
        mo.parent.mkdir(parents=True)
        _compile(po, mo)
    return target


def _is_fresh(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime - _UNPACKED_TOGETHER_S


def _compile(po: Path, mo: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with po.open("rb") as source:
        catalogue = read_po(source)
    part = mo.with_name(f"{mo.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            write_mo(out, catalogue)
        part.replace(mo)
    finally:
        part.unlink(missing_ok=True)


def _known(wish: str) -> str | None:
    wanted = wish.split(".")[0].split("@")[0].replace("-", "_").lower()
    if wanted.startswith("zh"):
        return "zh_CN"
    return "en" if wanted.split("_")[0] == "en" else None
