"""M15: pauses that look made up to save a case, with the clock told with and without them."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome, plain_outcome
from hub.audit.pausing import kinds_of
from hub.audit.rules import Rule
from hub.audit.settled import settled
from hub.clock.axes import ClockName
from hub.clock.columns import LimitColumns, PauseColumns, Timing
from hub.model.blocks import Children, Coded, Flags, Instants, Numbers
from hub.model.instants import NO_INSTANT

Rows = Instants
#: Signs that rest on where the deadline lies.
_BY_DEADLINE = frozenset(("registered_after_deadline", "starts_at_acceptance", "just_long_enough"))


@dataclass(frozen=True)
class _Matter:
    """The limit each case had to keep: the promise, or the statute where nothing is promised."""

    docket: Docket
    clock: ClockName
    limits: LimitColumns
    pauses: PauseColumns

    @cached_property
    def kept(self) -> Timing:
        """The cases' timing with all their pauses."""
        return self.docket.measured(self.clock, self.limits, self.pauses)

    def without(self, rows: Rows, owners: Rows, every: Flags | bool) -> Timing:
        """For each of these pauses, its case's timing as if that one pause had not been."""
        others, which = self.pauses.take(owners)
        own = which == np.repeat(rows, np.diff(others.offsets))
        others = replace(others, allowed=others.allowed & ~own)
        return self.docket.measured(self.clock, self.limits.take(owners), others, every=every)


def suspect_pauses(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """One row per case with a suspect pause; its detail names each with its signs."""
    rows = docket.children("pause")
    if rows is None:
        return plain_outcome(np.zeros(0, dtype=np.int64), rule.severity_code, [])
    owners = rows.owners()
    matter = _matter(docket, rule, clock, rows)
    signs = _signs(rule, rows, owners, matter)
    suspect = np.logical_or.reduce(list(signs.values()))
    cases = np.unique(owners[suspect])

    def details(chosen: Rows) -> list[dict[str, object]]:
        return _details(rows, cases[chosen], suspect, signs, matter)

    outcome = plain_outcome(cases, rule.severity_code, ["suspect_pause"] * len(cases), details)
    by_deadline = np.logical_and.reduce([~flags for sign, flags in signs.items() if sign not in _BY_DEADLINE])
    surely = np.zeros(len(docket), dtype=np.bool_)
    surely[owners[suspect & ~by_deadline]] = True
    return replace(outcome, provisional=(matter.kept.provisional & ~surely)[cases])


def _details(
    rows: Children, cases: Rows, suspect: Flags, signs: dict[str, Flags], matter: _Matter
) -> list[dict[str, object]]:
    """The suspects of each case with their signs, and the clock with them and without the first."""
    bounds = zip(rows.offsets[cases].tolist(), rows.offsets[cases + 1].tolist(), strict=True)
    suspects = [[row for row in range(first, last) if suspect[row]] for first, last in bounds]
    limits, pauses = matter.limits.take(cases), matter.pauses.take(cases)[0]
    kept = matter.docket.measured(matter.clock, limits, pauses, every=True)
    without = matter.without(np.array([of_case[0] for of_case in suspects], dtype=np.int64), cases, True)
    return [
        {
            "pauses": [_told(rows, row, signs) for row in of_case],
            "with": _clock(kept, i),
            "without": _clock(without, i),
        }
        for i, of_case in enumerate(suspects)
    ]


def _matter(docket: Docket, rule: Rule, clock: ClockName, rows: Children) -> _Matter:
    promised, statutory = docket.question("promised", rule).limits, docket.question("statutory", rule).limits
    has_promise = ~np.isnan(promised.length)
    limits = LimitColumns(
        promised.started_at,
        np.where(has_promise, promised.stopped_at, statutory.stopped_at),
        np.where(has_promise, promised.length, statutory.length),
        np.where(has_promise, promised.unit, statutory.unit),
        promised.roll,
    )
    kinds, owners = kinds_of(rows), rows.owners()
    allowed = docket.bench.catalogue.pause_kinds(docket.version[owners], kinds, promised=True)
    pauses = PauseColumns.of(
        docket.block, allowed & (has_promise[owners] | _by_statute(docket, kinds, owners))
    )
    return _Matter(docket, clock, limits, pauses)


def _by_statute(docket: Docket, kinds: Coded, owners: Rows) -> Flags:
    return docket.bench.catalogue.pause_kinds(docket.version[owners], kinds, promised=False)


def _signs(rule: Rule, rows: Children, owners: Rows, matter: _Matter) -> dict[str, Flags]:
    docket = matter.docket
    recorded, started = rows.instants["recorded_at"], rows.instants["started_at"]
    closed, accepted = docket.instant("closed_at")[owners], docket.instant("accepted_at")[owners]
    is_recorded = recorded != NO_INSTANT
    kept = matter.kept
    registered = replace(matter.limits.take(owners), stopped_at=recorded)
    without = matter.without(np.arange(len(owners)), owners, is_recorded & ~settled(registered))
    saved = without.late & ~kept.late[owners] & (kept.undecided[owners] == 0)
    to_spare: Numbers = kept.pause_counted - (without.elapsed - without.length)
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
