"""The limits of one case told line by line, by the same code that judges it."""

from collections.abc import Mapping
from datetime import tzinfo

import numpy as np

from hub.audit.bench import Bench
from hub.audit.docket import Docket
from hub.audit.engine import judged_by
from hub.audit.monitors.deadlines import WHICH
from hub.audit.monitors.registry import CLOCKED, MONITORS, Monitor
from hub.audit.outcome import Outcome, plain_outcome
from hub.audit.particulars import OTHER
from hub.audit.pausing import SUPPLEMENT, kinds_of
from hub.audit.reasons import code_of, word_of
from hub.audit.rules import SEVERITY_WORDS, Rule
from hub.clock.axes import ClockName
from hub.clock.columns import LimitColumns
from hub.clock.proof import PauseLine, Proof, prove
from hub.clock.starts import StartReason
from hub.model.blocks import CaseBlock
from hub.model.instants import NO_INSTANT, isoformat
from hub.model.kinds import UNITS

Line = dict[str, object]
_OTHER_STARTS = {"M01": "received", "M07": "step_started", "M08": "pause_started", "M09": "decided"}
#: Who sets a limit that is not the item's.
_OTHER_LIMITS = {"M01": "rule", "M07": "step", "M08": "application", "M09": "rule", "M12": "rule"}


def explain(block: CaseBlock, bench: Bench, others: Mapping[str, Monitor] | None = None) -> list[Line]:
    """The ``limits`` of ``hub explain`` for a block of one, judging clock first; reasons are codes.

    ``others``: monitors that are not the Hub's own; their reasons are in their own words.
    """
    docket = Docket(block, bench.settled(), telling=True)
    lines: list[Line] = []
    for monitor in CLOCKED:
        rule = bench.rulebook[monitor]
        if not rule.enabled or not judged_by(rule, docket)[0]:
            continue
        judging = bench.clock_of(rule)
        outcomes = [MONITORS[monitor](docket, rule, clock) for clock in (judging, OTHER[judging])]
        if outcomes[0].clock == outcomes[1].clock:  # it knows one clock only
            outcomes.pop()
        for outcome in outcomes:
            judges = outcome is outcomes[0]
            rows = (row for row in range(len(outcome)) if not _empty(outcome, row))
            lines += [_line(docket, rule, outcome, row, judges=judges) for row in rows]
    for name, other in (others or {}).items():
        lines += _told_by(other, docket, bench.rulebook[name])
    return lines


def _told_by(monitor: Monitor, docket: Docket, rule: Rule) -> list[Line]:
    """What a plugin's monitor says; one that fails leaves the case undecided, as in an audit."""
    if not rule.enabled or rule.effective_from > docket.bench.as_of or not judged_by(rule, docket)[0]:
        return []
    try:
        outcome = monitor(docket, rule, docket.bench.clock_of(rule))
    except Exception:  # noqa: BLE001 — the audit raises the alarm
        outcome = plain_outcome(np.zeros(1, dtype=np.int64), 0, ["evaluation_failed"])
        outcome.undecided[:] = code_of("evaluation_failed")
    return [_line(docket, rule, outcome, row, judges=True) for row in range(len(outcome))]


def _empty(outcome: Outcome, row: int) -> bool:
    """A row of a monitor that has nothing to say of this case: no limit, and no question open."""
    timed = outcome.clock == "instant" or not np.isnan(outcome.limit[row])
    return not timed and outcome.undecided[row] == 0


def _line(docket: Docket, rule: Rule, outcome: Outcome, row: int, *, judges: bool) -> Line:
    zone = docket.bench.keeper.zone
    limit, unit = float(outcome.limit[row]), int(outcome.unit[row])
    elapsed = float(outcome.elapsed[row])
    proof = None if outcome.clock == "instant" else _proof(docket, rule, outcome, row, outcome.clock)
    verdict, reason = _verdict(docket, outcome, row)
    return {
        "monitor": rule.monitor,
        "clock": outcome.clock,
        "judges": judges,
        "limit": None if np.isnan(limit) else limit,
        "limit_unit": None if np.isnan(limit) or unit < 0 else UNITS[unit],
        "started_at": _told(outcome.started_at[row], zone),
        "start_reason": _start_reason(docket, rule.monitor),
        "due_at": _told(outcome.due_at[row], zone),
        "stopped_at": _told(outcome.stopped_at[row], zone),
        # In the limit's unit; without a limit it would be in none.
        "elapsed": None if np.isnan(elapsed) or (unit >= 0 and np.isnan(limit)) else round(elapsed, 6),
        "verdict": verdict,
        "reason": reason,
        "provisional": bool(outcome.provisional[row]),
        "changes_at": _told(outcome.judge_at[row], zone),
        "legal_basis": rule.legal_basis,
        "rule_version": rule.version,
        **_limit_ground(docket, rule.monitor, limited=not np.isnan(limit)),
        "extended": float(proof.timing.extended[0]) if proof is not None else 0.0,
        **_proven(proof, zone, _pause_kinds(docket)),
    }


