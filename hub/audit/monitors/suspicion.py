"""M15: pauses that look made up to save a case, with the clock told with and without them."""

from dataclasses import dataclass, replace

import numpy as np

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome, plain_outcome
from hub.audit.pausing import pauses_for
from hub.audit.rules import Rule
from hub.clock.axes import ClockName
from hub.clock.columns import LimitColumns, PauseColumns, Timing
from hub.clock.measure import measure
from hub.model.blocks import Children, Flags, Instants, Numbers
from hub.model.instants import NO_INSTANT

Rows = Instants


@dataclass(frozen=True, slots=True)
class _Matter:
    """The limit each case had to keep: the promise, or the statute where nothing is promised."""

    limits: LimitColumns
    pauses: PauseColumns
    kept: Timing


def suspect_pauses(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """One row per case with a suspect pause; ``pauses`` in its detail names each with its signs."""
    rows = docket.children("pause")
    if rows is None:
        return plain_outcome(np.zeros(0, dtype=np.int64), rule.severity_code, [])
    owners = rows.owners()
    matter = _matter(docket, rule, clock)
    without = _without_each(docket, clock, matter, owners)
    signs = _signs(docket, rule, rows, owners, matter, without)
    suspect = np.logical_or.reduce(list(signs.values()))
    cases = np.unique(owners[suspect])
    first, last = rows.offsets[cases].tolist(), rows.offsets[cases + 1].tolist()

    def details(chosen: Rows) -> list[dict[str, object]]:
        return [
            _detail(rows, [k for k in range(first[i], last[i]) if suspect[k]], signs, matter, without, case)
            for i, case in zip(chosen.tolist(), cases[chosen].tolist(), strict=True)
        ]

    return plain_outcome(cases, rule.severity_code, ["suspect_pause"] * len(cases), details)


def _detail(
    rows: Children, suspects: list[int], signs: dict[str, Flags], matter: _Matter, without: Timing, case: int
) -> dict[str, object]:
    """The suspects with their signs, and the clock with them and without the first."""
    return {
        "pauses": [_told(rows, row, signs) for row in suspects],
        "with": _clock(matter.kept, case),
        "without": _clock(without, suspects[0]),
    }


def _matter(docket: Docket, rule: Rule, clock: ClockName) -> _Matter:
    promised, statutory = docket.question("promised", rule).limits, docket.question("statutory", rule).limits
    has_promise = ~np.isnan(promised.length)
    limits = LimitColumns(
        promised.started_at,
        np.where(has_promise, promised.stopped_at, statutory.stopped_at),
        np.where(has_promise, promised.length, statutory.length),
        np.where(has_promise, promised.unit, statutory.unit),
        promised.roll,
    )
    pauses = pauses_for(docket.block, docket.bench.catalogue, docket.version, promised=True)
    assert pauses is not None
    return _Matter(limits, pauses, measure(docket.bench.keeper, clock, limits, docket.bench.as_of, pauses))


def _without_each(docket: Docket, clock: ClockName, matter: _Matter, owners: Rows) -> Timing:
    """For each pause, its case's timing as if that one pause had not been."""
    others, which = matter.pauses.take(owners)
    own = which == np.repeat(np.arange(len(owners)), np.diff(others.offsets))
    others = replace(others, allowed=others.allowed & ~own)
    return measure(docket.bench.keeper, clock, matter.limits.take(owners), docket.bench.as_of, others)


def _signs(
    docket: Docket, rule: Rule, rows: Children, owners: Rows, matter: _Matter, without: Timing
) -> dict[str, Flags]:
    recorded, started = rows.instants["recorded_at"], rows.instants["started_at"]
    closed, accepted = docket.instant("closed_at")[owners], docket.instant("accepted_at")[owners]
    is_recorded = recorded != NO_INSTANT
    saved = without.late & ~matter.kept.late[owners] & (matter.kept.undecided[owners] == 0)
    to_spare: Numbers = matter.kept.pause_counted - (without.elapsed - without.length)
    by_date = ((started | accepted) & 1) == 1
    return {
        "registered_after_deadline": is_recorded
        & (without.due_at != NO_INSTANT)
        & (recorded > without.due_at),
        "registered_after_closing": is_recorded & (closed != NO_INSTANT) & (recorded > closed),
        "starts_at_acceptance": (started == accepted) & (accepted != NO_INSTANT) & (saved | ~by_date),
        "same_reason_again": _repeated(rows, owners, int(rule.param("repeats"))),
        "just_long_enough": saved & (to_spare <= rule.param("slack")),
        "no_basis": _lacks(docket, rows, owners, "basis"),
        "no_approver": _lacks(docket, rows, owners, "approver"),
    }


def _repeated(rows: Children, owners: Rows, times: int) -> Flags:
    """Pauses whose reason, given at all, is given at least so many times in the case."""
    reasons = rows.words["reason"].codes.astype(np.int64)
    keys = owners * (reasons.max(initial=0) + 1) + reasons
    _, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
    repeated: Flags = (reasons >= 0) & (counts[which] >= times)
    return repeated


def _lacks(docket: Docket, rows: Children, owners: Rows, name: str) -> Flags:
    lacking: Flags = (rows.words[name].codes < 0) & docket.supplied(f"pause.{name}")[owners]
    return lacking


def _told(rows: Children, row: int, signs: dict[str, Flags]) -> dict[str, object]:
    return {
        "from": int(rows.instants["started_at"][row]),
        "signs": [sign for sign, flags in signs.items() if flags[row]],
    }


def _clock(timing: Timing, row: int) -> dict[str, object]:
    elapsed = float(timing.elapsed[row])
    return {
        "due_at": int(timing.due_at[row]),
        "elapsed": None if np.isnan(elapsed) else elapsed,
        "late": bool(timing.late[row]),
    }
