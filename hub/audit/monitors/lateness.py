"""M17: data that reaches the source's books, or the Hub, long after the fact."""

from dataclasses import replace

import numpy as np

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome, joined, plain_outcome, told
from hub.audit.rules import Rule
from hub.clock.axes import ClockName
from hub.model.blocks import Flags, Instants
from hub.model.instants import NO_INSTANT, TICKS_PER_SECOND

_EVENTS = ("received_at", "accepted_at", "refused_at", "decided_at", "closed_at", "delivered_at")


def data_in_time(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """What the source says of its own books, and what the Hub saw of them: one row per case and reason."""
    del clock
    return joined(_as_recorded(docket, rule), _as_seen(docket, rule))


def _as_recorded(docket: Docket, rule: Rule) -> Outcome:
    """Recorded at the source more than some hours after the last event, or entered days afterwards."""
    recorded, last = docket.instant("recorded_at"), last_event(docket)
    judged = (recorded != NO_INSTANT) & (last != NO_INSTANT) & _first_report(docket)
    late = judged & (recorded > last + int(rule.param("late_hours") * 3600) * TICKS_PER_SECOND)
    days = docket.bench.keeper.working_days_between(np.where(judged, last, 0), np.where(judged, recorded, 0))
    back_entry = late & (days > rule.param("back_entry_days"))
    cases = np.flatnonzero(late)
    reasons = np.where(back_entry[cases], "entered_afterwards", "reported_late").tolist()
    hours = ((recorded - last)[cases] / TICKS_PER_SECOND / 3600).round(1).tolist()
    details = [
        {"event_at": event, "recorded_at": told_at, "hours": apart}
        for event, told_at, apart in zip(last[cases].tolist(), recorded[cases].tolist(), hours, strict=True)
    ]
    return plain_outcome(cases, rule.severity_code, reasons, told(details))


def _as_seen(docket: Docket, rule: Rule) -> Outcome:
    """First seen already closed, though its source was heard, and telling of others, days after that.

    Whatever the source says it recorded: a batch keyed in after closing with times put back is found so.
    """
    seen, heard, closed = (docket.instant(name) for name in ("first_seen_at", "heard_before", "closed_at"))
    asked = np.flatnonzero((heard != NO_INSTANT) & (closed != NO_INSTANT) & (heard > closed))
    days = docket.bench.keeper.working_days_between(closed[asked], heard[asked])
    cases = asked[days > rule.param("unseen_days")]
    details = [
        {"first_seen_at": first, "heard_until": until, "closed_at": ended}
        for first, until, ended in zip(
            seen[cases].tolist(), heard[cases].tolist(), closed[cases].tolist(), strict=True
        )
    ]
    outcome = plain_outcome(cases, rule.severity_code, ["seen_closed"] * len(cases), told(details))
    # Judged as of an instant before the Hub saw it, it has not been seen yet.
    to_come = seen[cases] > docket.bench.as_of
    keeper = docket.bench.keeper
    return replace(
        outcome,
        provisional=keeper.calendar.rest_on_provisional(
            keeper.local_days(closed[cases]), keeper.local_days(heard[cases])
        ),
        severity=np.where(to_come, 0, outcome.severity).astype(np.int8),
        judge_at=np.where(to_come, seen[cases], outcome.judge_at),
    )


def last_event(docket: Docket) -> Instants:
    """The latest event of each case; a date alone counts to its end."""
    events: Instants = np.array([docket.instant(name) for name in _EVENTS]).max(axis=0)
    dated = (events != NO_INSTANT) & ((events & 1) == 1)
    if dated.any():
        keeper = docket.bench.keeper
        events[dated] = keeper.end_of_days(keeper.local_days(events[dated]))
    return events


def _first_report(docket: Docket) -> Flags:
    """Not a correction: a re-report is recorded late by its nature."""
    version = docket.block.numbers.get("data_version")
    if version is None:
        return np.ones(len(docket), dtype=np.bool_)
    return ~(version > 1)
