"""An audit, in order: blocks of cases → judge → record (or only compare), and what alarms it raises."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from hub.audit.bench import Bench
from hub.audit.engine import Judgement, judge
from hub.audit.monitors.registry import MONITORS
from hub.model.blocks import CaseBlock
from hub.model.verdicts import Finding
from hub.store.blocks import case_blocks
from hub.store.comparing import Tally
from hub.store.recording import Verdicts, begin_audit, finish_audit, preview_audit, record_audit

#: Cases a block: large enough for numpy, small enough that ten million stay under the memory bound.
CHUNK = 100_000


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """What is judged and whether it is written. ``everything``: also what is not due."""

    everything: bool
    write: bool
    source: str | None = None
    known_at: int | None = None
    scope: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class AuditResult:
    """What an audit came to; ``findings`` only of an audit that was not written."""

    audit_id: int | None = None
    tally: Tally = field(default_factory=Tally)
    undecided: dict[str, int] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    suspicion: str | None = None


def audit_cases(
    engine: Engine,
    bench: Bench,
    request: AuditRequest,
    now: Callable[[], int],
    progress: Callable[[int], None],
) -> AuditResult:
    """Judge the cases asked for; a written audit puts each block's verdicts in one transaction."""
    result = AuditResult()
    if request.write:
        result.audit_id = begin_audit(engine, as_of=bench.as_of, now=now(), scope=request.scope)
    for block, judgement in _judged(engine, bench, request):
        verdicts = Verdicts(
            judgement.findings,
            judgement.judge_at,
            judgement.undecided,
            _monitors_that_judged(bench, judgement),
        )
        if result.audit_id is None:
            tally = preview_audit(engine, block=block, verdicts=verdicts)
            result.findings += judgement.findings
        else:
            tally = record_audit(
                engine, result.audit_id, as_of=bench.as_of, now=now(), block=block, verdicts=verdicts
            )
        result.tally.add(tally)
        _note(result, judgement)
        progress(len(block))
    if result.audit_id is not None:
        result.suspicion = finish_audit(engine, result.audit_id, now=now())
    return result


def _judged(engine: Engine, bench: Bench, request: AuditRequest) -> Iterator[tuple[CaseBlock, Judgement]]:
    due_before = None if request.everything else bench.as_of
    blocks = case_blocks(
        engine, due_before=due_before, source=request.source, known_at=request.known_at, chunk=CHUNK
    )
    for block in blocks:
        yield block, judge(block, bench)


def _monitors_that_judged(bench: Bench, judgement: Judgement) -> frozenset[str]:
    """Cards of a monitor that is off, or that failed, are left as they are."""
    failed = {fault.monitor for fault in judgement.faults}
    return frozenset(m for m in MONITORS if bench.rulebook[m].enabled and m not in failed)


def _note(result: AuditResult, judgement: Judgement) -> None:
    for reason in judgement.undecided.values():
        result.undecided[reason] = result.undecided.get(reason, 0) + 1
    for fault in judgement.faults:
        result.faults.setdefault(fault.monitor, fault.error)
