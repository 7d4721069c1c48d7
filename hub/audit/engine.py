"""Judging a block: every monitor in turn, its findings, and the instant to judge each case again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hub.audit.bench import Bench
from hub.audit.docket import Docket
from hub.audit.excerpt import next_events
from hub.audit.findings import breaches_of
from hub.audit.monitors.registry import MONITORS, Monitor
from hub.audit.outcome import Outcome
from hub.audit.reasons import code_of, word_of
from hub.audit.rules import SEVERITY_CODES, Rule
from hub.model.blocks import CaseBlock, Flags, Instants
from hub.model.breaches import Breaches
from hub.model.instants import NO_INSTANT, TICKS_PER_SECOND
from hub.model.verdicts import Finding

Reasons = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Fault:
    """A monitor that failed, or a calendar that does not reach: an alarm; its cases are undecided."""

    monitor: str
    error: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """``judge_at``: per case, when a verdict may change by time alone (``NEVER``: only by new facts).

    A case undecided because its source is behind, or held, has a ``judge_at`` that is already past:
    the instant up to which the source must have been heard. It is taken again by every audit.
    """

    breaches: list[Breaches]
    judge_at: Instants
    undecided: dict[int, str]
    faults: list[Fault] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """What was found, told in full."""
        return [finding for breaches in self.breaches for finding in breaches.findings]


def judge(block: CaseBlock, bench: Bench, monitors: Mapping[str, Monitor] = MONITORS) -> Judgement:
    """Judge every case of the block by every enabled monitor. Pure: same facts, same verdicts."""
    bench = bench.settled()
    docket = Docket(block, bench)
    # Not judged before a case record has come: steps and pauses may arrive first.
    barred = block.held | (block.instants["first_seen_at"] == NO_INSTANT)
    undecided = np.where(barred, np.where(block.held, code_of("held"), code_of("no_case_record")), 0)
    undecided = undecided.astype(np.int16)
    judge_at = np.where(block.held, bench.as_of, next_events(block, bench.as_of))
    found: list[Breaches] = []
    faults: list[Fault] = []
    # M14 last: who need not answer a card any more is known when the others have spoken.
    in_order = sorted(monitors, key=lambda monitor: monitor == "M14")
    for rule in (bench.rulebook[monitor] for monitor in in_order):
        if not rule.enabled:
            continue
        if rule.effective_from > bench.as_of:  # not in force yet; then its cases are due
            judge_at = np.minimum(judge_at, rule.effective_from)
            continue
        try:
            outcome = monitors[rule.monitor](docket, rule, bench.clock_of(rule))
        except Exception as error:  # noqa: BLE001 — one monitor's failure must not silence the others
            faults.append(Fault(rule.monitor, f"{type(error).__name__}: {error}"))
            undecided[undecided == 0] = code_of("evaluation_failed")
            judge_at = np.minimum(judge_at, bench.as_of)
            continue
        judged = judged_by(rule, docket)[outcome.cases]
        docket.against[rule.monitor] = _against(len(block), outcome)
        if breaches := breaches_of(docket, rule, outcome, judged & ~barred[outcome.cases]):
            found.append(breaches)
        faults += _beyond_calendar(rule, outcome)
        _note(outcome, judged, undecided, judge_at)
    _await_answers(bench, found, judge_at, block)
    return Judgement(found, judge_at, _by_case(undecided), faults)


def _against(cases: int, outcome: Outcome) -> Flags:
    """The cases a monitor has something against, or cannot decide."""
    against = np.zeros(cases, dtype=np.bool_)
    against[outcome.cases[(outcome.severity > 0) | (outcome.undecided != 0)]] = True
    return against


def judged_by(rule: Rule, docket: Docket) -> Flags:
    """Cases a rule speaks of: not those closed before it took effect."""
    closed = docket.instant("closed_at")
    if rule.effective_from == NO_INSTANT:
        return np.ones(len(docket), dtype=np.bool_)
    judged: Flags = (closed == NO_INSTANT) | (closed >= (rule.effective_from & ~1))
    return judged


def _note(outcome: Outcome, judged: Flags, undecided: Reasons, judge_at: Instants) -> None:
    """Keep the first reason why a case is undecided, and the earliest instant to judge it again."""
    open_questions = judged & (outcome.undecided != 0)
    cases = outcome.cases[open_questions]
    reasons = outcome.undecided[open_questions]
    new = undecided[cases] == 0
    undecided[cases[new]] = reasons[new]
    np.minimum.at(judge_at, outcome.cases[judged], outcome.judge_at[judged])


def _await_answers(bench: Bench, found: list[Breaches], judge_at: Instants, block: CaseBlock) -> None:
    """A yellow card issued now wants an answer: its case is due again when that is overdue (M14)."""
    rule = bench.rulebook["M14"]
    new = np.zeros(len(block), dtype=np.bool_)
    for breaches in found:
        yellow = breaches.cases[(breaches.severity == SEVERITY_CODES["yellow"]) & ~breaches.pending]
        new[yellow[~_have_yellow(block, breaches.monitor)[yellow]]] = True
    if rule.enabled and new.any():
        days = bench.keeper.add_working_days(np.array([bench.as_of]), int(rule.param("threshold")))
        overdue = int(bench.keeper.end_of_days(days)[0]) + TICKS_PER_SECOND
        judge_at[new] = np.minimum(judge_at[new], max(overdue, bench.as_of))


def _have_yellow(block: CaseBlock, monitor: str) -> Flags:
    """Cases with a yellow card of that monitor already; M14 itself watches over those."""
    having = np.zeros(len(block), dtype=np.bool_)
    cards = block.children.get("card")
    if cards is not None and len(cards):
        named = {"severity": "yellow", "monitor": monitor}
        own = np.logical_and.reduce([cards.words[name].is_one_of(word) for name, word in named.items()])
        having[cards.owners()[own]] = True
    return having


def _beyond_calendar(rule: Rule, outcome: Outcome) -> list[Fault]:
    n = int((outcome.undecided == code_of("beyond_calendar")).sum())
    return [Fault(rule.monitor, f"calendar: {n} deadline(s) beyond its last day")] if n else []


def _by_case(undecided: Reasons) -> dict[int, str]:
    cases = np.flatnonzero(undecided)
    return {case: word_of(code) for case, code in zip(cases.tolist(), undecided[cases].tolist(), strict=True)}
