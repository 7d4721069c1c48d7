"""M16: the order of events, who acted, and which steps there must be."""

from itertools import pairwise

import numpy as np

from hub.audit.disorder import Disorder
from hub.audit.docket import Docket
from hub.audit.outcome import Outcome, awaited_outcome, joined, plain_outcome
from hub.audit.rules import Rule
from hub.clock.axes import ClockName
from hub.model.blocks import Children, Flags, Instants
from hub.model.instants import NO_INSTANT
from hub.model.kinds import STARTS

_ORDER = ("received_at", "accepted_at", "decided_at", "closed_at", "delivered_at")
_EVENTS = (*_ORDER, "refused_at")
#: When the Hub saw a row and when its source stored it are no events of the case: clocks may differ.
_NOT_EVENTS = ("first_seen_at", "recorded_at")
#: Steps that lie between acceptance and decision, and whose one-man show is a fault.
_ROLES = ("handle", "review", "approve")


def in_order(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """One row per case with any fault of order; ``faults`` in its detail names them."""
    del clock
    missing = _step_missing(docket)
    awaited = docket.still_to_hear(missing, docket.instant("closed_at"))
    faults = {
        "out_of_order": _out_of_order(docket),
        "in_the_future": _in_the_future(docket),
        "one_person": _one_person(docket),
        "step_missing": missing & ~awaited,
    }
    cases = np.flatnonzero(np.logical_or.reduce(list(faults.values())))
    found = [[name for name, flags in faults.items() if flags[case]] for case in cases.tolist()]
    named = Disorder(docket, _ORDER, _ROLES)

    def details(rows: Instants) -> list[dict[str, object]]:
        return [_detail(docket, named, int(cases[row]), found[row]) for row in rows.tolist()]

    outcome = plain_outcome(cases, rule.severity_code, [names[0] for names in found], details)
    waiting = np.flatnonzero(awaited)
    return joined(outcome, awaited_outcome(waiting, docket.instant("closed_at")[waiting]))


def _detail(docket: Docket, named: Disorder, case: int, faults: list[str]) -> dict[str, object]:
    """The faults of a case, and the events that are at fault."""
    events = named.turned(case) if "out_of_order" in faults else []
    now = _real_now(docket)
    if "in_the_future" in faults and now is not None:
        events += named.ahead(case, now)
    return {"faults": faults, "events": events}


def _real_now(docket: Docket) -> int | None:
    """The instant beyond which an event lies in the future; None: an as-of in the past calls nothing so."""
    bench = docket.bench
    return bench.now if bench.now != NO_INSTANT else bench.as_of if bench.watermark else None


def after(docket: Docket, moments: Instants, others: Instants) -> Flags:
    """Strictly later, both being there; by date where either is only a date."""
    both = (moments != NO_INSTANT) & (others != NO_INSTANT)
    later: Flags = both & (moments > others)
    by_date = later & (((moments | others) & 1) == 1)
    if by_date.any():
        keeper = docket.bench.keeper
        same_day = keeper.local_days(moments[by_date]) == keeper.local_days(others[by_date])
        later[by_date] &= ~same_day
    return later


def _out_of_order(docket: Docket) -> Flags:
    found = np.zeros(len(docket), dtype=np.bool_)
    last = docket.instant(_ORDER[0])
    for _, name in pairwise(_ORDER):
        here = docket.instant(name)
        found |= after(docket, last, here)
        last = np.where(here == NO_INSTANT, last, here)
    steps = docket.children("step")
    if steps is not None:
        owners, is_role = steps.owners(), _roles(steps) >= 0
        decided, closed = docket.instant("decided_at"), docket.instant("closed_at")
        end = np.where(decided == NO_INSTANT, closed, decided)[owners]
        accepted = docket.instant("accepted_at")[owners]
        # Either end of a step may be all that a source tells of it.
        ends = [steps.instants[name] for name in ("started_at", "ended_at")]
        early = after(docket, accepted, ends[0]) | after(docket, accepted, ends[1])
        late = after(docket, ends[0], end) | after(docket, ends[1], end)
        turned = after(docket, *ends)
        found[owners[is_role & (early | late | turned)]] = True
    return found


def _in_the_future(docket: Docket) -> Flags:
    """Events beyond the real now, those of child rows too."""
    now = _real_now(docket)
    if now is None:
        return np.zeros(len(docket), dtype=np.bool_)
    columns = [docket.raw.instants[name] for name in _EVENTS if name in docket.raw.instants]
    ahead: Flags = np.logical_or.reduce([column > now for column in columns])
    for kind in STARTS:
        rows = docket.raw.children.get(kind)
        for name, column in ({} if rows is None else rows.instants).items():
            if name not in _NOT_EVENTS and rows is not None and (later := column > now).any():
                ahead[rows.owners()[later]] = True
    return ahead


def _roles(steps: Children) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    kinds = steps.words["kind"]
    table = [_ROLES.index(word) if word in _ROLES else -1 for word in kinds.words] + [-1]
    return np.array(table, dtype=np.int64)[kinds.codes]


def _one_person(docket: Docket) -> Flags:
    """Handling, review and approval all there, and all by one person."""
    found = np.zeros(len(docket), dtype=np.bool_)
    steps = docket.children("step")
    if steps is None:
        return found
    owners, roles, people = steps.owners(), _roles(steps), steps.words["handler"].codes.astype(np.int64)
    known = (roles >= 0) & (people >= 0)
    have = np.zeros((len(docket), len(_ROLES)), dtype=np.bool_)
    have[owners[known], roles[known]] = True
    low, high = np.full(len(docket), 2**40), np.full(len(docket), -1)
    np.minimum.at(low, owners[known], people[known])
    np.maximum.at(high, owners[known], people[known])
    one: Flags = have.all(axis=1) & (low == high)
    return one


def _step_missing(docket: Docket) -> Flags:
    """Closed cases without a step that the item requires."""
    found = np.zeros(len(docket), dtype=np.bool_)
    steps = docket.children("step")
    closed = (docket.instant("closed_at") != NO_INSTANT) & docket.supplied("step.kind")
    closed &= ~docket.has_result("withdrawn", "returned", "voided", "not_accepted", "refused")
    for version, item in enumerate(docket.bench.catalogue.versions):
        for kind in item.required_steps:
            found |= closed & (docket.version == version) & ~_has_step(docket, steps, kind)
    return found


def _has_step(docket: Docket, steps: Children | None, kind: str) -> Flags:
    having = np.zeros(len(docket), dtype=np.bool_)
    if steps is not None and kind in steps.words["kind"].words:
        code = list(steps.words["kind"].words).index(kind)
        having[steps.owners()[steps.words["kind"].codes == code]] = True
    return having
