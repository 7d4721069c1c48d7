"""Planted: joint approvals whose members or lead fail the others, and reports that move dates (M13, M18)."""

from dataclasses import replace

from hub.demo.days import DAY
from hub.demo.desk import Desk
from hub.demo.filing import Filing
from hub.demo.planting.plot import Planter, Plot


def lead_closed_first(plot: Plot) -> Filing | None:
    """M13: the lead was closed while a member was still open."""
    return _joint(plot, lead_takes=4, member_takes=6, promise=8)


def late_member(plot: Plot) -> Filing | None:
    """M13: a member came late, though the lead kept its promise; the fault is the member's."""
    return _joint(plot, lead_takes=10, member_takes=7, promise=5)


def all_together(plot: Plot) -> Filing | None:
    """The lead was closed after every member, all in time."""
    return _joint(plot, lead_takes=9, member_takes=7, promise=10)


def _joint(plot: Plot, *, lead_takes: int, member_takes: int, promise: int) -> Filing | None:
    if plot.item.case_type != "joint" or plot.source != "commerce":
        return None
    late = member_takes > promise
    fitting = [
        item
        for item in plot.others
        if plot.counted(5, item) and (item.versions[-1].promise[0] == promise if late else True)
    ]
    members = [i for i in fitting if late or i.versions[-1].promise[0] >= promise]
    if not members:
        return None
    lead = plot.taking(lead_takes, plot.some(20, 30))
    plot.joined_by(lead, members[int(plot.random() * len(members))], member_takes)
    return lead


def entered_twice(plot: Plot) -> Filing | None:
    """M22: the same application is entered in the department's system and, an hour later, in the hall's."""
    return _twice(plot, 3600)


def applied_for_again(plot: Plot) -> Filing | None:
    """The same person applies for the same thing again two days later, at the hall: another case."""
    return _twice(plot, 2 * DAY)


def _twice(plot: Plot, later: int) -> Filing | None:
    if plot.source == "hall" or not plot.counted(6):
        return None
    filing = plot.taking(1, plot.some(24, 30))
    desk = Desk("hall", plot.desk.calendar, plot.desk.staff, plot.desk.now)
    k = plot.desk.calendar.index((filing.received + later) // DAY)
    twin = desk.file(plot.number, f"LY{plot.source.upper()}{plot.case_no}", plot.item, k, plot.random)
    twin.applicant, twin.twin_of, filing.twin = filing.applicant, filing, twin
    twin.received = filing.received + later
    twin.recorded = twin.received + 600
    desk.accept(twin, k + 1)
    desk.handle(twin, k + 1, 1, plot.random)
    return filing


def re_reported(plot: Plot) -> Filing | None:
    """M18: closed late; on the last day a new version says it was closed in time."""
    if not plot.counted():
        return None
    ago = plot.promise + plot.some(14, 20)
    late = plot.taking(plot.promise + plot.some(1, 3), ago)
    shown = plot.desk.now // DAY * DAY + 10 * 3600 + plot.some(0, 3000)
    moved = replace(late, steps=[], version=2, shown=shown, before=late, certificate=None, delivered=None)
    moved.fee_paid, moved.fee_paid_at = 0, None
    plot.desk.handle(moved, plot.desk.today - ago, plot.promise - 1, plot.random)
    return moved


def corrected_without_gain(plot: Plot) -> Filing | None:
    """A new version on the last day moves the closing by a day; it was in time before and is after."""
    if not plot.counted():
        return None
    ago = plot.promise + plot.some(14, 20)
    first = plot.taking(plot.promise - 1, ago)
    shown = plot.desk.now // DAY * DAY + 10 * 3600 + plot.some(0, 3000)
    moved = replace(first, steps=[], version=2, shown=shown, before=first, certificate=None, delivered=None)
    moved.fee_paid, moved.fee_paid_at = 0, None
    plot.desk.handle(moved, plot.desk.today - ago, plot.promise - 2, plot.random)
    return moved


PLANTERS: tuple[Planter, ...] = (lead_closed_first, re_reported, late_member, entered_twice)
LOOKALIKES: tuple[Planter, ...] = (all_together, corrected_without_gain, applied_for_again)
