"""Planted: events out of order, one man in every role, late entries, bad data, wrong fees (M16–M23)."""

from dataclasses import replace

from hub.demo.days import DAY, PULLED_AGO
from hub.demo.filing import Filing, Step
from hub.demo.people import well_formed
from hub.demo.planting.plot import Planter, Plot


def delivered_before_closing(plot: Plot) -> Filing | None:
    """M16: the result was handed out before the case was closed."""
    if plot.source == "hall":
        return None
    filing = plot.granted(0, plot.some(20, 30), 1)
    filing.delivered = (filing.closed or 0) - 7200
    filing.decided = min(filing.decided or 0, filing.delivered - 60) if filing.decided else None
    return filing


def delivered_in_the_future(plot: Plot) -> Filing | None:
    """M16: closed, and the delivery entered with a date that is still to come."""
    if plot.source == "hall":
        return None
    filing = plot.granted(0, plot.some(3, 6), 1)
    filing.delivered = plot.desk.now + plot.some(20, 40) * 3600
    filing.foretold = True
    return filing


def one_man_in_every_role(plot: Plot) -> Filing | None:
    """M16: one person handled, reviewed and approved."""
    if plot.source in ("tax", "hall"):
        return None
    filing = plot.taking(0, plot.some(20, 30))
    for step in filing.steps:
        step.handler = plot.staff.head
    return filing


def approved_after_closing(plot: Plot) -> Filing | None:
    """M16: the approval bears a later time than the closing."""
    if plot.source in ("tax", "hall"):
        return None
    filing = plot.taking(1, plot.some(20, 30))
    filing.steps[2].ended = (filing.closed or 0) + 1200
    return filing


def step_ended_in_the_future(plot: Plot) -> Filing | None:
    """M16: still open, and a step entered with an end that is still to come."""
    if plot.source != "housing" or not plot.counted(14):
        return None
    filing = plot.filed(8)
    plot.desk.accept(filing, plot.desk.today - 8)
    ahead = plot.desk.now + plot.some(20, 40) * 3600
    accepted = filing.accepted or 0
    filing.steps.append(Step(1, "handle", "承办", plot.staff.steps[0], accepted + 600, ahead, None))
    return filing


def step_still_running(plot: Plot) -> Filing | None:
    """Still open, and its step has no end yet."""
    filing = step_ended_in_the_future(plot)
    if filing is not None:
        filing.steps[0].ended = None
    return filing


def entered_afterwards(plot: Plot) -> Filing | None:
    """M17: keyed in a week after everything had happened."""
    if plot.source == "land":
        return None
    filing = plot.granted(0, plot.some(24, 30), 1)
    filing.recorded = plot.afternoon(filing.delivered or filing.closed or 0, plot.some(4, 6))
    filing.shown = filing.recorded
    return filing


def keyed_in_after_closing(plot: Plot) -> Filing | None:
    """M17: shown only when all was over, in a batch, with the times of the books put back."""
    return _shown_closed(plot, plot.some(5, 12))


def shown_soon_after_closing(plot: Plot) -> Filing | None:
    """Closed a few days before its system was first pulled, and shown just after."""
    return _shown_closed(plot, plot.some(2, 3))


def _shown_closed(plot: Plot, before: int) -> Filing | None:
    """Closed so many working days before the first pull of its system; shown between that and the next."""
    first = PULLED_AGO[0]
    filing = plot.granted(0, first + before, 1)
    filing.recorded = filing.received + 600
    filing.shown = plot.desk.morning(plot.desk.today - plot.some(2, first - 2), plot.random)
    return filing


def reported_late(plot: Plot) -> Filing | None:
    """M17: keyed in two days after the last event."""
    if plot.source == "land":
        return None
    filing = plot.granted(0, plot.some(24, 30), 1)
    filing.recorded = (filing.delivered or filing.closed or 0) + 2 * DAY
    filing.shown = filing.recorded
    return filing


