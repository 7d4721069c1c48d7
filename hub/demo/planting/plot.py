"""What a planter works with: a desk, an item, a number, and the moves that make a filing of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.demo.catalogue import Item
from hub.demo.days import DAY
from hub.demo.desk import Desk, Staff
from hub.demo.filing import Extension, Filing, Pause, Supplement
from hub.demo.people import Draw


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything a planter may use; ``others`` are all items of the same system.

    Its moves count in working days after acceptance.
    """

    desk: Desk
    number: int
    case_no: str
    item: Item
    others: Sequence[Item]
    random: Draw

    @property
    def source(self) -> str:
        return self.desk.source

    @property
    def staff(self) -> Staff:
        return self.desk.staff[self.item.department]

    @property
    def promise(self) -> int:
        return self.item.versions[-1].promise[0]

    @property
    def statutory(self) -> int:
        return self.item.versions[-1].statutory[0]

    def counted(self, shortest: int = 5, item: Item | None = None) -> bool:
        """Limits in working days, the promise shorter than the statute, one version: easy to be late by."""
        item = item or self.item
        version = item.versions[-1]
        return (
            len(item.versions) == 1
            and version.promise[1] == version.statutory[1] == "working_day"
            and shortest <= version.promise[0] < version.statutory[0] <= 60
        )

    @property
    def lawful(self) -> str:
        """An art. 45 kind that this department's format can tell: the exchange layouts know hearings only."""
        return "hearing" if self.source in ("land", "hall") else "expert_review"

    def joined_by(self, lead: Filing, item: Item, length: int) -> Filing:
        """A member of the lead's joint approval, accepted with it, closed ``length`` working days later."""
        number = f"{lead.case_no}-{len(lead.members) + 1}"
        member = self.desk.file(self.number, number, item, self._k(lead.received), self.random)
        member.applicant, member.received, member.recorded = lead.applicant, lead.received, lead.recorded
        self.desk.accept(member, self._k(lead.accepted or lead.received))
        self.desk.handle(member, self._k(lead.accepted or lead.received), length, self.random)
        member.lead = lead
        lead.members.append(member)
        return member

    def some(self, low: int, high: int) -> int:
        return low + int(self.random() * (high - low + 1))

    def filed(self, ago: int) -> Filing:
        """Papers handed in ``ago`` working days before today, nothing else yet."""
        return self.desk.file(self.number, self.case_no, self.item, self.desk.today - ago, self.random)

    def taking(self, length: int, ago: int, *, waited: int = 0) -> Filing:
        """Handed in ``ago`` working days before today, accepted ``waited`` and closed ``length`` later."""
        filing = self.filed(ago)
        k = self.desk.today - ago + waited
        self.desk.accept(filing, k)
        self.desk.handle(filing, k, length, self.random)
        return filing

    def granted(self, length: int, ago: int, delivered_after: int | None) -> Filing:
        """Granted, and delivered so many working days after closing, or never; the hall tells no delivery."""
        filing = self.taking(length, ago)
        filing.result = "granted"
        filing.certificate = f"{self.item.code[4:9]}{self.case_no[-9:]}"
        filing.delivered = None
        if delivered_after is not None and self.source != "hall":
            filing.delivered = self.afternoon(filing.closed or 0, delivered_after) + 3000
        return filing

    def afternoon(self, moment: int, after: int) -> int:
        """A moment of the afternoon, so many working days after another moment."""
        return self.desk.afternoon(self.desk.calendar.index(moment // DAY) + after, self.random)

    def pause(self, filing: Filing, after: int, lasting: int | None, applied: int | None) -> Pause:
        """A lawful pause from the ``after``-th working day, properly approved and registered at once."""
        start = self.afternoon(filing.accepted or filing.received, after)
        ended = None if lasting is None else self.afternoon(start, lasting)
        seq = len(filing.pauses) + 1
        basis, head = "行政许可法第四十五条", self.staff.head
        pause = Pause(seq, self.lawful, start, ended, applied, basis, head, "依法需要", start + 900)
        filing.pauses.append(pause)
        return pause

    def notice(self, filing: Filing, after: int, materials: str) -> Supplement:
        """A notice of missing papers so many working days after receipt, answered on the next."""
        issued = self.afternoon(filing.received, after)
        seq = len(filing.supplements) + 1
        notice = Supplement(seq, issued, materials, self.desk.morning(self._k(issued) + 1, self.random))
        filing.supplements.append(notice)
        return notice

    def extend(self, filing: Filing, after: int, days: int) -> Extension:
        """An extension approved so many working days after acceptance, with reason and authority."""
        approved = self.afternoon(filing.accepted or filing.received, after)
        extension = Extension(len(filing.extensions) + 1, days, self.staff.head, "案情复杂", approved)
        filing.extensions.append(extension)
        return extension

    def _k(self, moment: int) -> int:
        return self.desk.calendar.index(moment // DAY)


#: A filing that is what the planter's name says, or None where item or format do not lend themselves.
Planter = Callable[[Plot], Filing | None]
