"""A calendar was amended: which cases it touches, how many due dates move, how many verdicts flip."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from hub.audit.bench import Bench
from hub.audit.docket import Docket
from hub.audit.engine import judge
from hub.audit.monitors.deadlines import WHICH
from hub.model.blocks import CaseBlock, Flags
from hub.model.verdicts import Finding
from hub.pipeline.judging import CHUNK
from hub.store.blocks import case_blocks


@dataclass(slots=True)
class Amendment:
    """``touched``: dossier ids of the cases that must be judged again, and no others."""

    due_dates_moved: int = 0
    verdicts_flipped: int = 0
    touched: list[NDArray[np.int64]] = field(default_factory=list)

    @property
    def dossier_ids(self) -> NDArray[np.int64]:
        return np.concatenate(self.touched) if self.touched else np.empty(0, dtype=np.int64)


def compare_calendars(engine: Engine, before: Bench, after: Bench) -> Amendment:
    """Judge every case by both calendars and keep what differs."""
    amendment = Amendment()
    for block in case_blocks(engine, chunk=CHUNK):
        moved = _moved(block, before, after)
        flipped, changed = _flipped(block, before, after)
        amendment.due_dates_moved += int(moved.sum())
        amendment.verdicts_flipped += int(flipped.sum())
        amendment.touched.append(block.dossier_ids[moved | flipped | changed])
    return amendment


def _moved(block: CaseBlock, before: Bench, after: Bench) -> Flags:
    """Cases of which a due date moves, on the clock that judges."""
    moved = np.zeros(len(block), dtype=np.bool_)
    dockets = Docket(block, before), Docket(block, after)
    for monitor, which in WHICH.items():
        rule = after.rulebook[monitor]
        if rule.enabled:
            old, new = (docket.timing(which, rule, after.clock_of(rule)).due_at for docket in dockets)
            moved |= old != new
    return moved


def _flipped(block: CaseBlock, before: Bench, after: Bench) -> tuple[Flags, Flags]:
    """Cases that gain or lose a finding; cases whose next judgement, or its certainty, changes."""
    old, new = judge(block, before), judge(block, after)
    places = {int(dossier): place for place, dossier in enumerate(block.dossier_ids)}

    def told(findings: Iterable[Finding], *, certainty: bool) -> set[tuple[int, str, str, bool]]:
        return {
            (places[f.subject.dossier_id], f.monitor, f.severity, certainty and f.provisional)
            for f in findings
            if f.subject.dossier_id is not None
        }

    flipped, changed = np.zeros(len(block), dtype=np.bool_), old.judge_at != new.judge_at
    for certainty, marks in ((False, flipped), (True, changed)):
        differing = told(old.findings, certainty=certainty) ^ told(new.findings, certainty=certainty)
        marks[[place for place, *_ in differing]] = True
    return flipped, changed
