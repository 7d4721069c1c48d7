"""Text as it may enter the store: no control characters, one normal form, nothing blank."""

import re
import unicodedata
from math import isfinite
from typing import Any

#: Longer identifiers cannot be part of a key (PostgreSQL bounds the size of an index entry).
MAX_IDENTIFIER = 256

_SHOWN = 200
_EXACT = 2**53  # beyond, a float no longer tells two integers apart
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Characters without width: none of them tells two identifiers apart.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_BREAKS = re.compile("[\t\n\u2028\u2029]+")
#: An identity or mobile number in a field that should hold neither: columns are confused easily.
_MISPLACED = re.compile(r"(?<!\d)(?:\d{6}(?:19|20)\d\d[01]\d[0-3]\d{3}|1[3-9]\d{7})(?=[\dXx]{2}(?![\dXx]))")


class NotConvertible(ValueError):
    """A value that a field cannot take; ``expected`` says what would do."""

    def __init__(self, expected: str, reason: str = "bad_value") -> None:
        super().__init__(expected)
        self.expected = expected
        self.reason = reason


def clean(text: str) -> str:
    """Drop control characters (line feed and tab stay), replace lone surrogates, NFC, strip."""
    if not text.isprintable():
        text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        text = _SURROGATES.sub("\ufffd", text)
    return unicodedata.normalize("NFC", text).strip()


def as_text(value: Any) -> str | None:
    """The cleaned text of a raw value; None where it is absent or blank."""
    if value is None:
        return None
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _digits(value)
    if isinstance(value, float):
        return _decimal(value)
    if isinstance(value, list):
        return _joined(value)
    raise NotConvertible("a text, not a nested object")


def _digits(value: int) -> str:
    if value.bit_length() > 1024:
        raise NotConvertible("a text or a number of at most 300 digits")
    return str(value)


def _decimal(value: float) -> str:
    if not isfinite(value):
        raise NotConvertible("a text or a finite number")
    return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)


def _joined(values: list[Any]) -> str | None:
    if any(isinstance(value, list | dict) for value in values):
        raise NotConvertible("a text or a list of texts, not nested lists")
    texts = [text for text in map(as_text, values) if text]
    return "; ".join(texts) or None


def as_identifier(value: Any) -> str | None:
    """An identifier: one line of text without invisible characters; inner blanks belong to it."""
    if isinstance(value, float) and abs(value) >= _EXACT:
        raise NotConvertible("an identifier as text: so large a number has lost its last digits")
    text = as_text(value)
    if text is None:
        return None
    if not text.isprintable():
        text = _INVISIBLE.sub("", _BREAKS.sub(" ", text)).strip()
    if len(text) > MAX_IDENTIFIER:
        raise NotConvertible(f"an identifier of at most {MAX_IDENTIFIER} characters, found {len(text)}")
    return text or None


def as_plain(value: Any) -> str | None:
    """Text of numbers, dates and words: NFKC, so that full-width digits and signs are read."""
    text = as_text(value)
    return None if text is None else unicodedata.normalize("NFKC", text).strip() or None


def is_absent(value: Any) -> bool:
    """Null and blank are the same: nothing was said."""
    return value is None or (isinstance(value, str) and (not value or value.isspace()))


def shown(value: Any, *, personal: bool) -> str | None:
    """A raw value as a rejection may carry it: capped, and of a personal one its last two characters."""
    if value is None:
        return None
    text = clean(value if isinstance(value, str) else f"{value!r:.{_SHOWN}}")
    if personal:
        return "…" + text[-2:] if len(text) > 4 else "…"
    text = _MISPLACED.sub("…", text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
