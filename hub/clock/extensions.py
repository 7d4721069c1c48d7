"""Extensions: the one that is valid, and why each other is wholly void."""

from dataclasses import dataclass

import numpy as np

from hub.clock.axes import FAR, Axis, ClockName, Reach, axis_for
from hub.clock.columns import NO_UNIT, UNIT_CODES, Codes, ExtensionColumns, Ints, LimitColumns, codes_in
from hub.clock.keeper import Timekeeper
from hub.clock.reasons import ExtensionReason
from hub.model.blocks import Instants, Numbers, owners_of
from hub.model.instants import NO_INSTANT


@dataclass(frozen=True, slots=True)
class Extended:
    """Per case the length added in the limit's unit and on its axis (0: none); per extension why."""

    added: Numbers
    steps: Ints
    reason: Codes


def weigh(
    keeper: Timekeeper,
    clock: ClockName,
    axis: Axis,
    limits: LimitColumns,
    due: Reach,
    extensions: ExtensionColumns,
    as_of: Instants,
) -> Extended:
    """Weigh extensions of limits, all of one unit, that fall due at ``due`` without them.

    The first that satisfies every rule counts, in order of approval; a later one is repeated. One in
    another unit than the limit's runs in its own from the due date.
    """
    owner = owners_of(extensions.offsets)
    steps, length = _lengths(keeper, clock, axis, limits, due, extensions, owner)
    reason = _reasons(keeper, clock, due, extensions, owner, length, as_of[owner])
    added, more = np.zeros(len(as_of)), np.zeros(len(as_of), dtype=np.int64)
    rows = np.flatnonzero(reason == ExtensionReason.VALID)
    rows = rows[np.lexsort((extensions.approved_at[rows], owner[rows]))]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = owner[rows[1:]] != owner[rows[:-1]]
    reason[rows[~first]] = ExtensionReason.REPEATED
    added[owner[rows[first]]] = length[rows[first]]
    more[owner[rows[first]]] = steps[rows[first]]
    return Extended(added, more, reason)


def _lengths(
    keeper: Timekeeper,
    clock: ClockName,
    axis: Axis,
    limits: LimitColumns,
    due: Reach,
    extensions: ExtensionColumns,
    owner: Ints,
) -> tuple[Ints, Numbers]:
    """Each extension's length as steps of the limit's axis, and in the limit's unit."""
    starts, own = limits.started_at[owner], limits.length[owner]
    unit = np.where(extensions.unit == NO_UNIT, limits.unit[owner], extensions.unit)
    steps = axis.span(starts, own + extensions.length) - axis.span(starts, own)
    length = extensions.length.copy()
    other = (unit != limits.unit[owner]) & ~np.isnan(length) & due.decided[owner]
    for code in codes_in(unit[other & (unit != NO_UNIT)]):
        rows = np.flatnonzero(other & (unit == code))
        ends, given = due.at[owner[rows]], axis_for(keeper, clock, int(code))
        reached = given.reach(np.minimum(given.place(ends) + given.span(ends, length[rows]), FAR))
        run = axis.place(np.where(reached.decided, reached.at, ends)) - axis.place(ends)
        steps[rows] = np.where(reached.decided, run, FAR)
        month = limits.unit[owner[rows]] == UNIT_CODES["month"]
        length[rows] = steps[rows] / (axis.unit * np.where(month, 30, 1))
    return steps, length


def _reasons(
    keeper: Timekeeper,
    clock: ClockName,
    due: Reach,
    extensions: ExtensionColumns,
    owner: Ints,
    length: Numbers,
    as_of: Instants,
) -> Codes:
    allowed = extensions.max_length[owner]
    approved = extensions.approved_at
    by_date = keeper.local_days(approved) > due.days[owner]
    late = by_date if clock == "whole_day" else np.where(approved & 1, by_date, approved > due.at[owner])
    # What the law allows is told in working days: ten of them are not too long for being fourteen days.
    working = (extensions.unit == UNIT_CODES["working_day"]) & (extensions.length <= allowed)
    reason = ExtensionReason
    ladder = [
        (approved == NO_INSTANT, reason.NO_DATE),
        (approved > as_of, reason.NOT_YET),
        (np.isnan(allowed), reason.EXCLUDED),
        (~(extensions.length > 0) | np.isinf(extensions.length), reason.BAD_LENGTH),
        ((length > allowed) & ~working, reason.TOO_LONG),
        (late.astype(bool), reason.LATE),
        (~extensions.has_reason, reason.NO_REASON),
        (~extensions.has_authority, reason.NO_AUTHORITY),
    ]
    conditions = [condition for condition, _ in ladder]
    codes = [np.int8(member) for _, member in ladder]
    return np.select(conditions, codes, np.int8(reason.VALID)).astype(np.int8)
