"""Planted: slow steps, pauses beyond their length, results not delivered or not on the day (M07–M09, M12)."""

from hub.demo.days import DAY
from hub.demo.desk import step_limits
from hub.demo.filing import Filing
from hub.demo.planting.plot import Planter, Plot


def slow_step(plot: Plot) -> Filing | None:
    """M07: the first step takes longer than its limit; the case as a whole is in time."""
    if not plot.counted(10) or plot.source not in ("commerce", "housing", "hall"):
        return None
    first = plot.promise // 2 + 1
    filing = plot.taking(first + 1, plot.some(30, 40))
    accepted = filing.accepted or 0
    limits = step_limits(plot.item.versions[-1])
    slow = plot.afternoon(accepted, first)
    ends = (slow, slow + 1800, filing.closed or 0)
    started = accepted + 600
    for step, limit, end in zip(filing.steps, limits, ends, strict=True):
        step.limit, step.started, step.ended = limit, started, end
        started = end
    filing.decided = filing.closed if filing.decided else None
    return filing


def pause_overrun(plot: Plot) -> Filing | None:
    """M08: a pause of five days that took six (yellow) or eight (red)."""
    if not plot.counted(10):
        return None
    filing = plot.taking(plot.promise, plot.promise + plot.some(12, 20))
    plot.pause(filing, 1, 6 if plot.random() < 0.5 else 8, 5)
    return filing


def pause_left_open(plot: Plot) -> Filing | None:
    """M08: a pause still open on a closed case."""
    if not plot.counted() or plot.promise > 15:
        return None
    filing = plot.taking(plot.promise, plot.promise + plot.some(12, 20))
    plot.pause(filing, 1, None, 25)
    return filing


def pause_near_its_end(plot: Plot) -> Filing | None:
    """M08: a pause of ten days in its ninth or tenth: a warning."""
    if not plot.counted(7):
        return None
    ago = plot.some(10, 11)
    filing = plot.taking(plot.promise + 10, ago)
    plot.pause(filing, 1, 30, 10)
    return filing


def undelivered(plot: Plot) -> Filing | None:
    """M09: granted weeks ago, and not delivered."""
    return None if plot.source == "hall" else plot.granted(0, plot.some(14, 20), None)


def delivered_late(plot: Plot) -> Filing | None:
    """M09: delivered on the twelfth working day after it was granted."""
    return None if plot.source == "hall" else plot.granted(0, plot.some(20, 30), 12)


def not_on_the_day(plot: Plot) -> Filing | None:
    """M12: an immediate case closed on the day after."""
    return plot.taking(1, plot.some(20, 30)) if plot.item.case_type == "immediate" else None


def pause_of_the_days_applied_for(plot: Plot) -> Filing | None:
    """A pause that took exactly the days applied for."""
    if not plot.counted(10):
        return None
    filing = plot.taking(plot.promise, plot.promise + plot.some(12, 20))
    plot.pause(filing, 1, 5, 5)
    return filing


def delivered_on_the_tenth_day(plot: Plot) -> Filing | None:
    """Delivered on the very last day."""
    return None if plot.source == "hall" else plot.granted(0, plot.some(20, 30), 10)


def denied_and_nothing_to_deliver(plot: Plot) -> Filing | None:
    """Denied weeks ago: there is nothing to deliver."""
    filing = plot.granted(0, plot.some(20, 30), None)
    filing.result, filing.certificate = "denied", None
    filing.fee_paid, filing.fee_paid_at = 0, None
    return filing


def on_the_last_day(plot: Plot) -> Filing | None:
    """Closed on the very last day of the promise."""
    return plot.taking(plot.promise, plot.promise + plot.some(12, 20)) if plot.counted() else None


def on_the_eve_of_warning(plot: Plot) -> Filing | None:
    """Open, four working days before the promise runs out: no warning yet."""
    return plot.taking(plot.promise + 5, plot.promise - 4) if plot.counted(6) else None


def long_but_paused(plot: Plot) -> Filing | None:
    """Closed well after the promise, but a lawful procedure stood between: its days do not count."""
    if not plot.counted(10):
        return None
    filing = plot.taking(plot.promise + 4, plot.promise + 4 + plot.some(12, 20))
    days = plot.some(6, 8)
    plot.pause(filing, 2, days, days + 2)
    return filing


def over_the_holidays(plot: Plot) -> Filing | None:
    """Accepted on the last working day before the longest holiday in sight: days off do not count."""
    if not plot.counted():
        return None
    working = plot.desk.calendar.working
    low = plot.desk.today - plot.promise - 60
    k = max(range(low, plot.desk.today - plot.promise - 8), key=lambda i: working[i + 1] - working[i])
    return plot.taking(plot.promise, plot.desk.today - k)


def closed_in_the_evening(plot: Plot) -> Filing | None:
    """An immediate case closed late on the very day: a day lasts to midnight."""
    if plot.item.case_type != "immediate" or plot.source == "tax":
        return None
    filing = plot.taking(0, plot.some(20, 30))
    filing.closed = (filing.closed or 0) // DAY * DAY + 23 * 3600
    return filing


PLANTERS: tuple[Planter, ...] = (
    slow_step,
    pause_overrun,
    pause_left_open,
    pause_near_its_end,
    undelivered,
    delivered_late,
    not_on_the_day,
)
LOOKALIKES: tuple[Planter, ...] = (
    on_the_last_day,
    long_but_paused,
    on_the_eve_of_warning,
    over_the_holidays,
    pause_of_the_days_applied_for,
    delivered_on_the_tenth_day,
    denied_and_nothing_to_deliver,
    closed_in_the_evening,
)
