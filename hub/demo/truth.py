"""What is really wrong with a filing, found the plain way: walking the calendar day by day.

Independent of the Hub's clock and audit on purpose: two ways of counting must agree.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hub.demo.days import DAY, WorkCalendar, date_of, day_of
from hub.demo.filing import Filing, Pause
from hub.demo.people import well_formed

#: 行政许可法 art. 45: not counted on either clock.
ARTICLE_45 = frozenset(
    ("hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review")
)
_NEAR = 3
Verdict = tuple[str, str]  # monitor, severity
P = TypeVar("P", bound=Callable[..., object])


@dataclass(slots=True)
class Truth:
    """What the city knows of one department."""

    filings: int = 0
    bad: int = 0
    verdicts: set[tuple[str, Verdict]] = field(default_factory=set)  # (case_no, (monitor, severity))
    plots: dict[str, list[str]] = field(default_factory=dict)  # planted case numbers by planter's name
    turns: dict[object, int] = field(default_factory=dict)  # how often each family was asked
    unfit: set[Callable[..., object]] = field(default_factory=set)  # planters that suit no item here

    def next_of(self, planters: Sequence[P]) -> P | None:
        """The planter whose turn it is among those that fit; None when none does."""
        fitting = [planter for planter in planters if planter not in self.unfit]
        turn = self.turns.get(planters, 0)
        self.turns[planters] = turn + 1
        return fitting[turn % len(fitting)] if fitting else None


class Judge:
    """Judges filings as of ``now``, knowing the city's calendar and its catalogue."""

    def __init__(self, calendar: WorkCalendar, now: int) -> None:
        self.calendar = calendar
        self.now = now
        self.today = now // DAY

    def verdicts(self, filing: Filing) -> set[Verdict]:
        """Every (monitor, severity) that holds of this filing."""
        found = set(self._quality(filing))
        found.update(self._given_deadline(filing))
        if filing.item_code == filing.item.code:
            found.update(self._limits(filing))
        return found

    def _quality(self, filing: Filing) -> Iterator[Verdict]:
        wrong_id = not well_formed(filing.applicant.id)
        if filing.item_code != filing.item.code or wrong_id:
            yield "M21", "warning"

    def _given_deadline(self, filing: Filing) -> Iterator[Verdict]:
        stop = filing.closed or filing.refused or self.now
        if filing.due is not None and stop > filing.due:
            yield "M27", "red"

    def _limits(self, filing: Filing) -> Iterator[Verdict]:
        start = self.clock_start(filing)
        if start is None:
            return
        version = filing.item.at((filing.accepted or filing.received) // DAY)
        length, unit = version.promise
        finished = filing.refused or filing.closed or filing.decided
        last = self.today if finished is None else finished // DAY
        stoppers = ARTICLE_45 | version.stoppers
        if finished is None and self.near(filing, start, length, unit, stoppers, last):
            yield "M03", "warning"
        if last > self.due(filing, start, length, unit, stoppers):
            yield "M04", "yellow"
        decided = filing.refused or filing.decided or filing.closed
        last = self.today if decided is None else decided // DAY
        length, unit = version.statutory
        if last > self.due(filing, start, length, unit, ARTICLE_45):
            yield "M05", "red"

    def promised_day(self, filing: Filing) -> int:
        """The last day of the promise of an accepted filing."""
        start = self.clock_start(filing) or (filing.accepted or filing.received) // DAY
        version = filing.item.at((filing.accepted or filing.received) // DAY)
        return self.due(filing, start, *version.promise, ARTICLE_45 | version.stoppers)

    def near(
        self, filing: Filing, start: int, length: int, unit: str, stoppers: frozenset[str], last: int
    ) -> bool:
        """Whether an open filing has come within three days of its promise (or beyond it)."""
        if unit == "month" or length <= _NEAR:
            return False
        return last > self.due(filing, start, length - _NEAR, unit, stoppers)

    def clock_start(self, filing: Filing) -> int | None:
        """The day the clock starts: acceptance, the last supplement, or receipt by default."""
        fifth = self.calendar.walk(filing.received // DAY, 5)
        notices = [s for s in filing.supplements if s.issued // DAY <= fifth]
        if notices:
            arrived = [s.received for s in notices if s.received]
            if len(arrived) == len(notices):
                return max(arrived) // DAY
            return filing.accepted // DAY if filing.accepted else None
        if filing.refused is not None and filing.refused // DAY <= fifth:
            return None
        if filing.accepted is None or filing.accepted // DAY > fifth:
            return filing.received // DAY if self.today > fifth else None
        return filing.accepted // DAY

    def statutory_day(self, filing: Filing) -> int:
        """The last day of the statutory limit, no extension counted."""
        start = self.clock_start(filing) or (filing.accepted or filing.received) // DAY
        length, unit = filing.item.at((filing.accepted or filing.received) // DAY).statutory
        return self._end(
            start, length, unit, [self.interval(p) for p in filing.pauses if p.kind in ARTICLE_45]
        )

    def due(self, filing: Filing, start: int, length: int, unit: str, stoppers: frozenset[str]) -> int:
        """The last day in time."""
        return self.due_with(filing, start, length, unit, stoppers, filing.pauses)

    def due_with(
        self,
        filing: Filing,
        start: int,
        length: int,
        unit: str,
        stoppers: frozenset[str],
        pauses: Sequence[Pause],
    ) -> int:
        """The last day in time, were these the pauses."""
        skipped = [self.interval(p) for p in pauses if p.kind in stoppers]
        due = self._end(start, length, unit, skipped)
        extra = self.extension(filing, due)
        return self._end(start, length + extra, unit, skipped) if extra else due

    def interval(self, pause: Pause) -> tuple[int, int]:
        """Days not counted (p, q]: to the end of the pause, or of the days applied for."""
        first = pause.started // DAY
        last = self.today if pause.ended is None else pause.ended // DAY
        if pause.days is not None:
            last = min(last, self.calendar.walk(first, pause.days))
        return first, last

    def extension(self, filing: Filing, due: int) -> int:
        """Days a valid extension adds; a void one adds none."""
        most = 15 if filing.item.case_type == "joint" else 10
        if not filing.extensions:
            return 0
        first = min(filing.extensions, key=lambda e: e.approved)
        valid = first.approver and first.reason and first.days <= most and first.approved // DAY <= due
        return first.days if valid else 0

    def _end(self, start: int, length: int, unit: str, skipped: list[tuple[int, int]]) -> int:
        if unit == "working_day":
            return self.calendar.walk(start, length, skipped)
        day = start + (length if unit == "calendar_day" else 0)
        if unit == "month":
            day = _months_later(start, length)
        while not self.calendar.is_working(day):
            day += 1
        return day


def _months_later(start: int, months: int) -> int:
    first = date_of(start)
    year, month = divmod(first.month - 1 + months, 12)
    for day in (first.day, 30, 29, 28):
        try:
            return day_of(first.replace(year=first.year + year, month=month + 1, day=day))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
