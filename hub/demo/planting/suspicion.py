"""Planted: pauses made up to save a case, and their honest doubles (M15)."""

from hub.demo.filing import Filing
from hub.demo.planting.plot import Planter, Plot


def paused_only_when_late(plot: Plot) -> Filing | None:
    """M15: late, so a pause from acceptance, the days overdue and three, was entered after closing."""
    if not plot.counted(7):
        return None
    overdue = plot.some(1, 4)
    filing = plot.taking(plot.promise + overdue, plot.promise + overdue + plot.some(12, 20))
    pause = plot.pause(filing, 0, overdue + 3, overdue + 3)
    pause.started = filing.accepted or 0
    pause.recorded = (filing.closed or 0) + 7200
    return filing


def just_long_enough(plot: Plot) -> Filing | None:
    """M15: the pause is exactly as long as the case was late, or a day longer."""
    if not plot.counted(8):
        return None
    overdue = plot.some(2, 4)
    filing = plot.taking(plot.promise + overdue, plot.promise + overdue + plot.some(12, 20))
    days = overdue + plot.some(0, 1)
    plot.pause(filing, 2, days, days)
    return filing


def registered_after_closing(plot: Plot) -> Filing | None:
    """M15: a pause entered when the case was already closed."""
    if not plot.counted(8) or plot.source == "land":
        return None
    filing = plot.taking(plot.promise - 1, plot.promise + plot.some(12, 20))
    plot.pause(filing, 1, 3, 5).recorded = (filing.closed or 0) + 3600
    return filing


def without_basis(plot: Plot) -> Filing | None:
    """M15: a pause that names no ground in law."""
    if not plot.counted(8):
        return None
    filing = plot.taking(plot.promise - 1, plot.promise + plot.some(12, 20))
    plot.pause(filing, 1, 3, 5).basis = None
    return filing


def without_approver(plot: Plot) -> Filing | None:
    """M15: a pause that nobody approved."""
    if not plot.counted(8):
        return None
    filing = plot.taking(plot.promise - 1, plot.promise + plot.some(12, 20))
    plot.pause(filing, 1, 3, 5).approver = None
    return filing


def same_reason_again(plot: Plot) -> Filing | None:
    """M15: three short pauses, one reason."""
    if not plot.counted(10):
        return None
    filing = plot.taking(plot.promise, plot.promise + plot.some(12, 20))
    for after in (1, 3, 5):
        plot.pause(filing, after, 1, 3)
    return filing


def paused_twice_for_two_reasons(plot: Plot) -> Filing | None:
    """Two pauses, each with its own reason, in a case that needed neither."""
    if not plot.counted(10):
        return None
    filing = plot.taking(plot.promise, plot.promise + plot.some(12, 20))
    plot.pause(filing, 1, 2, 3).reason = "申请人请求听证"
    plot.pause(filing, 5, 2, 3).reason = "补充鉴定"
    return filing


PLANTERS: tuple[Planter, ...] = (
    paused_only_when_late,
    just_long_enough,
    registered_after_closing,
    without_basis,
    without_approver,
    same_reason_again,
)
LOOKALIKES: tuple[Planter, ...] = (paused_twice_for_two_reasons,)
