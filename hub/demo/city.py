"""The simulated city: five departments' systems filled from one seed, and the truth about each filing."""

import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Protocol

from hub.demo.catalogue import SOURCES, Item
from hub.demo.commerce import CommerceOffice
from hub.demo.conduct import judge_all
from hub.demo.days import DAY, PULLED_AGO, WorkCalendar, date_of
from hub.demo.desk import Desk, Staff
from hub.demo.filing import Filing, as_of
from hub.demo.hall import HallOffice
from hub.demo.housing import HousingOffice
from hub.demo.land import LandOffice
from hub.demo.people import Draw, officials
from hub.demo.planting.plot import Planter, Plot
from hub.demo.planting.registry import LOOKALIKES, PLANTERS
from hub.demo.silence import QUIET, Arrivals
from hub.demo.tax import TaxOffice
from hub.demo.truth import Judge, Truth, Verdict

#: Of a hundred filings, so many come to each system.
_SHARES = {"tax": 12, "commerce": 18, "land": 15, "housing": 15, "hall": 40}
_PREFIXES = {"tax": "DS", "commerce": "GS", "land": "", "housing": "", "hall": "LY"}
_SPAN = 80  # working days of history
_FAULT, _LOOKALIKE, _BAD = 7, 13, 31  # places among twenty, twenty and forty filings


_UNSEEN_DAYS = 3  # working days a closed case may stay unseen
_LATE = {("M04", "yellow"), ("M05", "red"), ("M27", "red")}


class Office(Protocol):
    """A department's system, as the city fills it."""

    def take(self, filing: Filing) -> None: ...

    def spoil(self, filing: Filing, number: int) -> None: ...

    def close(self) -> None: ...


