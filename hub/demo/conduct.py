"""What is wrong with a filing beside its limits, found the plain way.

M01, M02, M06 to M09, M12, M13, M15 to M17, M22, M23.
"""

import re
from collections.abc import Iterator

from hub.demo.days import DAY, WorkCalendar
from hub.demo.filing import Filing, Pause, as_of
from hub.demo.truth import ARTICLE_45, Judge, Verdict

_BATCHED_LATE = 24 * 3600


class Conduct:
    """Judges how a filing was handled and reported, with the help of the judge of its limits."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.calendar: WorkCalendar = judge.calendar
        self.today = judge.today

    def verdicts(self, filing: Filing, limits: set[Verdict]) -> Iterator[Verdict]:
        """Every verdict but those of its limits, which are given."""
        yield from self._answer(filing)
        yield from self._extensions(filing)
        yield from self._pauses(filing)
        yield from self._suspicion(filing)
        is_late = bool({m for m, _ in limits} & {"M04", "M05"})
        yield from self._steps(filing, is_late=is_late)
        yield from self._delivery(filing)
        yield from self._same_day(filing)
        yield from self._joint(filing, is_late=is_late)
        yield from _order(filing, self.judge.now)
        yield from _fee(filing)
        first = filing.twin_of
        if first is not None and 0 <= filing.received - first.received <= 24 * 3600:
            yield "M22", "warning"
        if filing.source != "land" and filing.recorded > _last_event(filing) + _BATCHED_LATE:
            yield "M17", "warning"

    def _answer(self, f: Filing) -> Iterator[Verdict]:
        answers = [f.accepted, f.refused, f.decided, f.closed, *(n.issued for n in f.supplements)]
        first = min((a for a in answers if a is not None), default=None)
        last = self.today if first is None else first // DAY
        if last > self.calendar.walk(f.received // DAY, 5):
            yield "M01", "warning"
        asked: set[str] = set()
        for notice in sorted(f.supplements, key=lambda n: n.issued):
            papers = {p for p in re.split("[；，、]", notice.materials) if p}
            if asked and papers - asked:
                yield "M02", "warning"
            asked |= papers

    def _extensions(self, f: Filing) -> Iterator[Verdict]:
        if not f.extensions or f.item_code != f.item.code:
            return
        most = 15 if f.item.case_type == "joint" else 10
        due = self.judge.statutory_day(f)
        void = len(f.extensions) > 1 or any(
            e.days > most or not e.reason or not e.approver or e.approved // DAY > due for e in f.extensions
        )
        if void:
            yield "M06", "yellow"

    def _pauses(self, f: Filing) -> Iterator[Verdict]:
        rank = {"warning": 1, "yellow": 2, "red": 3}
        found = [severity for p in f.pauses if (severity := self._overrun(f, p))]
        if found:
            yield "M08", max(found, key=lambda severity: rank[severity])

    def _overrun(self, f: Filing, pause: Pause) -> str | None:
        if pause.days is None:
            return None
        stop = pause.ended or f.closed
        lasted = self.calendar.between(pause.started // DAY, self.today if stop is None else stop // DAY)
        if lasted > pause.days + 1:
            return "red"
        if lasted > pause.days:
            return "yellow"
        forgotten = pause.ended is None and f.closed is not None
        near = pause.ended is None and lasted > pause.days - 3
        return "warning" if forgotten or near else None

    def _suspicion(self, f: Filing) -> Iterator[Verdict]:
        reasons = [p.reason for p in f.pauses if p.reason]
        again = any(reasons.count(reason) >= 3 for reason in reasons)
        if again or any(self._is_suspect(f, pause) for pause in f.pauses):
            yield "M15", "warning"

    def _is_suspect(self, f: Filing, pause: Pause) -> bool:
        if not pause.basis or not pause.approver or pause.started == f.accepted:
            return True
        told = f.source != "land"  # the layout does not say when a pause was registered
        if told and f.closed is not None and pause.recorded > f.closed:
            return True
        start = self.judge.clock_start(f)
        if start is None or f.item_code != f.item.code:
            return False
        length, unit = f.item.at((f.accepted or f.received) // DAY).promise
        stoppers = ARTICLE_45 | f.item.versions[-1].stoppers
        others = [p for p in f.pauses if p is not pause]
        due = self.judge.due_with(f, start, length, unit, stoppers, f.pauses)
        without = self.judge.due_with(f, start, length, unit, stoppers, others)
        if told and pause.recorded // DAY > without:
            return True
        stop = (f.closed or f.decided or self.judge.now) // DAY
        saved = without < stop <= due
        first, last = self.judge.interval(pause)
        counted = self.calendar.between(max(first, start), min(last, stop))
        overdue = self.calendar.between(without, stop)
        return saved and counted - overdue <= 1

    def _steps(self, f: Filing, *, is_late: bool) -> Iterator[Verdict]:
        for step in f.steps:
            stop = step.ended or f.closed
            last = self.today if stop is None else stop // DAY
            if step.limit is None or is_late:
                continue
            skipped = [self.judge.interval(p) for p in f.pauses]
            if last > self.calendar.walk(step.started // DAY, step.limit, skipped):
                yield "M07", "yellow"

    def _delivery(self, f: Filing) -> Iterator[Verdict]:
        granted = f.decided or f.closed
        if f.result == "granted" and granted is not None and f.source != "hall":
            last = self.today if f.delivered is None else f.delivered // DAY
            if last > self.calendar.walk(granted // DAY, 10):
                yield "M09", "warning"

    def _joint(self, f: Filing, *, is_late: bool) -> Iterator[Verdict]:
        members = [known for m in f.members if (known := as_of(m, self.judge.now))]
        hasty = f.closed is not None and any(m.closed is None or m.closed > f.closed for m in members)
        if hasty or (f.lead is not None and is_late):
            yield "M13", "warning"

    def _same_day(self, f: Filing) -> Iterator[Verdict]:
        start = self.judge.clock_start(f)
        if f.item.case_type == "immediate" and start is not None:
            stop = f.refused or f.closed or f.decided
            if (self.today if stop is None else stop // DAY) > start:
                yield "M12", "yellow"


def judge_all(judge: Judge, filing: Filing | None) -> set[Verdict]:
    """Every verdict on a filing as it stood; none where it was not there yet."""
    if filing is None:
        return set()
    limits = judge.verdicts(filing)
    return limits | set(Conduct(judge).verdicts(filing, limits))


def _order(f: Filing, now: int) -> Iterator[Verdict]:
    events = [t for t in (f.received, f.accepted, f.decided, f.closed, f.delivered) if t is not None]
    has_roles = f.source not in ("tax", "hall")
    handlers = {s.handler for s in f.steps}
    one_man = has_roles and len(f.steps) == 3 and len(handlers) == 1 and all(s.ended for s in f.steps)
    end = f.decided or f.closed
    turned = any(
        s.ended is not None and (s.ended < s.started or s.ended > now or (end is not None and s.ended > end))
        for s in f.steps
    )
    if events != sorted(events) or one_man or turned or events[-1] > now:
        yield "M16", "warning"


def _fee(f: Filing) -> Iterator[Verdict]:
    wrong = f.fee_paid and f.fee_paid != f.item.fee
    unpaid = f.told_paid == 0 and f.told_due is not None and f.told_due > 0
    early = f.fee_paid_at is not None and f.accepted is not None and f.fee_paid_at < f.accepted
    if ((wrong or unpaid) and f.item_code == f.item.code) or (early and f.source == "tax"):
        yield "M23", "warning"


def _last_event(f: Filing) -> int:
    return max(
        t for t in (f.received, f.accepted, f.refused, f.decided, f.closed, f.delivered) if t is not None
    )
