"""Who has fallen silent (M20): one who used to send something every day and sends nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hub.demo.days import DAY, WorkCalendar
from hub.demo.filing import Filing
from hub.demo.truth import Verdict

#: A department whose window has nothing to tell in the last so many working days.
QUIET: dict[str, int] = {"housing": 6}
_QUIET_DAYS = 3
_USUAL_DAYS = 20
_USUAL_PER_DAY = 1


@dataclass(slots=True)
class Arrivals:
    """When a department's filings were received, and when its system showed them."""

    moments: list[tuple[int, int]] = field(default_factory=list)

    def note(self, filing: Filing) -> None:
        first = filing.before or filing
        self.moments.append((filing.received, max(filing.received, first.shown)))

    def verdicts(self, calendar: WorkCalendar, moments: Sequence[int]) -> Iterator[Verdict]:
        """M20 if the department was silent at any of these moments."""
        if any(self._is_silent(calendar, moment) for moment in moments):
            yield "M20", "warning"

    def _is_silent(self, calendar: WorkCalendar, now: int) -> bool:
        # Yesterday is the last day that is over.
        last = calendar.index(now // DAY - 1)
        days = [calendar.index(at // DAY) for at, shown in self.moments if shown <= now]
        usual = sum(last - _QUIET_DAYS - _USUAL_DAYS < day <= last - _QUIET_DAYS for day in days)
        recent = any(day > last - _QUIET_DAYS for day in days)
        return not recent and usual >= _USUAL_DAYS * _USUAL_PER_DAY