class City:
    """``cases`` filings under ``items`` up to ``now`` (wall seconds), kept under ``folder``.

    Time stands at the first of its ``moments`` until the city advances to the next; the last is now.
    """

    def __init__(
        self,
        folder: Path,
        items: list[Item],
        *,
        cases: int,
        seed: int,
        now: int,
        exchange_url: str | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.cases = cases
        self.seed = seed
        self.now = now
        today = date_of(now // DAY)
        self.calendar = WorkCalendar(today - timedelta(days=420), today + timedelta(days=150))
        last = self.calendar.index(now // DAY)
        self.moments = tuple(self.calendar.working[last - ago] * DAY + now % DAY for ago in PULLED_AGO)
        self.judges = tuple(Judge(self.calendar, moment) for moment in self.moments)
        self._later: list[dict[str, list[Filing]]] = [
            {source: [] for source in SOURCES} for _ in PULLED_AGO[1:]
        ]
        self.items = {source: [i for i in items if i.source == source] for source in SOURCES}
        departments = dict.fromkeys(item.department for item in items)
        random = Random(seed)  # noqa: S311 (a simulation, not a secret)
        self.staff = {name: _staff(random) for name in departments}
        codes = {item.department: item.code[4:6] for item in items}
        self.tax, self.commerce = TaxOffice(), CommerceOffice()
        land = LandOffice(exchange_url or f"sqlite:///{folder / 'land.db'}")
        hall = HallOffice(exchange_url or f"sqlite:///{folder / 'hall.db'}", codes)
        self._exchanges = (land.exchange, hall.exchange)
        self.offices: dict[str, Office] = {
            "tax": self.tax,
            "commerce": self.commerce,
            "land": land,
            "housing": HousingOffice(folder / "housing"),
            "hall": hall,
        }
        self.truth = {source: Truth() for source in SOURCES}
        self._twins: list[Filing] = []

    def fill(self) -> None:
        """Make every filing and hand it to its department's system, as it stood at the first moment."""
        for source in SOURCES:
            office, truth, arrivals = self.offices[source], self.truth[source], Arrivals()
            for number, filing in enumerate(self.filings(source)):
                known = self._stage(source, filing)
                if known is not None:
                    office.take(known)
                if number % 40 == _BAD:
                    office.spoil(self._spare(source, number), truth.bad)
                    truth.bad += 1
                truth.filings += 1
                arrivals.note(filing)
            office.close()
            if QUIET:
                silent = arrivals.verdicts(self.calendar, self.moments)
                truth.verdicts.update(("", verdict) for verdict in silent)

    def advance(self) -> None:
        """Let time pass to the next moment: what changed reaches the departments' systems."""
        changes = self._later.pop(0)
        for source, office in self.offices.items():
            for filing in changes[source]:
                office.take(filing)
            office.close()

    def close(self) -> None:
        """Let go of the exchange databases."""
        for exchange in self._exchanges:
            exchange.close()

    def _stage(self, source: str, filing: Filing) -> Filing | None:
        """The filing as of the first moment; what later moments add to it waits."""
        first = known = as_of(filing, self.moments[0])
        for moment, changes in zip(self.moments[1:], self._later, strict=True):
            if known is filing:
                break
            after = as_of(filing, moment)
            if after is not None and after != known:
                changes[source].append(after)
            known = after
        return first

    def filings(self, source: str) -> Iterator[Filing]:
        """A department's filings in order of receipt; faults and look-alikes among them noted as truth."""
        count = self.cases * _SHARES[source] // 100
        random = Random(f"{self.seed}:{source}")  # noqa: S311 (a simulation, not a secret)
        desk = Desk(source, self.calendar, self.staff, self.now)
        items, truth = self.items[source], self.truth[source]
        first, span = desk.today - _SPAN, _SPAN + 1 - QUIET.get(source, 0)
        for number in range(count):
            place = number % 20
            if place in (_FAULT, _LOOKALIKE):
                planters = PLANTERS if place == _FAULT else LOOKALIKES
                filing = self._special(desk, planters, number, random.random, truth)
                yield filing
                yield from filing.members
            else:
                k = first + number * span // count
                no = self.case_no(source, number)
                person = self._person(source, number)
                filing = desk.ordinary(person, no, items[number % len(items)], k, random.random)
                self._give_deadline(filing)
                yield filing
        if source == "hall":
            yield from self._twins

    def _special(
        self, desk: Desk, planters: tuple[Planter, ...], number: int, random: Draw, truth: Truth
    ) -> Filing:
        """The next planter in turn that finds an item to its liking."""
        items = self.items[desk.source]
        person, case_no = self._person(desk.source, number), self.case_no(desk.source, number)
        while planter := truth.next_of(planters):
            for attempt in range(len(items)):
                item = items[(number // 20 + attempt) % len(items)]
                filing = planter(Plot(desk, person, case_no, item, items, random))
                if filing is not None and not self._breaks_silence(filing):
                    for one in (filing, *filing.members):
                        self._give_deadline(one)
                        self.note(one, planter.__name__, truth)
                    if filing.twin is not None:
                        self._twins.append(filing.twin)
                        self.note(filing.twin, planter.__name__, self.truth["hall"])
                    return filing
            truth.unfit.add(planter)
        raise AssertionError(f"no item of {desk.source} suits any planter")

    def _breaks_silence(self, filing: Filing) -> bool:
        quiet = QUIET.get(filing.source, 0)
        return self.calendar.index(filing.received // DAY) > self.calendar.index(self.now // DAY) - quiet

    def _give_deadline(self, filing: Filing) -> None:
        """The tax bureau's own system prints a deadline: half past five on the last day of the promise."""
        if filing.source == "tax" and filing.due is None and filing.accepted is not None:
            filing.due = self.judges[-1].promised_day(filing) * DAY + 63_000
            if filing.before is not None:
                filing.before.due = filing.due

    def note(self, filing: Filing, name: str, truth: Truth) -> None:
        truth.plots.setdefault(name, []).append(filing.case_no)
        truth.verdicts.update((filing.case_no, verdict) for verdict in self.verdicts(filing))

    def verdicts(self, filing: Filing) -> set[Verdict]:
        """Every verdict that held of it at some moment: no card is ever taken back."""
        at_moments = [judge_all(judge, as_of(filing, judge.now)) for judge in self.judges]
        found = set().union(*at_moments)
        if self._seen_closed(filing):
            found.add(("M17", "warning"))
        if found & _LATE and not found & _LATE <= at_moments[-1]:
            found.add(("M18", "warning"))
        if any(severity == "yellow" for _, severity in at_moments[0]) and not self.answers(filing.case_no):
            found.add(("M14", "red"))
        return found

    def _seen_closed(self, filing: Filing) -> bool:
        """Whether it was first shown closed, and had been for days when its system last told of others."""
        shown = [as_of(filing, moment) is not None for moment in self.moments]
        first = shown.index(True) if any(shown) else 0
        if not first or filing.closed is None or filing.closed > self.moments[first]:
            return False
        heard = self.moments[first - 1]
        return self.calendar.between(filing.closed // DAY, heard // DAY) > _UNSEEN_DAYS

    def answers(self, case_no: str) -> bool:
        """Whether the department answers the first moment's yellow card on that case: four times in five."""
        return zlib.crc32(case_no.encode()) % 5 != 0

    def _spare(self, source: str, number: int) -> Filing:
        """A filing of its own to be spoilt: no good record shares its number."""
        random = Random(f"{self.seed}:{source}:{number}")  # noqa: S311 (a simulation, not a secret)
        desk = Desk(source, self.calendar, self.staff, self.now)
        item = self.items[source][number % len(self.items[source])]
        no = f"{self.case_no(source, number)}B"
        filing = desk.ordinary(self._person(source, number), no, item, desk.today - 40, random.random)
        known = as_of(filing, self.moments[0])
        assert known is not None
        return known

    def case_no(self, source: str, number: int) -> str:
        """Numbers repeat across departments, as they do."""
        return f"{_PREFIXES[source]}{date_of(self.now // DAY).year}{number + 1:07d}"

    def _person(self, source: str, number: int) -> int:
        return number * len(SOURCES) + SOURCES.index(source)


def _staff(random: Random) -> Staff:
    names = officials(5, random.random)
    return Staff(names[0], (names[1], names[2], names[3]), names[4])
