"""When a case's clock starts and stops: supplement rules, deemed acceptance, the stop each limit looks at."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from hub.clock.calendar import NO_DAY, Days
from hub.clock.columns import Codes, Flags
from hub.clock.keeper import Timekeeper
from hub.model.blocks import CaseBlock, Instants
from hub.model.instants import NO_INSTANT

#: Results of a case that ended without a decision: its clock stops at refusal, else at closing.
_ENDED_UNDECIDED = frozenset({"refused", "not_accepted", "withdrawn"})
_NOTICE_DAYS = 5  # 行政许可法 art. 32


class StartReason(IntEnum):
    """Why a clock starts where it does, or does not run."""

    ACCEPTED = 0
    SUPPLEMENTED = 1  # the day the last required supplement came in
    DEEMED = 2  # nothing said in time: accepted from the day of receipt
    WAITING = 3  # nothing said yet, and there is still time
    AWAITING_SUPPLEMENT = 4
    REFUSED = 5
    NO_FACTS = 6
    UNCERTAIN = 7  # nothing said as far as the data reaches, which is not far enough


@dataclass(frozen=True, slots=True)
class Starts:
    """Per case: the start (NO_INSTANT: no clock), why, and the next instant at which this may change."""

    started_at: Instants
    reason: Codes
    change_at: Instants
    provisional: Flags


def clock_starts(
    keeper: Timekeeper,
    block: CaseBlock,
    as_of: int | Instants,
    *,
    absence_until: Instants | None = None,
) -> Starts:
    """Start each case's clock (行政许可法 art. 32, 42).

    Silence counts against a department only up to ``absence_until``; None: the data is complete.
    """
    now = np.broadcast_to(np.asarray(as_of, dtype=np.int64), len(block))
    received, accepted, refused = (
        _happened(block.instants[name], now) for name in ("received_at", "accepted_at", "refused_at")
    )
    due_day = keeper.add_working_days(received, _NOTICE_DAYS)
    has_receipt = due_day != NO_DAY
    in_time = _in_time(keeper, accepted, due_day)
    noticed, complete, last_in = _supplements(keeper, block, now, due_day, accepted)
    over = keeper.local_days(now) > due_day
    sure = over if absence_until is None else over & (keeper.local_days(absence_until) > due_day)
    has_accepted = accepted != NO_INSTANT
    supplemented = noticed & complete & ~(has_accepted & (accepted < last_in))
    reason = StartReason
    ladder = [
        (~has_receipt & has_accepted, reason.ACCEPTED),
        (~has_receipt & (refused != NO_INSTANT), reason.REFUSED),
        (~has_receipt, reason.NO_FACTS),
        (_in_time(keeper, refused, due_day) & ~in_time, reason.REFUSED),
        (supplemented, reason.SUPPLEMENTED),
        (noticed & has_accepted, reason.ACCEPTED),
        (noticed, reason.AWAITING_SUPPLEMENT),
        (in_time, reason.ACCEPTED),
        (sure, reason.DEEMED),
        (over, reason.UNCERTAIN),
    ]
    chosen = np.select([c for c, _ in ladder], [np.int8(r) for _, r in ladder], np.int8(reason.WAITING))
    return _starts(keeper, chosen.astype(np.int8), (received, accepted, last_in), due_day)


def clock_stops(
    block: CaseBlock, as_of: int | Instants, order: tuple[str, ...] = ("decided_at", "closed_at")
) -> Instants:
    """Stop each case's clock at the first field of ``order`` that is there by ``as_of``.

    A refused or withdrawn case stops at its refusal, else at closing, whatever the order. A refusal
    that was followed by acceptance refused nothing.
    """
    now = np.broadcast_to(np.asarray(as_of, dtype=np.int64), len(block))
    fields = ("accepted_at", "refused_at", "decided_at", "closed_at")
    at = {name: _happened(block.instants[name], now) for name in fields}
    at["refused_at"] = np.where(at["accepted_at"] > at["refused_at"], NO_INSTANT, at["refused_at"])
    results = block.words["result"]
    undecided = results.is_one_of(*_ENDED_UNDECIDED)
    stopped = np.full(len(block), NO_INSTANT, dtype=np.int64)
    for name in reversed(order):
        _stop_at(stopped, at[name])
    _stop_at(stopped, np.where(undecided, at["closed_at"], NO_INSTANT))
    _stop_at(stopped, at["refused_at"])
    return stopped


def _stop_at(stopped: Instants, at: Instants) -> None:
    np.copyto(stopped, at, where=at != NO_INSTANT)


def _happened(instants: Instants, now: Instants) -> Instants:
    return np.where(instants <= now, instants, NO_INSTANT)


def _in_time(keeper: Timekeeper, instants: Instants, due_day: Days) -> Flags:
    in_time: Flags = (instants != NO_INSTANT) & (keeper.local_days(instants) <= due_day)
    return in_time


def _supplements(
    keeper: Timekeeper, block: CaseBlock, now: Instants, due_day: Days, accepted: Instants
) -> tuple[Flags, Flags, Instants]:
    """Whether a notice was given in time, whether all it asked for came in, and when the last did.

    A notice after acceptance asks for nothing the acceptance depends on.
    """
    rows = block.children["supplement"]
    owner = rows.owners()
    issued = _happened(rows.instants["issued_at"], now[owner])
    received = _happened(rows.instants["received_at"], now[owner])
    timely = _in_time(keeper, issued, due_day[owner])
    timely &= ~_after(keeper, issued, accepted[owner])
    noticed = np.zeros(len(block), dtype=bool)
    noticed[owner[timely]] = True
    complete = noticed.copy()
    complete[owner[timely & (received == NO_INSTANT)]] = False
    last_in = np.full(len(block), NO_INSTANT, dtype=np.int64)
    np.maximum.at(last_in, owner[timely], received[timely])
    return noticed, complete, last_in


def _after(keeper: Timekeeper, moments: Instants, others: Instants) -> Flags:
    by_date = ((moments | others) & 1) == 1
    later = np.where(by_date, keeper.local_days(moments) > keeper.local_days(others), moments > others)
    after: Flags = (others != NO_INSTANT) & later
    return after


def _starts(
    keeper: Timekeeper, reason: Codes, at: tuple[Instants, Instants, Instants], due_day: Days
) -> Starts:
    received, accepted, last_in = at
    started = np.select(
        [reason == StartReason.ACCEPTED, reason == StartReason.SUPPLEMENTED, reason == StartReason.DEEMED],
        [accepted, last_in, received],
        NO_INSTANT,
    )
    open_question = (reason == StartReason.WAITING) | (reason == StartReason.UNCERTAIN)
    change_at = np.where(open_question, keeper.start_of_days(due_day + 1), NO_INSTANT)
    # What was said in time was in time on any calendar; only silence and its end rest on the days.
    rests = open_question | (reason == StartReason.DEEMED)
    provisional = rests & (due_day != NO_DAY) & keeper.calendar.are_provisional(due_day)
    return Starts(started, reason, change_at, provisional)
