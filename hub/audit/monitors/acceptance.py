"""M01 and M02: an answer in five days, and one notice that asks for everything."""

import re
from collections.abc import Iterator

import numpy as np

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome, plain_outcome, told
from hub.audit.rules import Rule
from hub.audit.spans import Span, limits_of, verdicts
from hub.clock.axes import ClockName
from hub.model.blocks import Children, Instants
from hub.model.instants import NEVER, NO_INSTANT

_BETWEEN = re.compile(r"[;；,，、\n]+")


def answered(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """M01: no acceptance, refusal or notice (nor decision) in the days after receipt."""
    del clock  # the statute counts whole days, and so does deemed acceptance
    told_at = _first_answer(docket)
    cases = np.flatnonzero(
        (docket.instant("received_at") != NO_INSTANT) & docket.supplied("case.accepted_at")
    )
    limits = limits_of(docket.instant("received_at")[cases], told_at[cases], rule.param("threshold"))
    span = Span(cases, limits, "no_answer_in_time", "answered_late", excuses=("supplement.issued_at",))
    by = rule.clock or "whole_day"
    return verdicts(docket, span, span.measured(docket, by), by, rule.severity_code)


def _first_answer(docket: Docket) -> Instants:
    names = ("accepted_at", "refused_at", "decided_at", "closed_at")
    answers = np.array([docket.instant(name) for name in names])
    first: Instants = np.where(answers == NO_INSTANT, NEVER, answers).min(axis=0)
    notices = docket.children("supplement")
    if notices is not None:
        issued = notices.instants["issued_at"]
        np.minimum.at(first, notices.owners(), np.where(issued == NO_INSTANT, NEVER, issued))
    return np.where(first == NEVER, NO_INSTANT, first)


def told_once(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """M02: a later notice asks for something the earlier ones did not name."""
    del clock
    found = list(_second_notices(docket.children("supplement")))
    cases = np.array([case for case, _ in found], dtype=np.int64)
    details = told([{"new": new} for _, new in found])
    return plain_outcome(cases, rule.severity_code, ["second_notice"] * len(found), details)


def _second_notices(notices: Children | None) -> Iterator[tuple[int, list[str]]]:
    if notices is None:
        return
    for case in np.flatnonzero(np.diff(notices.offsets) > 1).tolist():
        rows = range(*notices.offsets[case : case + 2].tolist())
        in_order = sorted(rows, key=lambda row: int(notices.instants["issued_at"][row]))
        asked, *later = [set(_papers(notices, row)) for row in in_order]
        for papers in later:
            if asked and papers - asked:
                yield case, sorted(papers - asked)
                break
            asked |= papers


def _papers(notices: Children, row: int) -> list[str]:
    text = notices.words["materials"].word(row) or ""
    return [paper for part in _BETWEEN.split(text) if (paper := part.strip())]