def unknown_item(plot: Plot) -> Filing:
    """M21: an item code the catalogue does not know."""
    filing = plot.granted(0, plot.some(20, 30), 1)
    filing.item_code = filing.item_code[:4] + "99" + filing.item_code[6:]
    filing.fee_paid, filing.fee_paid_at = 0, None
    return filing


def bad_identifier(plot: Plot) -> Filing:
    """M21: an applicant's identifier whose check character is wrong."""
    filing = plot.granted(0, plot.some(20, 30), 1)
    body = filing.applicant.id[:-1]
    wrong = next(body + last for last in "1234567890" if not well_formed(body + last))
    filing.applicant = replace(filing.applicant, id=wrong)
    return filing


def fee_beyond_the_standard(plot: Plot) -> Filing | None:
    """M23: more was taken than the standard says."""
    if not plot.item.fee:
        return None
    filing = plot.granted(0, plot.some(20, 30), 1)
    filing.fee_paid = plot.item.fee + 2000
    filing.fee_paid_at = (filing.closed or 0) - 900
    return filing


def fee_where_none_is_due(plot: Plot) -> Filing | None:
    """M23: a fee was taken for what is free."""
    if plot.item.fee:
        return None
    filing = plot.granted(0, plot.some(20, 30), 1)
    filing.fee_paid = 5000
    filing.fee_paid_at = (filing.closed or 0) - 900
    return filing


def fee_before_acceptance(plot: Plot) -> Filing | None:
    """M23: the fee was taken before the case was accepted."""
    if not plot.item.fee or plot.source != "tax":
        return None
    filing = plot.granted(0, plot.some(20, 30), 1)
    filing.fee_paid = plot.item.fee
    filing.fee_paid_at = filing.received + 60
    return filing


def fee_not_taken(plot: Plot) -> Filing | None:
    """M23: granted and closed, and the record says that nothing was paid where a fee is due."""
    filing = _unpaid(plot)
    if filing is not None:
        filing.nothing_paid = True
    return filing


def fee_waived(plot: Plot) -> Filing | None:
    """Nothing was paid, and the record says that nothing is due: the fee was waived."""
    filing = fee_not_taken(plot)
    if filing is not None:
        filing.waived = True
    return filing


def fee_not_told(plot: Plot) -> Filing | None:
    """A record that says nothing of what was paid."""
    return _unpaid(plot)


def _unpaid(plot: Plot) -> Filing | None:
    if not plot.item.fee or plot.source not in ("tax", "housing"):
        return None
    filing = plot.granted(0, plot.some(20, 30), 1)
    filing.fee_paid, filing.fee_paid_at = 0, None
    return filing


def reported_within_the_day(plot: Plot) -> Filing | None:
    """Keyed in twenty-three hours after the last event."""
    if plot.source == "land":
        return None
    filing = plot.granted(0, plot.some(24, 30), 1)
    filing.recorded = (filing.delivered or filing.closed or 0) + 23 * 3600
    filing.shown = filing.recorded
    return filing


def two_roles_of_three(plot: Plot) -> Filing | None:
    """One person handled and reviewed; another approved."""
    if plot.source in ("tax", "hall"):
        return None
    filing = plot.taking(0, plot.some(20, 30))
    filing.steps[1].handler = filing.steps[0].handler
    return filing


PLANTERS: tuple[Planter, ...] = (
    delivered_before_closing,
    delivered_in_the_future,
    one_man_in_every_role,
    approved_after_closing,
    step_ended_in_the_future,
    entered_afterwards,
    keyed_in_after_closing,
    reported_late,
    unknown_item,
    bad_identifier,
    fee_beyond_the_standard,
    fee_where_none_is_due,
    fee_before_acceptance,
    fee_not_taken,
)
LOOKALIKES: tuple[Planter, ...] = (
    reported_within_the_day,
    shown_soon_after_closing,
    two_roles_of_three,
    step_still_running,
    fee_waived,
    fee_not_told,
)
