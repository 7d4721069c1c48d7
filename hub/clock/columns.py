"""Columns that measuring takes and gives: limits, pauses, extensions, and the timing they yield."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hub.model.blocks import CaseBlock, Coded, Instants, Numbers
from hub.model.kinds import UNITS

Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: Code of each unit in the int8 unit columns; −1 is an unknown or absent unit.
UNIT_CODES: Mapping[str, int] = {unit: code for code, unit in enumerate(UNITS)}
NO_UNIT = -1


def codes_in(codes: Codes) -> Ints:
    """Each code that occurs. Not np.unique, because it sorts them all, and is asked for every limit."""
    return np.flatnonzero(np.bincount(codes.astype(np.int64) - NO_UNIT)) + NO_UNIT


@dataclass(frozen=True, slots=True)
class LimitColumns:
    """One limit per case. ``length`` NaN: none; ``stopped_at`` NO_INSTANT: still running.

    ``roll``: a calendar-day or month limit ending on a day off runs to the next working day
    (whole-day clock only).
    """

    started_at: Instants
    stopped_at: Instants
    length: Numbers
    unit: Codes
    roll: Flags

    def __len__(self) -> int:
        return len(self.started_at)

    def take(self, cases: Ints) -> "LimitColumns":
        """The limits of some cases."""
        return LimitColumns(
            self.started_at[cases],
            self.stopped_at[cases],
            self.length[cases],
            self.unit[cases],
            self.roll[cases],
        )


@dataclass(frozen=True, slots=True)
class PauseColumns:
    """Pauses of case i at offsets[i] to offsets[i+1]. ``allowed``: its kind stops this clock.

    ``applied_length`` NaN: none applied for, so no cap. ``on_the_edge``: one begun just when the limit is
    used up still counts, because the limit is only a part of a longer one.
    """

    offsets: Ints
    started_at: Instants
    ended_at: Instants
    applied_length: Numbers
    applied_unit: Codes
    allowed: Flags
    on_the_edge: bool = False

    def __len__(self) -> int:
        return len(self.started_at)

    @classmethod
    def of(cls, block: CaseBlock, allowed: Flags) -> "PauseColumns":
        """The block's pauses."""
        rows = block.children["pause"]
        return cls(
            rows.offsets,
            rows.instants["started_at"],
            rows.instants["ended_at"],
            rows.numbers["applied_length"],
            unit_codes(rows.words["applied_unit"]),
            allowed,
        )

    def take(self, cases: Ints) -> tuple["PauseColumns", Ints]:
        """The pauses of some cases, and which rows they were."""
        offsets, rows = rows_of(self.offsets, cases)
        taken = PauseColumns(
            offsets,
            self.started_at[rows],
            self.ended_at[rows],
            self.applied_length[rows],
            self.applied_unit[rows],
            self.allowed[rows],
            self.on_the_edge,
        )
        return taken, rows


@dataclass(frozen=True, slots=True)
class ExtensionColumns:
    """Extensions of case i at offsets[i] to offsets[i+1].

    ``max_length`` per case in the limit's unit: what the law allows (inf: no bound; NaN: a rule
    excludes extensions). ``unit`` −1 means the limit's own.
    """

    offsets: Ints
    approved_at: Instants
    length: Numbers
    unit: Codes
    has_reason: Flags
    has_authority: Flags
    max_length: Numbers

    def __len__(self) -> int:
        return len(self.approved_at)

    @classmethod
    def of(cls, block: CaseBlock, max_length: Numbers) -> "ExtensionColumns":
        """The block's extensions."""
        rows = block.children["extension"]
        return cls(
            rows.offsets,
            rows.instants["approved_at"],
            rows.numbers["length"],
            unit_codes(rows.words["unit"]),
            rows.words["reason"].codes >= 0,
            rows.words["approver"].codes >= 0,
            max_length,
        )

    def take(self, cases: Ints) -> tuple["ExtensionColumns", Ints]:
        """The extensions of some cases, and which rows they were."""
        offsets, rows = rows_of(self.offsets, cases)
        taken = ExtensionColumns(
            offsets,
            self.approved_at[rows],
            self.length[rows],
            self.unit[rows],
            self.has_reason[rows],
            self.has_authority[rows],
            self.max_length[cases],
        )
        return taken, rows


@dataclass(frozen=True, slots=True)
class Timing:
    """What measuring found, per case unless said otherwise.

    ``due_at`` NO_INSTANT where ``undecided``; on the whole-day clock 23:59:59 of its date. ``late``:
    the stop, or as_of while running, is past it by the clock's own comparison. ``elapsed`` and
    ``pause_counted`` are in the limit's unit; days over which the end rolled are not elapsed.
    ``length`` is the limit with its valid extension.
    ``span``: that length in steps of the axis it was counted on (see axes.py).
    ``change_at``: the first instant at which a case in time and running may turn late.
    """

    due_at: Instants
    late: Flags
    elapsed: Numbers
    length: Numbers
    extended: Numbers
    span: Ints
    provisional: Flags
    undecided: Codes
    change_at: Instants
    pause_counted: Numbers
    pause_reason: Codes
    extension_reason: Codes


def unit_codes(words: Coded) -> Codes:
    """A coded text column of unit names as unit codes."""
    table = np.array([UNIT_CODES.get(word, NO_UNIT) for word in words.words] + [NO_UNIT], dtype=np.int8)
    return table[words.codes]


def rows_of(offsets: Ints, cases: Ints) -> tuple[Ints, Ints]:
    """New offsets and the row numbers of the chosen cases, in their order."""
    counts = np.diff(offsets)[cases]
    new = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
    rows = np.arange(new[-1]) + np.repeat(offsets[:-1][cases] - new[:-1], counts)
    return new, rows
