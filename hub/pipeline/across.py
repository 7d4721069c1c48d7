"""The monitors that look past one case: M22 (one application, two sources) and M20 (silence)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from sqlalchemy import Engine

from hub.audit.bench import Bench
from hub.audit.monitors.duplicates import Applications, duplicates
from hub.audit.monitors.silence import Activity, silence
from hub.model.blocks import CaseBlock, Coded, Flags
from hub.model.instants import NO_INSTANT, TICKS_PER_SECOND
from hub.model.verdicts import Finding, Subject
from hub.store.applicants import Sent, SharedApplicants, arrivals, heard_until, shared_applicants
from hub.store.dossiers import make_due

Part = Literal["department", "item"]
#: How far back "usually active" is measured.
_LOOK_BACK_S = 45 * 86_400


@dataclass(slots=True)
class Duplicates:
    """Findings of M22 by the dossier of the later case."""

    by_dossier: dict[int, Finding] = field(default_factory=dict)

    def within(self, block: CaseBlock) -> list[Finding]:
        """Those of a block's cases."""
        if not self.by_dossier:
            return []
        return [self.by_dossier[d] for d in block.dossier_ids.tolist() if d in self.by_dossier]


def find_duplicates(engine: Engine, bench: Bench, *, everything: bool, write: bool) -> Duplicates:
    """Look for applicants told by several sources; the later case is due with the earlier one."""
    if not bench.rulebook["M22"].enabled:
        return Duplicates()
    shared = shared_applicants(engine, due_before=None if everything else bench.as_of)
    found = {
        f.subject.dossier_id: f
        for f in duplicates(_applications(shared), bench)
        if f.subject.dossier_id is not None and f.started_at <= bench.as_of
    }
    if write and found and not everything:
        make_due(engine, dossier_ids=np.array(sorted(found), dtype=np.int64))
    return Duplicates(found)


def _applications(shared: SharedApplicants) -> Applications:
    return Applications(
        case_nos=shared.case_nos,
        sources=shared.sources,
        items=shared.items,
        departments=shared.departments,
        applicants=shared.applicants,
        received_at=shared.received_at,
        dossier_ids=shared.dossier_ids,
    )


def find_silence(engine: Engine, bench: Bench, expected_every_s: Mapping[str, float | None]) -> list[Finding]:
    """Sources that are silent, or not synced for longer than they promise; and their parts."""
    if not bench.rulebook["M20"].enabled:
        return []
    came = arrivals(engine, bench.as_of - _LOOK_BACK_S * TICKS_PER_SECOND)
    heard = heard_until(engine)
    found: list[Finding] = []
    for name, every in expected_every_s.items():
        if name in came:
            found += _silent_senders(name, came[name], heard.get(name, NO_INSTANT), every, bench)
    return found


def _silent_senders(name: str, sent: Sent, heard: int, every: float | None, bench: Bench) -> list[Finding]:
    """The source itself, or else those of its departments, or of the others' items, that are silent."""
    arrived = sent.received_at <= bench.as_of
    source = Activity(Subject("source", name, name), sent.received_at[arrived].tolist(), heard, every)
    if whole := silence([source], bench):
        return whole
    parts: list[Finding] = []
    told_of: dict[Part, Coded] = {"department": sent.departments, "item": sent.items}
    for kind, told in told_of.items():
        if len(told.words) < 2:
            continue
        silent = silence(_senders(kind, name, sent, arrived & (told.codes >= 0), told, heard), bench)
        # Items are not told beside the silent department whose they are.
        for finding in silent:
            arrived &= told.codes != list(told.words).index(finding.subject.key)
        parts += silent
    return parts


def _senders(
    kind: Part, name: str, sent: Sent, arrived: Flags, told: Coded, heard: int
) -> Iterator[Activity]:
    for code in np.unique(told.codes[arrived]).tolist():
        word, own = told.words[code], arrived & (told.codes == code)
        department = word if kind == "department" else None
        moments = sent.received_at[own].tolist()
        yield Activity(Subject(kind, name, word), moments, heard, department=department, steady=True)