def _start_reason(docket: Docket, monitor: str) -> str | None:
    """Why the clock starts where it does: the case's own clock, or what else this monitor counts from."""
    if monitor in WHICH or monitor == "M12":
        return StartReason(int(docket.starts.reason[0])).name.lower()
    if monitor == "M09" and docket.instant("decided_at")[0] == NO_INSTANT:
        return "closed_undated"
    return _OTHER_STARTS.get(monitor)


def _verdict(docket: Docket, outcome: Outcome, row: int) -> tuple[str, str]:
    if docket.block.held[0]:
        return "undecided", "held"
    reason = outcome.reasons(np.array([row]))[0]
    if outcome.undecided[row]:
        return "undecided", word_of(int(outcome.undecided[row])) if outcome.said is None else reason
    return SEVERITY_WORDS[int(outcome.severity[row])], reason


def _proof(docket: Docket, rule: Rule, outcome: Outcome, row: int, clock: ClockName) -> Proof:
    bench = docket.bench
    which = WHICH.get(rule.monitor)
    if which:
        asked = docket.question(which, rule)
        return prove(bench.keeper, clock, asked.limits, bench.as_of, asked.pauses, asked.extensions)
    limits = LimitColumns(
        outcome.started_at[row : row + 1],
        outcome.stopped_at[row : row + 1],
        outcome.limit[row : row + 1],
        outcome.unit[row : row + 1],
        np.array([rule.roll]),
    )
    # A step stands still with its case; what follows a grant or a pause does not.
    pauses = docket.question("promised", rule).pauses if rule.monitor == "M07" else None
    return prove(bench.keeper, clock, limits, bench.as_of, pauses)


def _pause_kinds(docket: Docket) -> list[str | None]:
    """What each pause is, in the order in which proofs number them."""
    rows = docket.children("pause")
    kinds = None if rows is None else kinds_of(rows)
    return [] if kinds is None else [kinds.word(i) for i in range(len(kinds.codes))]


def _proven(proof: Proof | None, zone: tzinfo, kinds: list[str | None]) -> Line:
    if proof is None:
        return {"pauses": [], "extensions": [], "days": [], "days_left_out": 0}
    return {
        "pauses": [
            # Those beyond the case's own pauses are the notices that stand still like one.
            _pause(pause, zone) | {"kind": kinds[pause.index] if pause.index < len(kinds) else SUPPLEMENT}
            for pause in proof.pauses
        ],
        "extensions": [
            {
                "number": e.index + 1,
                "approved_at": _told(e.approved_at, zone),
                "length": _number(e.length),
                "unit": e.unit,
                "reason": e.reason,
            }
            for e in proof.extensions
        ],
        "days": [
            {
                "date": day.date.isoformat(),
                "counted": day.counted,
                "reason": day.reason,
                "name": day.name,
                "notice": day.notice,
                "pause": None if day.pause is None else day.pause + 1,
                "amount": day.amount,
                "provisional": day.provisional,
                "after_deadline": day.after_deadline,
            }
            for day in proof.days
        ],
        "days_left_out": proof.days_left_out,
    }


def _pause(pause: PauseLine, zone: tzinfo) -> Line:
    return {
        "number": pause.index + 1,
        "from": _told(pause.started_at, zone),
        "to": _told(pause.ended_at, zone),
        "counted": round(pause.counted, 6),
        "reason": pause.reason,
        "capped": pause.capped,
    }


def _told(instant: int, zone: tzinfo) -> str | None:
    # NEVER lies beyond every date: nothing changes by time alone.
    return None if instant == NO_INSTANT or instant >= 2**62 else isoformat(int(instant), zone)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value


def _limit_ground(docket: Docket, monitor: str, *, limited: bool) -> Line:
    """Who sets the limit: the version of the item (and who told it), the law where it says nothing, …"""
    row, which = int(docket.version[0]), WHICH.get(monitor)
    if which is None or row < 0:
        by = _OTHER_LIMITS.get(monitor) if limited else None
        return {"item_version": None, "item_told_by": None, "limit_set_by": by}
    version = docket.bench.catalogue.versions[row]
    lawful = which == "statutory" and version.statutory_limit is None
    return {
        "item_version": version.effective_from.isoformat(),
        "item_told_by": version.reported_by or "items.csv",
        "limit_set_by": ("law" if lawful else "item") if limited else None,
    }
