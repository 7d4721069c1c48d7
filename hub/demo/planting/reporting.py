"""Planted: events out of order, one man in every role, late entries, bad data, wrong fees (M16–M23)."""

from dataclasses import replace

from hub.demo.days import DAY
from hub.demo.filing import Filing
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


def entered_afterwards(plot: Plot) -> Filing | None:
    """M17: keyed in a week after everything had happened."""
    if plot.source == "land":
        return None
    filing = plot.granted(0, plot.some(24, 30), 1)
    filing.recorded = plot.afternoon(filing.delivered or filing.closed or 0, plot.some(4, 6))
    filing.shown = filing.recorded
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
    entered_afterwards,
    reported_late,
    unknown_item,
    bad_identifier,
    fee_beyond_the_standard,
    fee_where_none_is_due,
    fee_before_acceptance,
)
LOOKALIKES: tuple[Planter, ...] = (reported_within_the_day, two_roles_of_three)
