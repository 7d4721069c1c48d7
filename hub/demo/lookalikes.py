"""Filings that look guilty and are innocent: one function each, planted beside the faults."""

from hub.demo.days import DAY
from hub.demo.faults import Planter, Plot
from hub.demo.filing import Filing, Pause


def on_the_last_day(plot: Plot) -> Filing | None:
    """Closed on the very last day of the promise."""
    return plot.taking(plot.promise, plot.promise + plot.some(12, 20)) if plot.counted else None


def on_the_eve_of_warning(plot: Plot) -> Filing | None:
    """Open, four working days before the promise runs out: no warning yet."""
    if not plot.counted or plot.promise < 6:
        return None
    return plot.taking(plot.promise + 5, plot.promise - 4)


def long_but_paused(plot: Plot) -> Filing | None:
    """Closed well after the promise, but a lawful procedure stood between: its days do not count."""
    if not plot.counted:
        return None
    length, away = plot.promise + 4, plot.some(6, 8)
    filing = plot.taking(length, length + plot.some(12, 20))
    _pause(filing, plot, 2, away, plot.lawful_pause)
    return filing


def over_the_holidays(plot: Plot) -> Filing | None:
    """Accepted on the last working day before the longest holiday in sight: days off do not count."""
    if not plot.counted:
        return None
    working = plot.desk.calendar.working
    low = plot.desk.today - plot.promise - 60
    k = max(range(low, plot.desk.today - plot.promise - 8), key=lambda i: working[i + 1] - working[i])
    return plot.taking(plot.promise, plot.desk.today - k)


def _pause(filing: Filing, plot: Plot, after: int, days: int, kind: str) -> None:
    """A pause from the ``after``-th working day of handling, ended within the days applied for."""
    calendar = plot.desk.calendar
    accepted = filing.accepted or filing.received
    k = calendar.index(accepted // DAY) + after
    started, ended = plot.desk.afternoon(k, plot.random), plot.desk.afternoon(k + days, plot.random)
    head = plot.desk.staff[filing.item.department].head
    filing.pauses.append(
        Pause(1, kind, started, ended, days + 2, "行政许可法第四十五条", head, "依法需要", started + 1800)
    )


LOOKALIKES: tuple[Planter, ...] = (on_the_last_day, long_but_paused, on_the_eve_of_warning, over_the_holidays)
