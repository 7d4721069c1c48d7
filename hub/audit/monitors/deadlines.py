"""M03, M04, M05: near the promise, over the promise, over the statutory limit."""

from dataclasses import replace

import numpy as np

from hub.audit.docket import Docket, Question
from hub.audit.outcome import Outcome
from hub.audit.particulars import Particulars
from hub.audit.reasons import code_of
from hub.audit.rules import Rule
from hub.audit.spans import Span, verdicts
from hub.clock.axes import ClockName
from hub.clock.columns import LimitColumns, Timing
from hub.clock.starts import StartReason
from hub.model.instants import NEVER, NO_INSTANT
from hub.model.kinds import UNITS

#: What still could lengthen a limit, or move its start: pauses, extensions, notices in time.
EXCUSES = ("pause.started_at", "extension.approved_at", "supplement.issued_at")
WHICH = {"M03": "promised", "M04": "promised", "M05": "statutory"}
#: Limits in these units are warned of at so many of their own days.
_DAY_UNITS = (UNITS.index("working_day"), UNITS.index("calendar_day"))


def over_limit(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """M04 and M05: strictly past the limit, open or closed."""
    which = WHICH[rule.monitor]
    asked, timing = docket.question(which, rule), docket.timing(which, rule, clock)
    span = _span(docket, asked, asked.limits, "over_limit_open")
    if rule.param("threshold"):
        span = replace(span, limits=replace(asked.limits, length=timing.length + rule.param("threshold")))
        timing = span.measured(docket, clock)
    outcome = _from_the_start(docket, span, verdicts(docket, span, timing, clock, rule.severity_code))
    return replace(outcome, details=Particulars(docket, asked, timing, clock))


def near_limit(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """M03: open, and within the threshold of the promised limit; ``due_at`` is the promise's."""
    asked, promise = docket.question("promised", rule), docket.timing("promised", rule, clock)
    shorter = promise.length - rule.param("threshold")
    is_open = asked.limits.stopped_at == NO_INSTANT
    judged = np.isin(asked.limits.unit, _DAY_UNITS) & is_open & (shorter > 0)
    # The promise rolls over days off, the day to warn of it does not.
    limits = replace(asked.limits, length=np.where(judged, shorter, np.nan), roll=np.zeros_like(is_open))
    span = _span(docket, asked, limits, "near_limit")
    if asked.pauses is not None and rule.param("threshold") > 0:
        # Of the promise something is left while such a pause runs: no day of it brings the end nearer.
        span = replace(span, pauses=replace(asked.pauses, on_the_edge=True))
    outcome = verdicts(docket, span, span.measured(docket, clock), clock, rule.severity_code)
    outcome = _from_the_start(docket, replace(span, limits=asked.limits), outcome)
    outcome = _by_working_days(docket, rule, asked, promise, _as_warning(outcome, promise, asked.limits))
    return replace(outcome, details=Particulars(docket, asked, promise, clock))


def _span(docket: Docket, asked: Question, limits: LimitColumns, late_open: str) -> Span:
    return Span(np.arange(len(docket)), limits, late_open, "over_limit_closed", asked.pauses, excuses=EXCUSES)


def _as_warning(outcome: Outcome, promise: Timing, limits: LimitColumns) -> Outcome:
    """Told against the promise itself, provisional as it is, with the reason where no warning can be."""
    quiet = (outcome.undecided == 0) & (limits.started_at != NO_INSTANT) & ~np.isnan(promise.length)
    is_open = limits.stopped_at == NO_INSTANT
    unjudged = np.isnan(outcome.limit) & is_open
    reason = np.where(quiet & ~is_open, code_of("warning_only_while_open"), outcome.reason)
    reason = np.where(quiet & unjudged, code_of("promise_too_short"), reason).astype(np.int16)
    outcome = replace(outcome, reason=reason, limit=promise.length)
    provisional = outcome.provisional | promise.provisional
    return replace(outcome, due_at=promise.due_at, elapsed=promise.elapsed, provisional=provisional)


def _by_working_days(
    docket: Docket, rule: Rule, asked: Question, promise: Timing, outcome: Outcome
) -> Outcome:
    """Limits in hours or months are warned of from so many working days before their deadline."""
    is_open = asked.limits.stopped_at == NO_INSTANT
    decided = (outcome.undecided == 0) & (promise.due_at != NO_INSTANT)
    rows = np.flatnonzero(is_open & decided & ~np.isin(asked.limits.unit, _DAY_UNITS))
    if not len(rows):
        return outcome
    keeper = docket.bench.keeper
    due_days = keeper.local_days(promise.due_at[rows])
    last_days = keeper.nth_working_day(keeper.working_ordinal(due_days) - int(rule.param("threshold")))
    warns, rests = (
        keeper.start_of_days(last_days + 1),
        keeper.calendar.rest_on_provisional(last_days, due_days),
    )
    told = warns > outcome.started_at[rows]
    rows, warns, rests = rows[told], warns[told], rests[told]
    near = warns <= docket.bench.as_of
    unsure = near & (docket.absence_until[rows] < warns)
    columns = {
        name: getattr(outcome, name).copy()
        for name in ("severity", "undecided", "reason", "judge_at", "provisional")
    }
    columns["provisional"][rows] |= rests
    columns["severity"][rows] = np.where(near & ~unsure, rule.severity_code, 0)
    columns["undecided"][rows] = np.where(unsure, code_of("source_behind"), 0)
    decided_reason = np.where(near, code_of("near_limit"), code_of("in_time"))
    columns["reason"][rows] = np.where(unsure, code_of("source_behind"), decided_reason)
    columns["judge_at"][rows] = np.where(near & ~unsure, NEVER, warns)
    return replace(outcome, **columns)


def _from_the_start(docket: Docket, span: Span, outcome: Outcome) -> Outcome:
    """What the clock's start, the item and the promise add to a verdict: why there is none, or not yet."""
    starts = docket.starts
    unlimited = np.isnan(span.limits.length)
    undecided = outcome.undecided
    undecided = np.where(
        (starts.reason == StartReason.NO_FACTS) & ~docket.to_come, code_of("no_facts"), undecided
    )
    undecided = np.where(starts.reason == StartReason.UNCERTAIN, code_of("uncertain_start"), undecided)
    undecided = np.where(docket.dated & (docket.version < 0), code_of("no_item_version"), undecided)
    undecided = np.where((docket.version >= 0) & unlimited, 0, undecided).astype(np.int16)
    reason = np.where(span.limits.started_at == NO_INSTANT, code_of("not_started"), outcome.reason)
    reason = np.where(starts.reason == StartReason.REFUSED, code_of("refused"), reason)
    reason = np.where((docket.version >= 0) & unlimited, code_of("no_promise"), reason)
    starting = np.where(starts.change_at == NO_INSTANT, NEVER, starts.change_at)
    return replace(
        outcome,
        undecided=undecided,
        reason=np.where(undecided != 0, undecided, reason).astype(np.int16),
        judge_at=np.minimum(outcome.judge_at, starting),
        provisional=outcome.provisional | starts.provisional,
    )
