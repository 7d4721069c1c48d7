"""The notices' own Chinese sentences read into dates: "2月4日至10日放假调休。2月2日（星期六）上班。"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from hub.clock.calendar import Calendar

_PARENTHESIS = re.compile(r"\([^()]*\)")
_DASH = re.compile(r"\s*[-—–－~～至到]+\s*")
_CLAUSE = re.compile(r"[，,。；;：:\n]")
_DATE = re.compile(
    r"(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日?"
    r"(?:至(?:(?P<year2>\d{4})年)?(?:(?P<month2>\d{1,2})月)?(?P<day2>\d{1,2})日|(?<=日))"
)
_MOVED = re.compile(r"调整?(?:至|为)")
_OFF = re.compile(r"放假|补休|休息|公休|法定节?假日|调休|假期")


@dataclass(slots=True)
class _Reader:
    """Where reading stands: a date without year or month takes those of the one before."""

    year: int
    previous_december: bool
    at_year: int = 0
    month: int = 0

    def days(self, clause: str) -> Iterator[date]:
        for match in _DATE.finditer(clause):
            first = self._date(match["year"], match["month"], match["day"])
            last = (
                first if match["day2"] is None else self._date(match["year2"], match["month2"], match["day2"])
            )
            if not 0 <= (last - first).days <= 31:
                raise ValueError(f"{match[0]!r} is no stretch of days")
            yield from (first + timedelta(days=k) for k in range((last - first).days + 1))

    def _date(self, year: str | None, month: str | None, day: str) -> date:
        if month:
            self.month = int(month)
            self.at_year = int(year) if year else self._assumed()
        if not self.month:
            raise ValueError(f"{day}日 is of no month")
        return date(self.at_year, self.month, int(day))

    def _assumed(self) -> int:
        return self.year - 1 if self.month == 12 and self.previous_december else self.year


def parse_sentence(text: str, year: int, amended: Calendar | None = None) -> list[tuple[date, bool]]:
    """Dates with whether they are worked, days off first, each in order.

    ``year`` is the notice's. A weekend whose rest is moved elsewhere (公休日调至) is worked, unless
    it is itself a day off. "延长春节假期至2月2日" adds the days after the holiday that ``amended``
    has. Raises ValueError for a date that does not exist.
    """
    plain = _plain(text)
    reader = _Reader(year, previous_december=f"{year - 1}年" in plain)
    off: set[date] = set()
    worked: set[date] = set()
    for clause in _CLAUSE.split(plain):
        given, taken = _read(clause, reader)
        if "延长" in clause and amended is not None:
            given = [day for end in given for day in _prolonged(amended, end)]
        off.update(given)
        worked.update(taken)
    return [(day, False) for day in sorted(off)] + [(day, True) for day in sorted(worked - off)]


def _read(clause: str, reader: _Reader) -> tuple[list[date], list[date]]:
    """Days off and days worked that one clause names."""
    parts = _MOVED.split(clause, maxsplit=1)
    if len(parts) == 2:
        worked = list(reader.days(parts[0]))
        return list(reader.days(parts[1])), worked
    days = list(reader.days(clause))
    if "上班" in clause:
        return [], days
    return (days if _OFF.search(clause) else []), []


def _prolonged(calendar: Calendar, end: date) -> list[date]:
    """The days up to ``end`` that follow the holiday before it."""
    for back in range(1, 15):
        if calendar.reason(end - timedelta(days=back)).kind == "holiday":
            return [end - timedelta(days=k) for k in range(back - 1, -1, -1)]
    return [end]


def _plain(text: str) -> str:
    halved = text.translate(str.maketrans("（）０１２３４５６７８９", "()0123456789")).replace(" ", "")
    return _DASH.sub("至", _PARENTHESIS.sub("", halved))
