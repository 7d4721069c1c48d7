"""Verdicts of monitors that are not the Hub's own: said one by one or in columns, and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import index
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hub.model.blocks import Coded, Flags, Instants
from hub.model.instants import NEVER, NO_INSTANT, at
from hub.model.packing import Columns, Place

#: The longest reason that is kept: one line for people.
LONGEST_REASON = 300
_SEVERITIES = ("none", "warning", "yellow", "red")
_FIRST, _LAST = at(datetime(1, 1, 3, tzinfo=UTC)), at(datetime(9999, 12, 29, tzinfo=UTC))
_AT = ("started_at", "due_at", "stopped_at", "judge_at")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a monitor says of case number ``case`` of the block, instants in the Hub's encoding.

    ``severity`` None: the one the rulebook has for the monitor, which is also the gravest it may be;
    "none": no breach. ``judge_at``: when the verdict could change by time alone. ``undecided``: the
    facts known so far do not say; never leave such a case out, since silence means no breach.
    """

    case: int
    reason: str
    severity: Literal["none", "warning", "yellow", "red"] | None = None
    started_at: int | None = None
    due_at: int | None = None
    stopped_at: int | None = None
    judge_at: int | None = None
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class VerdictColumns:
    """The same in columns, one row a verdict. ``severity``: −1 the rulebook's, 0 none, 1 warning,
    2 yellow, 3 red. Instants: NO_INSTANT where absent."""

    cases: NDArray[np.int64]
    reasons: Coded
    severity: NDArray[np.int8]
    undecided: Flags
    started_at: Instants
    due_at: Instants
    stopped_at: Instants
    judge_at: Instants

    def __len__(self) -> int:
        return len(self.cases)


def in_columns(verdicts: Sequence[Verdict]) -> VerdictColumns:
    """Verdicts said one by one; ValueError names the first that cannot be one."""
    for place, verdict in enumerate(verdicts):
        if not isinstance(verdict, Verdict) or not isinstance(verdict.reason, str):
            raise ValueError(f"verdict {place} is {verdict!r}"[:200])
        if verdict.severity is not None and verdict.severity not in _SEVERITIES:
            raise ValueError(f"verdict {place} has severity {verdict.severity!r}"[:200])
    words = list(dict.fromkeys(verdict.reason for verdict in verdicts))
    codes = {word: code for code, word in enumerate(words)}
    severities = [-1 if v.severity is None else _SEVERITIES.index(v.severity) for v in verdicts]
    return VerdictColumns(
        cases=np.array([index(v.case) for v in verdicts], dtype=np.int64),
        reasons=Coded(np.array([codes[v.reason] for v in verdicts], dtype=np.int32), words),
        severity=np.array(severities, dtype=np.int8),
        undecided=np.array([bool(v.undecided) for v in verdicts], dtype=np.bool_),
        **{name: _instants([getattr(v, name) for v in verdicts]) for name in _AT},
    )


def _instants(values: Sequence[int | None]) -> Instants:
    return np.array([NO_INSTANT if value is None else index(value) for value in values], dtype=np.int64)


def opinion_columns(opinion: VerdictColumns) -> Columns:
    """Every column by its place, typed as the other side expects it."""
    columns: dict[Place, Any] = {
        (name,): _typed(name, getattr(opinion, name), kind) for name, kind in _TYPES.items()
    }
    codes = _typed("reasons", opinion.reasons.codes, "<i4")
    return {**columns, ("reasons", "codes"): codes, ("reasons", "words"): list(opinion.reasons.words)}


def _typed(name: str, column: Any, kind: str) -> NDArray[Any]:
    array = np.asarray(column)
    if array.size and not np.can_cast(array.dtype, kind, "same_kind"):
        raise ValueError(f"column {name} is of {array.dtype}, not of {np.dtype(kind)}")
    return array.astype(kind)


_TYPES: Mapping[str, str] = {
    "cases": "<i8",
    "severity": "|i1",
    "undecided": "|b1",
    **dict.fromkeys(_AT, "<i8"),
}


def opinion_of(columns: Mapping[Place, Any], cases: int) -> VerdictColumns:
    """The verdicts whose columns these are, on a block of ``cases``; ValueError when they cannot be."""
    expected: dict[Place, str] = {
        **{(name,): kind for name, kind in _TYPES.items()},
        ("reasons", "codes"): "<i4",
    }
    for place, kind in expected.items():
        found = columns.get(place)
        if not isinstance(found, np.ndarray) or found.ndim != 1 or found.dtype.str != kind:
            raise ValueError(f"no column {'.'.join(place)} of type {kind}")
    words = columns.get(("reasons", "words"))
    if not isinstance(words, list) or len({len(columns[place]) for place in expected}) != 1:
        raise ValueError("columns of different lengths")
    plain = {name: columns[(name,)] for name in _TYPES}
    opinion = VerdictColumns(reasons=Coded(columns[("reasons", "codes")], words), **plain)
    _check(opinion, cases)
    return opinion


def _check(opinion: VerdictColumns, cases: int) -> None:
    if len(opinion) and (opinion.cases.min() < 0 or opinion.cases.max() >= cases):
        raise ValueError(f"a verdict on a case that is none of the {cases}")
    if not np.isin(opinion.severity, (-1, 0, 1, 2, 3)).all():
        raise ValueError("a severity that is none")
    codes, words = opinion.reasons.codes, opinion.reasons.words
    if len(codes) and (codes.min() < 0 or codes.max() >= len(words)):
        raise ValueError("a verdict without a reason")
    for word in words:
        if not word.strip() or len(word) > LONGEST_REASON or not word.isprintable():
            raise ValueError(
                f"a reason that is not one line of 1 to {LONGEST_REASON} characters: {word[:40]!r}"
            )
    for name in _AT:
        column: Instants = getattr(opinion, name)
        ends = (NO_INSTANT, NEVER) if name == "judge_at" else (NO_INSTANT,)
        if not (np.isin(column, ends) | ((column >= _FIRST) & (column <= _LAST))).all():
            raise ValueError(f"a {name} that is no instant")
