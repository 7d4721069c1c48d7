"""Single points in time, from ISO texts, given formats, epochs and spreadsheet serials."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

from hub.mapping.cleaning import NotConvertible, as_plain
from hub.mapping.numbers import as_decimal
from hub.model import instants

#: Formats that are words, not patterns.
WORDS = ("iso", "epoch_s", "epoch_ms", "excel")

_WIDTHS = {"Y": "{4}", "y": "{2}", "m": "{1,2}", "d": "{1,2}", "H": "{1,2}", "I": "{1,2}", "M": "{1,2}"}
_WIDTHS |= {"S": "{1,2}", "f": "{1,9}"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORD_PATTERNS = {"p": "[AaPp]\\.?[Mm]\\.?|上午|下午", "z": "Z|[+-][0-9]{2}:?[0-9]{2}", "b": "[A-Za-z]{3,9}"}
_EXCEL_EPOCH = date(1899, 12, 30)

Parse = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A format of directives such as %Y-%m-%d, compiled."""

    text: str
    parts: tuple[str, ...]  # directive letters as "%Y", literals as they are
    regex: re.Pattern[str]

    @property
    def dated_only(self) -> bool:
        return not {"%H", "%I"} & set(self.parts)


def compile_pattern(text: str) -> Pattern:
    """Compile a format; ValueError says what is wrong with it."""
    parts = tuple(re.findall(r"%.|[^%]+|%$", text, re.DOTALL))
    known = {f"%{letter}" for letter in (*_WIDTHS, *_WORD_PATTERNS, "B", "%")}
    for part in parts:
        if part.startswith("%") and part not in known:
            raise ValueError(f"directive {part} is not known; known are {' '.join(sorted(known))}")
    found = [part for part in parts if part.startswith("%") and part != "%%"]
    if len(found) != len(set(found)):
        raise ValueError("a directive occurs twice")
    _check_complete(set(found))
    return Pattern(text, parts, re.compile("".join(_regexes(parts))))


def _check_complete(found: set[str]) -> None:
    if not found & {"%Y", "%y"} or not found & {"%m", "%b", "%B"} or "%d" not in found:
        raise ValueError("a format needs year, month and day")
    if ("%I" in found) != ("%p" in found):
        raise ValueError("%I and %p belong together")
    if {"%H", "%I"} <= found:
        raise ValueError("%H and %I exclude one another")


def _regexes(parts: Sequence[str]) -> list[str]:
    regexes = []
    for index, part in enumerate(parts):
        letter = part[1:] if part.startswith("%") and len(part) == 2 else ""
        if letter in _WIDTHS:
            neighbours = {p[1:] for p in parts[max(index - 1, 0) : index + 2] if p.startswith("%")} - {letter}
            width = _WIDTHS[letter]
            if width == "{1,2}" and neighbours & set(_WIDTHS):
                width = "{2}"  # side by side only full width tells 1 Nov from 11 Jan
            regexes.append(f"(?P<{letter}>[0-9]{width})")
        elif letter in ("b", "B"):
            regexes.append(f"(?P<b>{_WORD_PATTERNS['b']})")
        elif letter in _WORD_PATTERNS:
            regexes.append(f"(?P<{letter}>{_WORD_PATTERNS[letter]})")
        else:
            literal = "%" if part == "%%" else unicodedata.normalize("NFKC", part)  # as values are
            regexes.append(re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(literal)))
    return regexes


def parser(form: str, zone: tzinfo) -> Parse:
    """A function from text to instant for one format; it raises ValueError on any other text."""
    if form == "iso":
        return lambda text: instants.parse_iso(text, zone)
    if form == "excel":
        return lambda text: _from_excel(text, zone)
    if form in ("epoch_s", "epoch_ms"):
        scale = instants.TICKS_PER_SECOND if form == "epoch_s" else instants.TICKS_PER_SECOND // 1000
        return lambda text: int(_number(text) * scale) & ~1
    pattern = compile_pattern(form)
    return lambda text: _from_pattern(pattern, text, zone)


def _number(text: str) -> Any:
    number = as_decimal(text)
    if number is None or abs(number.adjusted()) > 18:
        raise ValueError(text)
    return number


def _from_excel(text: str, zone: tzinfo) -> int:
    serial = _number(text)
    if not 61 <= serial < 2_958_466:  # from 1 March 1900: before it the serials count a day that never was
        raise ValueError(text)
    day = _EXCEL_EPOCH + timedelta(days=int(serial))
    milliseconds = round((serial % 1) * 86_400_000)
    if not milliseconds:
        return instants.on(day, zone)
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the wall clock; its zone comes next
    return instants.at((midnight + timedelta(milliseconds=milliseconds)).replace(tzinfo=zone))


def _from_pattern(pattern: Pattern, text: str, zone: tzinfo) -> int:
    match = pattern.regex.fullmatch(text)
    if match is None:
        raise ValueError(text)
    got = match.groupdict()
    year = int(got["Y"]) if "Y" in got else _full_year(int(got["y"]))
    month = int(got["m"]) if "m" in got else _MONTHS.index(got["b"][:3].lower()) + 1
    if pattern.dated_only:
        return instants.on(date(year, month, int(got["d"])), zone)
    microsecond = int(got.get("f", "0").ljust(6, "0")[:6])
    moment = datetime(  # noqa: DTZ001 - the wall clock; its zone comes next
        year, month, int(got["d"]), _hour(got), int(got.get("M", 0)), int(got.get("S", 0)), microsecond
    )
    return instants.at(moment.replace(tzinfo=_offset(got["z"]) if "z" in got else zone))


def _full_year(short: int) -> int:
    return short + (1900 if short >= 69 else 2000)  # as POSIX has it


def _hour(got: dict[str, str]) -> int:
    if "H" in got:
        return int(got["H"])
    hour = int(got["I"])
    if not 1 <= hour <= 12:
        raise ValueError("hour of a half day")
    return hour % 12 + (12 if got["p"][0] in "Pp下" else 0)


def _offset(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if text[0] == "-" else size)


def as_instant(formats: Sequence[str], zone: tzinfo, *, day_only: bool) -> Callable[[Any], int | None]:
    """A converter that tries the formats in order; ``day_only`` keeps the local date alone."""
    parsers = [parser(form, zone) for form in formats]
    expected = f"a {'date' if day_only else 'time'} as {' or '.join(formats)}".replace(
        "as iso", "in ISO 8601"
    )

    def convert(value: Any) -> int | None:
        if isinstance(value, bool):
            raise NotConvertible(expected)
        text = as_plain(value)
        if text is None:
            return None
        for parse in parsers:
            try:
                instant = parse(text)
                moment = instants.to_datetime(instant, zone)  # what cannot be shown is not a time
            except (ValueError, OverflowError, ArithmeticError):
                continue
            if day_only and not instants.is_day(instant):
                return instants.on(moment.date(), zone)
            return instant
        raise NotConvertible(expected)

    return convert
