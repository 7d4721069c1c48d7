"""The counter: makes filings that keep every rule. Whatever is wrong in the city is planted elsewhere."""

from bisect import bisect_right
from dataclasses import dataclass

from hub.demo.catalogue import Item, Version
from hub.demo.days import DAY, WorkCalendar
from hub.demo.filing import Filing, Step
from hub.demo.people import Applicant, Draw, applicant

_OPENING = 9 * 3600
_STEPS = (("handle", "承办"), ("review", "审核"), ("approve", "批准"))
#: What a department's format does not tell is not there: limits of steps, decision, delivery.
_UNLIMITED = ("tax", "land")
_UNDECIDED = ("land", "hall")
_UNDELIVERED = ("hall",)
#: Promises of up to so many working days never come near: M03 warns only above them.
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Staff:
    """Officials of a department: one at the counter, three for the steps, never one in two roles."""

    counter: str
    steps: tuple[str, str, str]
    head: str


class Desk:
    """Makes filings of one source from a stream of random numbers, up to the city's ``now``."""

    def __init__(self, source: str, calendar: WorkCalendar, staff: dict[str, Staff], now: int) -> None:
        self.source = source
        self.calendar = calendar
        self.now = now
        self.staff = staff
        self.today = bisect_right(calendar.working, now // DAY) - 1

    def morning(self, k: int, random: Draw) -> int:
        """A moment before noon on the ``k``-th working day."""
        return self.calendar.working[k] * DAY + _OPENING + int(random() * 7200)

    def afternoon(self, k: int, random: Draw) -> int:
        """A moment of the afternoon of the ``k``-th working day, an hour before closing at the latest."""
        return self.calendar.working[k] * DAY + 14 * 3600 + 1800 + int(random() * 7200)

    def file(self, number: int, case_no: str, item: Item, k: int, random: Draw) -> Filing:
        """Papers handed in on the ``k``-th working day; nothing has happened yet."""
        staff = self.staff[item.department]
        who: Applicant = applicant(number, random)
        channel = "window" if random() < 0.8 else "online"
        return Filing(self.source, case_no, item, who, channel, staff.counter, self.morning(k, random))

    def ordinary(self, number: int, case_no: str, item: Item, k: int, random: Draw) -> Filing:
        """A filing handled within every limit, its future included."""
        filing = self.file(number, case_no, item, k, random)
        if item.case_type == "immediate":
            self.accept(filing, k)
            self.handle(filing, k, 0, random)
        elif random() < 0.02:
            filing.refused = filing.received + 3600
            filing.result = "not_accepted"
        else:
            waited = int(random() * 3)
            self.accept(filing, k + waited)
            longest = unhurried(item.at(self.calendar.working[k + waited]))
            self.handle(filing, k + waited, int(random() * (longest + 1)), random)
        return filing

    def accept(self, filing: Filing, k: int) -> None:
        """Accepted on the ``k``-th working day, an hour after the papers' time of day."""
        filing.accepted = self.calendar.working[k] * DAY + filing.received % DAY + 3600

    def handle(self, filing: Filing, k: int, length: int, random: Draw) -> None:
        """Steps, decision, closing and delivery, ``length`` working days after the ``k``-th."""
        item, staff = filing.item, self.staff[filing.item.department]
        accepted = filing.accepted or filing.received
        version = item.at(accepted // DAY)
        limits = step_limits(version) if length <= unhurried(version) else (None, None, None)
        if self.source in _UNLIMITED:
            limits = (None, None, None)
        spans = (length // 2, (length - length // 2) // 2)
        ends = (k + spans[0], k + spans[0] + spans[1], k + length)
        started = accepted + 600
        for no, ((kind, name), end) in enumerate(zip(_STEPS, ends, strict=True), start=1):
            ended = self.calendar.working[end] * DAY + 13 * 3600 + no * 900 + int(random() * 600)
            step = Step(no, kind, name, staff.steps[no - 1], started, ended, limits[no - 1])
            filing.steps.append(step)
            started = ended + 60
        filing.decided = None if self.source in _UNDECIDED else started
        if self.source == "tax":
            filing.steps = []
        filing.closed = self.afternoon(k + length, random)
        self.conclude(filing, k + length, random)

    def conclude(self, filing: Filing, k: int, random: Draw) -> None:
        """Result, fee and delivery of a filing closed on the ``k``-th working day."""
        filing.result = "granted" if random() < 0.9 else "denied"
        if filing.item.fee and filing.result == "granted" and filing.closed:
            filing.fee_paid = filing.item.fee
            filing.fee_paid_at = filing.closed - 900
        if filing.result == "granted":
            filing.certificate = f"{filing.item.code[4:9]}{filing.case_no[-9:]}"
            if self.source not in _UNDELIVERED:
                filing.delivered = self.afternoon(k + 1 + int(random() * 4), random) + 3000


def unhurried(version: Version) -> int:
    """Working days a filing may take without coming near its promise."""
    length, unit = version.promise
    if unit == "calendar_day":
        return min(length // 5, 3 if length < 30 else 8)
    if unit == "month":
        return length * 10
    return 1 if length <= _SHORT + 2 else length - _SHORT - 2


def step_limits(version: Version) -> tuple[int | None, int | None, int | None]:
    """Limits of the three steps; their sum is the promise. None where the promise is too short."""
    length, unit = version.promise
    if unit != "working_day" or length < 7:
        return (None, None, None)
    half, quarter = length // 2, length // 4
    return (half, quarter, length - half - quarter)
