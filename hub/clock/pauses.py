"""What pauses take off a limit: the union of intervals clipped to the clock's run and to their caps."""

from dataclasses import dataclass

import numpy as np

from hub.clock.axes import FAR, Axis, ClockName, axis_for
from hub.clock.columns import NO_UNIT, UNIT_CODES, Codes, Flags, Ints, PauseColumns, codes_in, rows_of
from hub.clock.keeper import Timekeeper
from hub.clock.reasons import PauseReason
from hub.model.blocks import Instants, owners_of
from hub.model.instants import NO_INSTANT

_NEVER = 2**62


@dataclass(frozen=True, slots=True)
class Run:
    """The stretch on which a clock runs: its start's place, the instants where it starts and is cut."""

    place: Ints
    started_at: Instants
    cut_at: Instants
    as_of: Instants


@dataclass(frozen=True, slots=True)
class Tally:
    """Per pause: where its own part of the union begins, how long it is, and how much of the limit
    was used when it began. ``reason`` says what held apart from the limit's length; ``cut`` is the
    instant at which a pause that may count ends or is cut."""

    owner: Ints
    begin: Ints
    length: Ints
    used: Ints
    reason: Codes
    on_the_edge: bool
    cut: Instants

    def counting(self, span: Ints) -> Flags:
        """Which pauses count for limits of these spans: begun while something was left."""
        left = span[self.owner] + self.on_the_edge
        return (self.length > 0) & (self.used < left)

    def held_until(self, span: Ints) -> Instants:
        """Per case the end of its pauses begun on the edge: so long the limit is not passed."""
        until = np.full(len(span), NO_INSTANT, dtype=np.int64)
        if self.on_the_edge:
            rows = np.flatnonzero(self.used == span[self.owner])
            np.maximum.at(until, self.owner[rows], self.cut[rows])
        return until

    def taken_off(self, span: Ints) -> Ints:
        """Per case what its pauses take off a limit of that span."""
        counted = np.where(self.counting(span), self.length, 0)
        total = np.zeros(len(span), dtype=np.int64)
        np.add.at(total, self.owner, counted)
        return total

    def reasons(self, span: Ints) -> Codes:
        """The final reason of each pause."""
        late = (self.length > 0) & ~self.counting(span)
        return np.where(late, PauseReason.AFTER_DEADLINE, self.reason).astype(np.int8)


def tally(keeper: Timekeeper, clock: ClockName, axis: Axis, run: Run, pauses: PauseColumns) -> Tally:
    """Lay the pauses of each case on its axis."""
    owner = owners_of(pauses.offsets)
    usable = _usable(run, pauses, owner)
    ended = np.where(pauses.ended_at == NO_INSTANT, _NEVER, pauses.ended_at)
    capped_at = _caps(keeper, clock, pauses)
    floor = run.place[owner]
    begin = np.where(usable, np.maximum(axis.place(pauses.started_at), floor), floor)
    cut = np.minimum(np.minimum(ended, capped_at), run.cut_at[owner])
    end = np.where(usable, np.maximum(begin, axis.place(cut)), floor)
    own_begin, length, used = _union(pauses, owner, begin, end, run.place)
    reason = _reasons(run, pauses, owner, (begin, end, own_begin, length), (ended, capped_at))
    return Tally(
        owner, own_begin, length, used, reason, pauses.on_the_edge, np.where(usable, cut, NO_INSTANT)
    )


def _usable(run: Run, pauses: PauseColumns, owner: Ints) -> Flags:
    begun = (pauses.started_at != NO_INSTANT) & (pauses.started_at <= run.as_of[owner])
    usable: Flags = pauses.allowed & begun
    return usable


