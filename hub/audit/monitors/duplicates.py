"""M22: one application told by two sources: linked, not two cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from hub.audit.bench import Bench
from hub.model.blocks import Coded, Flags, Instants
from hub.model.instants import NO_INSTANT, TICKS_PER_SECOND
from hub.model.verdicts import Finding, Severity, Subject


@dataclass(frozen=True, slots=True)
class Applications:
    """Cases of all sources. ``applicants``: a code per person (blind index), −1 not given.

    ``dossier_ids``: how the store knows them, where they come from there.
    """

    case_nos: Sequence[str]
    sources: Coded
    items: Coded
    departments: Coded
    applicants: NDArray[np.int64]
    received_at: Instants
    dossier_ids: NDArray[np.int64] | None = None

    def subject(self, row: int) -> Subject:
        dossier = None if self.dossier_ids is None else int(self.dossier_ids[row])
        return Subject("case", self.sources.word(row) or "", self.case_nos[row], dossier)


def duplicates(cases: Applications, bench: Bench) -> list[Finding]:
    """A finding on the later of two cases of one applicant and item from two sources."""
    rule = bench.rulebook["M22"]
    if not rule.enabled:
        return []
    within = int(rule.param("hours") * 3600) * TICKS_PER_SECOND
    earlier, later = _neighbours(cases, within)
    return [
        Finding(
            subject=cases.subject(b),
            monitor=rule.monitor,
            severity=cast(Severity, rule.severity),
            clock="instant",
            limit=None,
            limit_unit=None,
            started_at=int(cases.received_at[b]),
            due_at=NO_INSTANT,
            stopped_at=NO_INSTANT,
            elapsed=None,
            provisional=False,
            pending=rule.confirm,
            department=cases.departments.word(b),
            item_code=cases.items.word(b),
            legal_basis=rule.legal_basis,
            rule_version=rule.version,
            calendar_version=bench.keeper.calendar.version,
            reason="duplicate",
            detail={"of_source": cases.sources.word(a), "of_case_no": cases.case_nos[a]},
        )
        for a, b in zip(earlier.tolist(), later.tolist(), strict=True)
    ]


def _neighbours(cases: Applications, within: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs next to each other in time among the cases of one applicant and item."""
    known: Flags = (cases.applicants >= 0) & (cases.items.codes >= 0) & (cases.received_at != NO_INSTANT)
    rows = np.flatnonzero(known)
    # By number last, so that two cases of one instant stand in the same order every time.
    rows = rows[np.argsort(np.array([cases.case_nos[row] for row in rows.tolist()]), kind="stable")]
    keys = (cases.received_at, cases.items.codes, cases.applicants)
    rows = rows[np.lexsort([key[rows] for key in keys])]
    first, second = rows[:-1], rows[1:]
    same = (cases.applicants[first] == cases.applicants[second]) & (
        cases.items.codes[first] == cases.items.codes[second]
    )
    near = cases.received_at[second] - cases.received_at[first] <= within
    pair = same & near & (cases.sources.codes[first] != cases.sources.codes[second])
    return first[pair], second[pair]
