"""An audit, in order: blocks of cases → judge → record (or only compare), and what alarms it raises."""

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from hub.audit.bench import Bench
from hub.audit.engine import Judgement, judge
from hub.audit.monitors.registry import MONITORS, Monitor
from hub.model.blocks import CaseBlock
from hub.model.verdicts import Finding
from hub.pipeline.across import find_duplicates, find_silence
from hub.store.blocks import case_blocks
from hub.store.comparing import Tally
from hub.store.recording import (
    Verdicts,
    begin_audit,
    finish_audit,
    preview_audit,
    record_audit,
    record_others,
)
from hub.store.schedule import sweep

#: Cases a block: large enough for numpy, small enough that ten million stay under the memory bound.
CHUNK = 100_000


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """What is judged and whether it is written. ``everything``: also what is not due.

    ``expected_every_s``: per source how often it promises to be heard; None: silence is not judged
    this time (its verdict changes once a day). ``judged_by``: what a written audit leaves for the next to
    compare with what it judges by.
    """

    everything: bool
    write: bool
    source: str | None = None
    known_at: int | None = None
    scope: dict[str, Any] = field(default_factory=dict)
    expected_every_s: Mapping[str, float | None] | None = None
    judged_by: Mapping[str, bytes] = field(default_factory=dict)


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
    others: Mapping[str, Monitor] | None = None,
) -> AuditResult:
    """Judge the cases asked for; a written audit puts each block's verdicts in one transaction.

    The verdicts of one block are recorded while the next is judged. ``others``: monitors of plugins.
    """
    result, monitors = AuditResult(), {**MONITORS, **(others or {})}
    if request.write:
        result.audit_id = begin_audit(
            engine, as_of=bench.as_of, now=now(), scope=request.scope, source=request.source
        )
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="record") as recorder:
        recording: Future[Tally] | None = None
        for block, verdicts, judgement in _judged(engine, bench, request, monitors):
            if recording is not None:
                result.tally.add(recording.result())
            recording = recorder.submit(_record, engine, bench, result.audit_id, now, block, verdicts)
            _note(result, verdicts, judgement)
            progress(len(block))
        silent = _find_silence(engine, bench, request)
        if recording is not None:
            result.tally.add(recording.result())
        if result.audit_id is not None:
            sweeping = recorder.submit(sweep, engine, result.tally.unscheduled)
            _finish(engine, result.audit_id, bench, request, result, silent, now)
            sweeping.result()
    result.findings += silent or ()
    return result


def _record(
    engine: Engine,
    bench: Bench,
    audit_id: int | None,
    now: Callable[[], int],
    block: CaseBlock,
    verdicts: Verdicts,
) -> Tally:
    if audit_id is None:
        return preview_audit(engine, block=block, verdicts=verdicts)
    return record_audit(engine, audit_id, as_of=bench.as_of, now=now(), block=block, verdicts=verdicts)


def _judged(
    engine: Engine, bench: Bench, request: AuditRequest, monitors: Mapping[str, Monitor]
) -> Iterator[tuple[CaseBlock, Verdicts, Judgement]]:
    linked = find_duplicates(engine, bench, everything=request.everything, write=request.write)
    due_before = None if request.everything else bench.as_of
    blocks = case_blocks(
        engine, due_before=due_before, source=request.source, known_at=request.known_at, chunk=CHUNK
    )
    for block in blocks:
        judgement = judge(block, bench, monitors)
        if not len(block.children["card"]):
            _tell(judgement)
        others, judged = linked.within(block), _monitors_that_judged(bench, judgement, monitors)
        yield (
            block,
            Verdicts(others, judgement.judge_at, judgement.undecided, judged, judgement.breaches),
            judgement,
        )


def _tell(judgement: Judgement) -> None:
    """Where no card stands all is to be written: told here, while what came before is being recorded."""
    for breaches in judgement.breaches:
        _ = breaches.findings


def _find_silence(engine: Engine, bench: Bench, request: AuditRequest) -> list[Finding] | None:
    """None: not judged this time."""
    if request.expected_every_s is None:
        return None
    return find_silence(engine, bench, request.expected_every_s)


def _finish(
    engine: Engine,
    audit_id: int,
    bench: Bench,
    request: AuditRequest,
    result: AuditResult,
    silent: list[Finding] | None,
    now: Callable[[], int],
) -> None:
    """Record what is about no case, and close a written audit."""
    if silent is not None:
        tally = record_others(
            engine, audit_id, as_of=bench.as_of, now=now(), findings_=silent, monitors={"M20"}
        )
        result.tally.add(tally)
    gained = None if request.everything else result.tally.gained
    result.suspicion = finish_audit(engine, audit_id, now=now(), gained=gained, judged_by=request.judged_by)


def _monitors_that_judged(bench: Bench, judgement: Judgement, monitors: Collection[str]) -> frozenset[str]:
    """Cards of a monitor that is off, or that failed, are left as they are."""
    failed = {fault.monitor for fault in judgement.faults}
    return frozenset(m for m in (*monitors, "M22") if bench.rulebook[m].enabled and m not in failed)


def _note(result: AuditResult, verdicts: Verdicts, judgement: Judgement) -> None:
    if result.audit_id is None:
        result.findings += [*judgement.findings, *verdicts.findings]
    for reason in judgement.undecided.values():
        result.undecided[reason] = result.undecided.get(reason, 0) + 1
    for fault in judgement.faults:
        result.faults.setdefault(fault.monitor, fault.error)