def _caps(keeper: Timekeeper, clock: ClockName, pauses: PauseColumns) -> Instants:
    """When each pause has lasted the length applied for, counted from its own start."""
    capped_at = np.full(len(pauses), _NEVER, dtype=np.int64)
    applied = ~np.isnan(pauses.applied_length) & (pauses.started_at != NO_INSTANT)
    # Not left uncapped when the unit is missing: lengths are applied for in working days.
    unit = np.where(pauses.applied_unit == NO_UNIT, UNIT_CODES["working_day"], pauses.applied_unit)
    for code in codes_in(unit[applied]):
        rows = np.flatnonzero(applied & (unit == code))
        axis = axis_for(keeper, clock, int(code))
        starts = pauses.started_at[rows]
        length = np.maximum(pauses.applied_length[rows], 0.0)
        reach = axis.reach(np.minimum(axis.place(starts) + axis.span(starts, length), FAR))
        # No length at all ends no later than it begins, though a whole day would end with its day.
        at = np.where(length > 0, np.maximum(reach.at, starts), starts)
        capped_at[rows] = np.where(reach.decided, at, _NEVER)
    return capped_at


def _union(pauses: PauseColumns, owner: Ints, begin: Ints, end: Ints, floor: Ints) -> tuple[Ints, Ints, Ints]:
    """Cut from each pause what earlier ones of its case cover; the loop runs over ranks, not cases."""
    order = _order(pauses, owner)
    own_begin, length, used = np.zeros((3, len(begin)), dtype=np.int64)
    counts = np.diff(pauses.offsets)
    covered, total = floor.copy(), np.zeros_like(floor)
    cases, rank = np.flatnonzero(counts > 0), 0
    while len(cases):
        rows = pauses.offsets[cases] + rank
        rows = rows if order is None else order[rows]
        upto, sum_before = covered[cases], total[cases]
        first = np.maximum(begin[rows], upto)
        long = np.maximum(end[rows] - first, 0)
        own_begin[rows], length[rows] = first, long
        used[rows] = first - sum_before - floor[cases]
        total[cases] = sum_before + long
        covered[cases] = np.maximum(upto, end[rows])
        rank += 1
        cases = cases[counts[cases] > rank]
    return own_begin, length, used


def _order(pauses: PauseColumns, owner: Ints) -> Ints | None:
    """Rows by case, then by start; None where they already are. Only disordered cases are sorted."""
    disordered = (owner[1:] == owner[:-1]) & (pauses.started_at[1:] < pauses.started_at[:-1])
    if not bool(disordered.any()):
        return None
    _, rows = rows_of(pauses.offsets, np.unique(owner[1:][disordered]))
    order = np.arange(len(owner))
    order[rows] = rows[np.lexsort((pauses.started_at[rows], owner[rows]))]
    return order


def _reasons(
    run: Run,
    pauses: PauseColumns,
    owner: Ints,
    laid: tuple[Ints, Ints, Ints, Ints],
    ends: tuple[Instants, Instants],
) -> Codes:
    begin, end, own_begin, length = laid
    ended, capped_at = ends
    cut_at = run.cut_at[owner]
    before, after = ended <= run.started_at[owner], pauses.started_at > cut_at
    cut = (pauses.started_at < run.started_at[owner]) | ((ended > cut_at) & (cut_at < run.as_of[owner]))
    ladder = [
        (~pauses.allowed, PauseReason.NOT_ALLOWED),
        (pauses.started_at == NO_INSTANT, PauseReason.NO_START),
        (pauses.started_at > run.as_of[owner], PauseReason.NOT_YET),
        (ended <= pauses.started_at, PauseReason.EMPTY),
        (before | after, PauseReason.OUTSIDE),
        ((length == 0) & (end > begin), PauseReason.COVERED),
        (length == 0, PauseReason.NO_TIME),
        ((capped_at < ended) & (capped_at < cut_at), PauseReason.CAPPED),
        (own_begin > begin, PauseReason.MERGED),
        (cut, PauseReason.CLIPPED),
    ]
    conditions = [condition for condition, _ in ladder]
    codes = [np.int8(reason) for _, reason in ladder]
    return np.select(conditions, codes, np.int8(PauseReason.COUNTED)).astype(np.int8)
