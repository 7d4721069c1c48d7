"""What a monitor returns: columns of verdicts, one row per thing it judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hub.audit.reasons import code_of
from hub.model.blocks import Flags, Instants, Numbers
from hub.model.instants import NO_INSTANT
from hub.model.kinds import UNITS
from hub.model.verdicts import Clock

#: "No verdict will change by time alone."
NEVER = 2**63 - 1

Detail = Callable[[int], dict[str, object]]


def no_detail(_row: int) -> dict[str, object]:
    return {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows of verdicts. ``severity`` 0 none, 1 warning, 2 yellow, 3 red (``hub.audit.rules``).

    ``cases``: index of the case of each row. ``reason`` and ``undecided`` are codes of
    ``hub.audit.reasons`` (``undecided`` 0: decided). ``judge_at``: per row, when it could change by
    time alone. ``detail``: what a finding made of a row should tell beyond the columns.
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
    detail: Detail = field(default=no_detail)

    def __len__(self) -> int:
        return len(self.cases)

    def unit_word(self, row: int) -> str | None:
        code = int(self.unit[row])
        return None if code < 0 or np.isnan(self.limit[row]) else UNITS[code]


@dataclass(frozen=True, slots=True)
class Breaches:
    """Rows of a monitor without a clock of its own: which cases, why, how bad."""

    cases: NDArray[np.int64]
    reasons: list[str]
    details: list[dict[str, object]]
    severity: NDArray[np.int8]


def plain_outcome(
    cases: NDArray[np.int64],
    severity: int | NDArray[np.int8],
    reasons: list[str],
    *,
    detail: Detail = no_detail,
    started_at: Instants | None = None,
    stopped_at: Instants | None = None,
    undecided: Mapping[int, str] | None = None,
) -> Outcome:
    """An outcome of a monitor without a limit: one row per breach, nothing to wait for."""
    n = len(cases)
    nothing = np.full(n, NO_INSTANT, dtype=np.int64)
    held = np.zeros(n, dtype=np.int16)
    for row, reason in (undecided or {}).items():
        held[row] = code_of(reason)
    return Outcome(
        clock="instant",
        cases=np.asarray(cases, dtype=np.int64),
        severity=np.full(n, severity, dtype=np.int8) if isinstance(severity, int) else severity,
        reason=np.array([code_of(r) for r in reasons], dtype=np.int16),
        undecided=held,
        started_at=nothing if started_at is None else started_at,
        due_at=nothing,
        stopped_at=nothing if stopped_at is None else stopped_at,
        judge_at=np.full(n, NEVER, dtype=np.int64),
        limit=np.full(n, np.nan),
        unit=np.full(n, -1, dtype=np.int8),
        elapsed=np.full(n, np.nan),
        provisional=np.zeros(n, dtype=np.bool_),
        detail=detail,
    )
