"""Planted: near and over the promise, over the statute, over the deadline a source gives (M03–M05, M27)."""

from hub.demo.days import DAY
from hub.demo.filing import Filing
from hub.demo.planting.plot import Planter, Plot


def near_promise(plot: Plot) -> Filing | None:
    """M03: open, one or two working days before the promise runs out."""
    if not plot.counted():
        return None
    return plot.taking(plot.promise + 5, plot.promise - plot.some(1, 2))


def over_promise(plot: Plot) -> Filing | None:
    """M04: closed after the promise, within the statute."""
    if not plot.counted():
        return None
    length = min(plot.promise + plot.some(1, 3), plot.statutory)
    return plot.taking(length, length + plot.some(12, 20))


def over_promise_open(plot: Plot) -> Filing | None:
    """M04: open past the promise, within the statute."""
    if not plot.counted():
        return None
    ago = min(plot.promise + plot.some(1, 3), plot.statutory)
    return plot.taking(ago + 5, ago)


def over_statute(plot: Plot) -> Filing | None:
    """M05: closed after the statutory limit."""
    if not plot.counted():
        return None
    length = plot.statutory + plot.some(1, 6)
    return plot.taking(length, length + plot.some(12, 20))


def over_statute_open(plot: Plot) -> Filing | None:
    """M05: open past the statutory limit."""
    if not plot.counted():
        return None
    ago = plot.statutory + plot.some(1, 6)
    return plot.taking(ago + 5, ago)


def over_given_deadline(plot: Plot) -> Filing | None:
    """M27: closed within the promise, but minutes after the instant the department itself gave."""
    if not plot.counted() or plot.source != "tax":
        return None
    filing = plot.taking(plot.promise - 1, plot.promise + plot.some(12, 20))
    filing.due = (filing.closed or 0) - plot.some(60, 1500)
    return filing


def over_given_deadline_open(plot: Plot) -> Filing | None:
    """M27: still open, an hour after the instant given."""
    if not plot.counted() or plot.source != "tax":
        return None
    filing = plot.taking(9, 0)
    filing.due = plot.desk.now // DAY * DAY + 17 * 3600
    return filing


PLANTERS: tuple[Planter, ...] = (
    over_statute,
    over_promise,
    near_promise,
    over_statute_open,
    over_promise_open,
    over_given_deadline,
    over_given_deadline_open,
)
