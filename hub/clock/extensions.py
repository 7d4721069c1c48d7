"""Extensions: the one that is valid, and why each other is wholly void."""

from dataclasses import dataclass

import numpy as np

from hub.clock.axes import ClockName, Reach
from hub.clock.columns import UNIT_CODES, Codes, ExtensionColumns, Ints, owners
from hub.clock.keeper import Timekeeper
from hub.clock.reasons import ExtensionReason
from hub.model.blocks import Instants, Numbers
from hub.model.instants import NO_INSTANT

#: Units that can be turned into one another: (given, limit's) -> factor; working hours need the day's length.
_HOURS_A_DAY = 24.0


@dataclass(frozen=True, slots=True)
class Extended:
    """Per case the length added (0: none), per extension what became of it."""

    added: Numbers
    reason: Codes


def weigh(
    keeper: Timekeeper,
    clock: ClockName,
    unit: int,
    due: Reach,
    extensions: ExtensionColumns,
    as_of: Instants,
) -> Extended:
    """Weigh extensions of limits in ``unit`` that fall due at ``due`` without them.

    The first that satisfies every rule counts, in order of approval; a later one is repeated.
    """
    owner = owners(extensions.offsets)
    length = _in_unit(keeper, unit, extensions)
    reason = _reasons(keeper, clock, due, extensions, owner, length, as_of[owner])
    added = np.zeros(len(as_of))
    rows = np.flatnonzero(reason == ExtensionReason.VALID)
    rows = rows[np.lexsort((extensions.approved_at[rows], owner[rows]))]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = owner[rows[1:]] != owner[rows[:-1]]
    reason[rows[~first]] = ExtensionReason.REPEATED
    added[owner[rows[first]]] = length[rows[first]]
    return Extended(added, reason)


def _in_unit(keeper: Timekeeper, unit: int, extensions: ExtensionColumns) -> Numbers:
    """Lengths in the limit's unit, −1 where the unit is another kind of time, NaN where none is given."""
    hours_a_day = keeper.hours.per_day / 3_600_000_000
    pairs = {
        ("working_hour", "working_day"): 1 / hours_a_day,
        ("working_day", "working_hour"): hours_a_day,
        ("hour", "calendar_day"): 1 / _HOURS_A_DAY,
        ("calendar_day", "hour"): _HOURS_A_DAY,
    }
    factors = np.full(len(UNIT_CODES) + 1, -np.inf)
    factors[unit] = factors[-1] = 1.0
    for (given, wanted), factor in pairs.items():
        if UNIT_CODES[wanted] == unit:
            factors[UNIT_CODES[given]] = factor
    lengths: Numbers = extensions.length * factors[extensions.unit]
    return lengths


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
    reason = ExtensionReason
    ladder = [
        (approved == NO_INSTANT, reason.NO_DATE),
        (approved > as_of, reason.NOT_YET),
        (np.isnan(allowed), reason.EXCLUDED),
        (np.isneginf(length) & (extensions.length > 0), reason.OTHER_UNIT),
        (~(length > 0) | np.isinf(length), reason.BAD_LENGTH),
        (length > allowed, reason.TOO_LONG),
        (late.astype(bool), reason.LATE),
        (~extensions.has_reason, reason.NO_REASON),
        (~extensions.has_authority, reason.NO_AUTHORITY),
    ]
    conditions = [condition for condition, _ in ladder]
    codes = [np.int8(member) for _, member in ladder]
    return np.select(conditions, codes, np.int8(reason.VALID)).astype(np.int8)
