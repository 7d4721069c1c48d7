"""Findings made of the rows of an outcome: the one place that loops, and only over breaches."""

from collections.abc import Iterator
from typing import cast

import numpy as np
from numpy.typing import NDArray

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome
from hub.audit.reasons import word_of
from hub.audit.rules import SEVERITY_WORDS, Rule
from hub.model.blocks import Coded, Flags
from hub.model.verdicts import Finding, Severity, Subject

Rows = NDArray[np.int64]


def findings_of(docket: Docket, rule: Rule, outcome: Outcome, judged: Flags) -> list[Finding]:
    """A finding for each row that breaches, among those judged.

    ``subject.key`` stays empty: the block does not carry case numbers; the reader of the store knows
    them by ``dossier_id``.
    """
    rows = np.flatnonzero((outcome.severity > 0) & (outcome.undecided == 0) & judged)
    if not len(rows):
        return []
    calendar_version = docket.bench.keeper.calendar.version
    rule_version = rule.version
    return [
        Finding(
            subject=subject,
            monitor=rule.monitor,
            severity=cast(Severity, SEVERITY_WORDS[severity]),
            clock=outcome.clock,
            limit=None if limit != limit else limit,
            limit_unit=outcome.unit_word(row),
            started_at=started_at,
            due_at=due_at,
            stopped_at=stopped_at,
            elapsed=None if elapsed != elapsed else elapsed,
            provisional=provisional,
            pending=provisional or rule.confirm,
            department=department,
            item_code=item_code,
            legal_basis=rule.legal_basis,
            rule_version=rule_version,
            calendar_version=calendar_version,
            reason=word_of(reason),
            detail=outcome.detail(row),
        )
        for row, subject, department, item_code, severity, reason, provisional, started_at, due_at, stopped_at, limit, elapsed in zip(  # noqa: E501
            rows.tolist(),
            *_names(docket, outcome.cases[rows]),
            *(column[rows].tolist() for column in _columns(outcome)),
            strict=True,
        )
    ]


def _columns(outcome: Outcome) -> Iterator[NDArray[np.generic]]:
    yield from (outcome.severity, outcome.reason, outcome.provisional)
    yield from (outcome.started_at, outcome.due_at, outcome.stopped_at, outcome.limit, outcome.elapsed)


def _names(docket: Docket, cases: Rows) -> tuple[list[Subject], list[str | None], list[str | None]]:
    """Subject, department (else the item's) and item of each case."""
    block = docket.block
    sources = _words(block.sources, cases)
    dossiers = block.dossier_ids[cases].tolist()
    subjects = [
        Subject("case", source or "", "", dossier) for source, dossier in zip(sources, dossiers, strict=True)
    ]
    told = _words(block.words["department"], cases) if "department" in block.words else [None] * len(cases)
    of_item = [*(v.department for v in docket.bench.catalogue.versions), None]
    departments = [
        own or of_item[version] for own, version in zip(told, docket.version[cases].tolist(), strict=True)
    ]
    return subjects, departments, _words(block.words["item_code"], cases)


def _words(column: Coded, cases: Rows) -> list[str | None]:
    return [None if code < 0 else column.words[code] for code in column.codes[cases].tolist()]
