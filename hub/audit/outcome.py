"""What a monitor returns: columns of verdicts, one row per thing it judged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.audit.reasons import WORDS, code_of, word_of
from hub.model.blocks import Coded, Flags, Instants, Numbers
from hub.model.instants import NEVER, NO_INSTANT
from hub.model.verdicts import Clock

Details = Callable[[NDArray[np.int64]], list[dict[str, object]]]


def no_details(rows: NDArray[np.int64]) -> list[dict[str, object]]:
    return [{} for _ in rows]


def told(details: Sequence[Mapping[str, object]]) -> Details:
    """Details that are already written, one per row."""
    return lambda rows: [dict(details[row]) for row in rows.tolist()]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows of verdicts. ``severity`` 0 none, 1 warning, 2 yellow, 3 red (``hub.audit.rules``).

    ``cases``: index of the case of each row. ``reason`` and ``undecided`` are codes of
    ``hub.audit.reasons`` (``undecided`` 0: decided). ``judge_at``: per row, when it could change by
    time alone. ``details``: what findings made of some rows tell beyond the columns. ``said``: reasons
    in a plugin's own words, one per row, in place of codes.
    """

    clock: Clock
    cases: NDArray[np.int64]
    severity: NDArray[np.int8]
    reason: NDArray[np.int16]
    undecided: NDArray[np.int16]
    started_at: Instants
    due_at: Instants
    stopped_at: Instants
    judge_at: Instants
    limit: Numbers
    unit: NDArray[np.int8]
    elapsed: Numbers
    provisional: Flags
    details: Details = field(default=no_details)
    said: Coded | None = None

    def __len__(self) -> int:
        return len(self.cases)

    def reasons(self, rows: NDArray[np.int64]) -> list[str]:
        """Why each of these rows is what it is: a code of ``hub.audit.reasons``, or a plugin's words."""
        said = self.said
        if said is None:
            return [word_of(code) for code in self.reason[rows].tolist()]
        return [said.words[code] for code in said.codes[rows].tolist()]

    @property
    def coded_reasons(self) -> Coded:
        """The reasons of all rows as a column."""
        return Coded(self.reason.astype(np.int32), WORDS) if self.said is None else self.said

    def with_details(self, details: Details) -> "Outcome":
        return replace(self, details=details)

    def strongest(self) -> NDArray[np.int64]:
        """One breaching row per case: the gravest, among equals the one due first."""
        rows = np.flatnonzero((self.severity > 0) & (self.undecided == 0))
        order = rows[np.lexsort((self.due_at[rows], -self.severity[rows], self.cases[rows]))]
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = self.cases[order][1:] != self.cases[order][:-1]
        return order[first]


def plain_outcome(
    cases: NDArray[np.int64],
    severity: int | NDArray[np.int8],
    reasons: list[str],
    details: Details = no_details,
) -> Outcome:
    """An outcome of a monitor without a limit: one row per breach, nothing to wait for."""
    n = len(cases)
    nothing = np.full(n, NO_INSTANT, dtype=np.int64)
    return Outcome(
        clock="instant",
        cases=np.asarray(cases, dtype=np.int64),
        severity=np.full(n, severity, dtype=np.int8),
        reason=np.array([code_of(r) for r in reasons], dtype=np.int16),
        undecided=np.zeros(n, dtype=np.int16),
        started_at=nothing,
        due_at=nothing,
        stopped_at=nothing,
        judge_at=np.full(n, NEVER, dtype=np.int64),
        limit=np.full(n, np.nan),
        unit=np.full(n, -1, dtype=np.int8),
        elapsed=np.full(n, np.nan),
        provisional=np.zeros(n, dtype=np.bool_),
        details=details,
    )


def awaited_outcome(cases: NDArray[np.int64], until: Instants, why: Sequence[str] | None = None) -> Outcome:
    """Cases undecided until their source is heard up to an instant: what seems to lack may be on its way.

    ``why``: the reason of each, where it is another.
    """
    reasons = ["source_behind"] * len(cases) if why is None else list(why)
    outcome = plain_outcome(cases, 0, reasons)
    undecided = np.array([code_of(reason) for reason in reasons], dtype=np.int16)
    return replace(outcome, undecided=undecided, judge_at=until)


def joined(first: Outcome, second: Outcome) -> Outcome:
    """The rows of both, on the clock of the first."""
    if not len(second):
        return first
    columns: dict[str, Any] = {
        each.name: np.concatenate((getattr(first, each.name), getattr(second, each.name)))
        for each in fields(Outcome)
        if each.name not in ("clock", "details", "said")
    }
    cut = len(first)

    def details(rows: NDArray[np.int64]) -> list[dict[str, object]]:
        return [
            (first.details(row) if row[0] < cut else second.details(row - cut))[0]
            for row in rows.reshape(-1, 1)
        ]

    return Outcome(clock=first.clock, details=details, **columns)
