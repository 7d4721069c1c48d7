"""Import of a notice: a CSV file of days, or the notice's own text."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from hub.clock.calendar import Calendar
from hub.clock.overlays import read_days, read_text
from hub.clock.rules import DayRule, Notice, cite
from hub.clock.sentences import parse_sentence
from hub.errors import Complaint, ConfigError

_TITLE = re.compile(r"[^\s，。,：:]*关于[^。，,\n]*?通知")
_YEAR = re.compile(r"(\d{4})年\s*部分节假日")
_ANY_YEAR = re.compile(r"(\d{4})年")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,12}\s*[〔\[［]\d{4}[〕\]］]\s*\d+\s*号")
_SIGNED = re.compile(
    r"(?m)^\s*([\d二〇○零一三四五六七八九]{4})年([\d十一二三四五六七八九]{1,3})月([\d十一二三四五六七八九]{1,3})日\s*$"
)
_ITEM = re.compile(
    r"(?m)^\s*(?:[一二三四五六七八九十]+、|\d+[.、．])?\s*"
    r"(?P<name>[^：:，。\n]{0,18}(?:节|元旦|纪念日|五一|十一)[”\"]?)\s*[：:]"
)
_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"○": "0", "零": "0"}
_REMEDY = "give a CSV of date,working,name,notice,known_from, or the notice's text with its title"


def read_notice(path: Path, published: date | None = None, amended: Calendar | None = None) -> Notice:
    """Read a notice from a file. ``published``: from when it is known where the file does not tell;
    ``amended`` is the calendar that an amendment changes.

    A CSV that gives 1 January and 1 October of a year as days off is taken as that year's schedule.
    Raises ConfigError with every complaint.
    """
    complaints: list[Complaint] = []
    if path.suffix.lower() == ".csv":
        notice = _from_rules(path, _dated(read_days(path, complaints), published), complaints)
    else:
        notice = _from_text(path, published, amended, complaints)
    if complaints or notice is None:
        raise ConfigError(f"{path.name} cannot be read as a notice", complaints)
    return cite(notice)


def _from_rules(path: Path, rules: Sequence[DayRule], complaints: list[Complaint]) -> Notice | None:
    if not rules:
        if not complaints:
            complaints.append(Complaint(str(path), None, "file", "it names no day", _REMEDY))
        return None
    named = Counter(rule.notice for rule in rules if rule.notice)
    title = named.most_common(1)[0][0] if named else path.stem
    return Notice(title, "", min(rule.known_from for rule in rules), _covered(rules), tuple(rules))


def _dated(rules: Sequence[DayRule], published: date | None) -> list[DayRule]:
    if published is None:
        return list(rules)
    return [replace(r, known_from=published) if r.known_from == date.min else r for r in rules]


def _covered(rules: Sequence[DayRule]) -> int | None:
    off = {rule.day for rule in rules if not rule.working}
    years = {day.year for day in off}
    whole = [year for year in years if date(year, 1, 1) in off and date(year, 10, 1) in off]
    return max(whole, default=None)


def _from_text(
    path: Path, published: date | None, amended: Calendar | None, complaints: list[Complaint]
) -> Notice | None:
    text = read_text(path, complaints)
    if text is None:
        return None
    joined = re.sub(r"关于(\d{4}年)\s+部分", r"关于\1部分", text)
    whole, years = _YEAR.search(joined), _ANY_YEAR.findall(_SIGNED.sub("", joined))
    signed = _signed(joined) or published
    if not years:
        complaints.append(Complaint(str(path), None, "year", "the text names no year", _REMEDY))
    if signed is None:
        found = "the text does not end with its date"
        complaints.append(Complaint(str(path), None, "published", found, "add its date as the last line"))
    if not years or signed is None:
        return None
    # Without a title the later year: a New Year's sentence names the year before as well.
    year = int(whole[1]) if whole else max(map(int, years))
    days = _days(path, (text, year, amended), signed, complaints)
    title, number = _TITLE.search(joined), _NUMBER.search(joined)
    return Notice(
        title[0] if title else path.stem,
        re.sub(r"\s", "", number[0]) if number else "",
        signed,
        year if whole else _covered(days),
        tuple(days),
    )


def _days(
    path: Path, told: tuple[str, int, Calendar | None], known: date, complaints: list[Complaint]
) -> list[DayRule]:
    text, year, amended = told
    items = _items(text)
    rules: list[DayRule] = []
    for name, sentence, line in items:
        try:
            found = parse_sentence(sentence, year, amended)
        except ValueError as error:
            complaints.append(Complaint(str(path), line, name or "text", str(error), "correct the date"))
            continue
        rules += [DayRule(day, working, name, "", known) for day, working in found]
    if not rules and not complaints:
        complaints.append(
            Complaint(str(path), None, "text", "no sentence names a day off or worked", _REMEDY)
        )
    return rules


def _items(text: str) -> list[tuple[str, str, int]]:
    """Each item's name, sentences and line; the whole text where it names no item."""
    unsigned = _SIGNED.sub("", text)
    heads = list(_ITEM.finditer(unsigned))
    if not heads:
        return [("", unsigned, 1)]
    ends = [head.start() for head in heads[1:]] + [len(unsigned)]
    return [
        (head["name"], unsigned[head.end() : end], unsigned.count("\n", 0, head.start("name")) + 1)
        for head, end in zip(heads, ends, strict=True)
    ]


def _signed(text: str) -> date | None:
    matches = list(_SIGNED.finditer(text))
    if not matches:
        return None
    year, month, day = matches[-1].groups()
    digits = "".join(_DIGITS.get(c, c) for c in year)
    try:
        return date(int(digits), _number(month), _number(day))
    except ValueError:
        return None


def _number(text: str) -> int:
    """A number up to 99, in digits or in Chinese."""
    if text.isascii():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return int(_DIGITS.get(text, "0"))
    return int(_DIGITS.get(tens, "1")) * 10 + int(_DIGITS.get(ones, "0"))
