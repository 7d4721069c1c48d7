"""Faults the city plants, one function each: a filing that breaks exactly what its name says.

Each takes a ``Plot`` (the desk, a number, a case number, an item, random numbers) and returns the filing,
or None where the item does not lend itself to the fault. What else then holds of it, the truth works out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hub.demo.catalogue import Item
from hub.demo.days import DAY
from hub.demo.desk import Desk
from hub.demo.filing import Filing
from hub.demo.people import Draw, well_formed


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything a planter may use."""

    desk: Desk
    number: int
    case_no: str
    item: Item
    random: Draw

    @property
    def promise(self) -> int:
        return self.item.versions[-1].promise[0]

    @property
    def statutory(self) -> int:
        return self.item.versions[-1].statutory[0]

    @property
    def counted(self) -> bool:
        """Limits in working days, promise shorter than the statute, one version: easy to be late by."""
        version = self.item.versions[-1]
        return (
            len(self.item.versions) == 1
            and version.promise[1] == version.statutory[1] == "working_day"
            and 5 <= version.promise[0] < version.statutory[0] <= 60
        )

    @property
    def lawful_pause(self) -> str:
        """An art. 45 kind that this department's format can tell: the exchange layouts know hearings only."""
        return "hearing" if self.desk.source in ("land", "hall") else "expert_review"

    def taking(self, length: int, ago: int) -> Filing:
        """Accepted on the day of receipt, ``ago`` working days before today, taking ``length`` of them."""
        desk, k = self.desk, self.desk.today - ago
        filing = desk.file(self.number, self.case_no, self.item, k, self.random)
        desk.accept(filing, k)
        desk.handle(filing, k, length, self.random)
        return filing

    def some(self, low: int, high: int) -> int:
        return low + int(self.random() * (high - low + 1))


Planter = Callable[[Plot], Filing | None]


def near_promise(plot: Plot) -> Filing | None:
    """M03: open, one or two working days before the promise runs out."""
    if not plot.counted:
        return None
    ago = plot.promise - plot.some(1, 2)
    return plot.taking(plot.promise + 5, ago)


def over_promise(plot: Plot) -> Filing | None:
    """M04: closed after the promise, within the statute."""
    if not plot.counted:
        return None
    length = min(plot.promise + plot.some(1, 3), plot.statutory)
    return plot.taking(length, length + plot.some(12, 20))


def over_promise_open(plot: Plot) -> Filing | None:
    """M04: open past the promise, within the statute."""
    if not plot.counted:
        return None
    ago = min(plot.promise + plot.some(1, 3), plot.statutory)
    return plot.taking(ago + 5, ago)


def over_statute(plot: Plot) -> Filing | None:
    """M05: closed after the statutory limit."""
    if not plot.counted:
        return None
    length = plot.statutory + plot.some(1, 6)
    return plot.taking(length, length + plot.some(12, 20))


def over_statute_open(plot: Plot) -> Filing | None:
    """M05: open past the statutory limit."""
    if not plot.counted:
        return None
    ago = plot.statutory + plot.some(1, 6)
    return plot.taking(ago + 5, ago)


def unknown_item(plot: Plot) -> Filing:
    """M21: an item code the catalogue does not know."""
    filing = plot.taking(0, plot.some(20, 30))
    filing.item_code = filing.item_code[:4] + "99" + filing.item_code[6:]
    return filing


def bad_identifier(plot: Plot) -> Filing:
    """M21: an applicant's identifier whose check character is wrong."""
    filing = plot.taking(0, plot.some(20, 30))
    body = filing.applicant.id[:-1]
    wrong = next(body + last for last in "1234567890" if not well_formed(body + last))
    filing.applicant = replace(filing.applicant, id=wrong)
    return filing


def over_given_deadline(plot: Plot) -> Filing | None:
    """M27: closed on the promised day, but minutes after the instant the department itself gave."""
    if not plot.counted or plot.desk.source != "tax":
        return None
    filing = plot.taking(plot.promise - 1, plot.promise + plot.some(12, 20))
    filing.due = (filing.closed or 0) - plot.some(60, 1500)
    return filing


def over_given_deadline_open(plot: Plot) -> Filing | None:
    """M27: still open, an hour after the instant given."""
    if not plot.counted or plot.desk.source != "tax":
        return None
    filing = plot.taking(9, 0)
    filing.due = plot.desk.now // DAY * DAY + 17 * 3600
    return filing


PLANTERS: tuple[Planter, ...] = (
    over_statute,
    over_promise,
    near_promise,
    unknown_item,
    over_statute_open,
    over_given_deadline,
    over_promise_open,
    bad_identifier,
    over_given_deadline_open,
)
