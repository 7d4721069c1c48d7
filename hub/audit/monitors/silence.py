"""M20: a sender that is usually active sends nothing, or a sync is overdue. Its subject is no case."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from hub.audit.bench import Bench
from hub.audit.rules import Rule
from hub.model.instants import NO_INSTANT, TICKS_PER_SECOND
from hub.model.verdicts import Finding, Severity, Subject

#: Working days before the quiet ones by which "usually" is measured.
_USUAL_SPAN = 20
#: On so many of those days at least something must have come.
_OFTEN = 0.25


@dataclass(frozen=True, slots=True)
class Activity:
    """What one sender (a source, or a department or item of it) sent, and how far it was heard.

    ``arrivals``: instants at which its cases were received. ``heard_at``: the last complete sync;
    ``expected_every_s``: None where nothing is promised. ``steady``: only a break of a steady habit
    is silence, because the few cases of one item leave gaps by chance.
    """

    subject: Subject
    arrivals: Sequence[int]
    heard_at: int
    expected_every_s: float | None = None
    department: str | None = None
    steady: bool = False


def silence(activities: Iterable[Activity], bench: Bench) -> list[Finding]:
    """A finding for each sender that is silent or overdue."""
    rule = bench.rulebook["M20"]
    if not rule.enabled:
        return []
    told = ((each, _reason(each, bench, rule)) for each in activities)
    return [_finding(each, reason, bench, rule) for each, reason in told if reason]


def _reason(activity: Activity, bench: Bench, rule: Rule) -> str | None:
    every = activity.expected_every_s
    if every is not None and bench.as_of > activity.heard_at + int(every * TICKS_PER_SECOND):
        return "sync_overdue"
    return "silent" if _is_silent(activity, bench, rule) else None


def _is_silent(activity: Activity, bench: Bench, rule: Rule) -> bool:
    """Nothing in the last quiet working days that were heard to their end, and usually something."""
    if activity.heard_at == NO_INSTANT or not len(activity.arrivals):
        return False
    keeper, quiet = bench.keeper, int(rule.param("quiet_days"))
    heard = min(activity.heard_at, bench.as_of)
    # Yesterday is the last day heard to its end.
    last = int(keeper.working_ordinal(keeper.local_days(np.array([heard])) - 1)[0])
    arrived = keeper.working_ordinal(keeper.local_days(np.asarray(activity.arrivals, dtype=np.int64)))
    if (arrived > last - quiet).any():
        return False
    before = last - quiet - _USUAL_SPAN
    usual = arrived[arrived > before]
    days = np.unique(usual)
    # One load of many cases is no habit.
    often = len(days) >= _USUAL_SPAN * _OFTEN
    broken = activity.steady and np.diff(days, prepend=before).max(initial=0) > 2
    return bool(often and not broken and len(usual) >= rule.param("usual_per_day") * _USUAL_SPAN)


def _finding(activity: Activity, reason: str, bench: Bench, rule: Rule) -> Finding:
    last = max(activity.arrivals, default=NO_INSTANT)
    provisional = reason == "silent" and _rests_on_provisional(activity, last, bench)
    return Finding(
        subject=activity.subject,
        monitor=rule.monitor,
        severity=cast(Severity, rule.severity),
        clock="instant",
        limit=None,
        limit_unit=None,
        started_at=last,
        due_at=NO_INSTANT,
        stopped_at=NO_INSTANT,
        elapsed=None,
        provisional=provisional,
        pending=provisional or rule.confirm,
        department=activity.department,
        item_code=activity.subject.key if activity.subject.kind == "item" else None,
        legal_basis=rule.legal_basis,
        rule_version=rule.version,
        calendar_version=bench.keeper.calendar.version,
        reason=reason,
        detail={"last_arrival": last, "heard_at": activity.heard_at},
    )


def _rests_on_provisional(activity: Activity, last: int, bench: Bench) -> bool:
    """Whether a day of the silence is one that no notice settles: it may prove a holiday."""
    days = bench.keeper.local_days(np.array([last, min(activity.heard_at, bench.as_of)]))
    return bool(bench.keeper.calendar.rest_on_provisional(days[:1], days[1:])[0])
