"""Findings made of the rows of an outcome: the one place that loops, and only over breaches to be told."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome
from hub.audit.rules import SEVERITY_WORDS, Rule
from hub.model.blocks import Coded, Flags
from hub.model.breaches import Breaches
from hub.model.kinds import UNITS
from hub.model.verdicts import Finding, Severity, Subject

Rows = NDArray[np.int64]


def breaches_of(docket: Docket, rule: Rule, outcome: Outcome, judged: Flags) -> Breaches | None:
    """A row for each case with a breaching row, of the gravest such row, among those judged; None: no row."""
    rows = outcome.strongest()
    rows = rows[judged[rows]]
    if not len(rows):
        return None
    cases, provisional = outcome.cases[rows], outcome.provisional[rows].astype(np.bool_)
    limit, unit = outcome.limit[rows], outcome.unit[rows].astype(np.int32)
    return Breaches(
        monitor=rule.monitor,
        cases=cases,
        severity=outcome.severity[rows],
        pending=provisional | rule.confirm,
        limit=limit,
        limit_unit=Coded(np.where(np.isnan(limit), -1, unit).astype(np.int32), UNITS),
        started_at=outcome.started_at[rows],
        due_at=outcome.due_at[rows],
        stopped_at=outcome.stopped_at[rows],
        provisional=provisional,
        department=_taken(docket.departments, cases),
        item_code=_taken(docket.block.words["item_code"], cases),
        reason=_taken(outcome.coded_reasons, rows),
        tell=lambda chosen: findings_of(docket, rule, outcome, rows[chosen]),
    )


def _taken(column: Coded, cases: Rows) -> Coded:
    return Coded(column.codes[cases], column.words)


def findings_of(docket: Docket, rule: Rule, outcome: Outcome, rows: Rows) -> list[Finding]:
    """A finding for each of these rows.

    ``subject.key`` stays empty: the block does not carry case numbers; the reader of the store knows
    them by ``dossier_id``.
    """
    if not len(rows):
        return []
    calendar_version, rule_version = docket.bench.keeper.calendar.version, rule.version
    return [
        Finding(
            subject=subject,
            monitor=rule.monitor,
            severity=cast(Severity, SEVERITY_WORDS[severity]),
            clock=outcome.clock,
            limit=limit,
            limit_unit=unit,
            started_at=started_at,
            due_at=due_at,
            stopped_at=stopped_at,
            elapsed=elapsed,
            provisional=bool(provisional),
            pending=bool(provisional) or rule.confirm,
            department=department,
            item_code=item_code,
            legal_basis=rule.legal_basis,
            rule_version=rule_version,
            calendar_version=calendar_version,
            reason=reason,
            detail=detail,
        )
        for (subject, department, item_code), (started_at, due_at, stopped_at), (limit, unit, elapsed), (
            severity,
            provisional,
        ), reason, detail in zip(
            _names(docket, outcome.cases[rows]),
            _lists(outcome.started_at[rows], outcome.due_at[rows], outcome.stopped_at[rows]),
            _lengths(outcome, rows),
            _lists(outcome.severity[rows], outcome.provisional[rows]),
            outcome.reasons(rows),
            outcome.details(rows),
            strict=True,
        )
    ]


def _lists(*columns: NDArray[np.generic]) -> "zip[tuple[int, ...]]":
    return zip(*(column.tolist() for column in columns), strict=True)


def _lengths(outcome: Outcome, rows: Rows) -> "zip[tuple[float | None, str | None, float | None]]":
    """Limit, its unit and the elapsed time; None where there is none."""
    limits, elapsed = _floats(outcome.limit[rows]), _floats(outcome.elapsed[rows])
    codes = outcome.unit[rows].tolist()
    units = [
        None if limit is None or code < 0 else UNITS[code] for limit, code in zip(limits, codes, strict=True)
    ]
    return zip(limits, units, elapsed, strict=True)


def _floats(column: NDArray[np.float64]) -> list[float | None]:
    return [None if value != value else value for value in column.tolist()]


def _names(docket: Docket, cases: Rows) -> "zip[tuple[Subject, str | None, str | None]]":
    """Subject, department (else the item's) and item of each case."""
    block = docket.block
    subjects = [
        Subject("case", source or "", "", dossier)
        for source, dossier in zip(
            _words(block.sources, cases), block.dossier_ids[cases].tolist(), strict=True
        )
    ]
    told = _words(block.words["department"], cases) if "department" in block.words else [None] * len(cases)
    of_item = [*(v.department for v in docket.bench.catalogue.versions), None]
    departments = [own or of_item[v] for own, v in zip(told, docket.version[cases].tolist(), strict=True)]
    return zip(subjects, departments, _words(block.words["item_code"], cases), strict=True)


def _words(column: Coded, cases: Rows) -> list[str | None]:
    return [None if code < 0 else column.words[code] for code in column.codes[cases].tolist()]
