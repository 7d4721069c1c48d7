"""Planted: late answers, second notices, extensions that do not hold (M01, M02, M06)."""

from hub.demo.filing import Filing
from hub.demo.planting.plot import Planter, Plot


def answered_late(plot: Plot) -> Filing | None:
    """M01: accepted on the seventh working day; the clock ran from receipt, and the promise was kept."""
    return plot.taking(1, plot.some(24, 30), waited=7) if plot.counted(10) else None


def never_answered(plot: Plot) -> Filing | None:
    """M01: received more than five working days ago, and not a word since."""
    return plot.filed(plot.some(6, 8)) if plot.counted(12) else None


def second_notice(plot: Plot) -> Filing | None:
    """M02: a second notice asks for what the first did not name."""
    if not plot.counted() or plot.source == "tax":
        return None
    filing = plot.taking(1, plot.some(24, 30), waited=4)
    plot.notice(filing, 1, "申请表；身份证明")
    plot.notice(filing, 3, "验资报告")
    return filing


def extension_too_long(plot: Plot) -> Filing | None:
    """M06: extended by more than the law allows."""
    if not plot.counted(7) or plot.source != "tax":
        return None
    filing = plot.taking(plot.promise - 3, plot.some(40, 50))
    plot.extend(filing, 2, plot.some(11, 15))
    return filing


def extension_repeated(plot: Plot) -> Filing | None:
    """M06: extended twice."""
    if not plot.counted(7) or plot.source != "tax":
        return None
    filing = plot.taking(plot.promise - 3, plot.some(40, 50))
    plot.extend(filing, 1, 5)
    plot.extend(filing, 2, 5)
    return filing


def extension_unexplained(plot: Plot) -> Filing | None:
    """M06: extended without a reason told."""
    if not plot.counted(7) or plot.source != "tax":
        return None
    filing = plot.taking(plot.promise - 3, plot.some(40, 50))
    plot.extend(filing, 2, 10).reason = None
    return filing


def extension_after_the_deadline(plot: Plot) -> Filing | None:
    """M06: extended when the statutory limit had already passed: void, and the case is late."""
    if not plot.counted() or plot.source != "tax" or plot.statutory > 40:
        return None
    filing = plot.taking(plot.statutory + 4, plot.statutory + 20)
    plot.extend(filing, plot.statutory + 2, 10)
    return filing


def answered_on_the_fifth_day(plot: Plot) -> Filing | None:
    """Accepted on the fifth working day: just in time."""
    return plot.taking(1, plot.some(24, 30), waited=5) if plot.counted() else None


def refused_on_the_fifth_day(plot: Plot) -> Filing | None:
    """Refused on the fifth working day: an answer too."""
    if not plot.counted():
        return None
    filing = plot.filed(plot.some(20, 30))
    filing.refused = plot.afternoon(filing.received, 5)
    filing.result = "not_accepted"
    return filing


def noticed_then_accepted_late(plot: Plot) -> Filing | None:
    """Accepted on the eighth working day: a notice came in time, and the clock began with the papers."""
    if not plot.counted() or plot.source == "tax":
        return None
    filing = plot.taking(1, plot.some(24, 30), waited=8)
    plot.notice(filing, 4, "申请表；验资报告").received = (filing.accepted or 0) - 1800
    return filing


def same_notice_again(plot: Plot) -> Filing | None:
    """A second notice repeats what the first asked for."""
    if not plot.counted() or plot.source == "tax":
        return None
    filing = plot.taking(1, plot.some(24, 30), waited=4)
    plot.notice(filing, 1, "申请表；验资报告")
    plot.notice(filing, 3, "验资报告")
    return filing


def extended_rightly(plot: Plot) -> Filing | None:
    """Closed after the promise, within a valid extension."""
    if not plot.counted(7) or plot.source != "tax":
        return None
    filing = plot.taking(plot.promise + 4, plot.promise + 20)
    plot.extend(filing, plot.promise - 2, 10)
    return filing


PLANTERS: tuple[Planter, ...] = (
    answered_late,
    never_answered,
    second_notice,
    extension_too_long,
    extension_repeated,
    extension_unexplained,
    extension_after_the_deadline,
)
LOOKALIKES: tuple[Planter, ...] = (
    answered_on_the_fifth_day,
    refused_on_the_fifth_day,
    noticed_then_accepted_late,
    same_notice_again,
    extended_rightly,
)
