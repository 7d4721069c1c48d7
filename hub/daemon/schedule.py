"""APScheduler as a clock only: it says when, keeps nothing, and what it drops becomes an event."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from time import monotonic
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from hub import cadence
from hub.settings import SourceSettings

HEARTBEAT_S = 5.0
_DEAD_AFTER_S = 60.0
_EVENTS = {
    EVENT_JOB_MISSED: "schedule_missed",
    EVENT_JOB_MAX_INSTANCES: "schedule_overrun",
    EVENT_JOB_ERROR: "schedule_error",
}
Told = Callable[[str, str, str], None]


class Schedule:
    """Calls ``work(source)`` on a thread whenever a source's time comes, never twice at once.

    ``told(kind, source, message)`` hears of runs that were dropped. Jobs live in memory and are
    rebuilt from the settings at each start: a stored job can be lost, doubled or postponed.
    """

    def __init__(self, zone: tzinfo, work: Callable[[str], None], told: Told, *, threads: int) -> None:
        self._work = work
        self._told = told
        self._zone = zone
        self._beat = monotonic()
        self._scheduler = BackgroundScheduler(
            timezone=zone,
            executors={
                "default": ThreadPoolExecutor(max(threads, 1)),
                "heart": ThreadPoolExecutor(1),
            },
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        mask = EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES | EVENT_JOB_ERROR
        self._scheduler.add_listener(self._on_event, mask)

    def start(
        self, sources: Mapping[str, SourceSettings], last: Mapping[str, datetime], now: datetime
    ) -> None:
        """Begin: each source first runs when it would have, had this process never stopped."""
        heart = IntervalTrigger(seconds=HEARTBEAT_S, timezone=self._zone)
        self._scheduler.add_job(self._heartbeat, heart, id="♥", executor="heart", next_run_time=now)
        for name, source in sources.items():
            trigger = pace(source, self._zone)
            if trigger is not None:
                here = now.astimezone(self._zone)
                first = cadence.next_run(source.every_s, source.cron, last.get(name), here)
                self._scheduler.add_job(self._work, trigger, args=[name], id=name, next_run_time=first)
        self._scheduler.start()

    def next_run(self, name: str) -> datetime | None:
        job = self._scheduler.get_job(name)
        at: datetime | None = job.next_run_time if job else None
        return at

    def pause(self, name: str) -> None:
        """Leave a source alone until it is resumed or the daemon starts again."""
        self._change(self._scheduler.pause_job, name)

    def resume(self, name: str) -> None:
        self._change(self._scheduler.resume_job, name)

    def is_paused(self, name: str) -> bool:
        job = self._scheduler.get_job(name)
        return job is not None and job.next_run_time is None

    def is_alive(self) -> bool:
        """Whether the scheduler's thread still turns; ``running`` stays true when it has died."""
        return monotonic() - self._beat < _DEAD_AFTER_S

    def stop(self) -> None:
        """Start nothing more; work under way is asked to stop by whoever gave it."""
        self._scheduler.shutdown(wait=False)

    def _heartbeat(self) -> None:
        self._beat = monotonic()

    def _change(self, change: Callable[[str], Any], name: str) -> None:
        try:
            change(name)
        except JobLookupError:
            return  # a source without a pace has no job to change

    def _on_event(self, event: JobEvent) -> None:
        error = getattr(event, "exception", None)
        if event.job_id != "♥":
            self._told(_EVENTS[event.code], event.job_id, f"{type(error).__name__}: {error}" if error else "")


def pace(source: SourceSettings, zone: tzinfo) -> Any:
    """The trigger of a source with its jitter, or None: it is only ever run by hand."""
    if source.every_s:
        jitter = min(source.every_s / 10, 30.0)
        return IntervalTrigger(seconds=source.every_s, timezone=zone, jitter=jitter)
    if source.cron:
        return CronTrigger(**cadence.cron_fields(source.cron), timezone=zone, jitter=10)
    return None


def wait_for_threads(deadline_s: float, running: Callable[[], int], changed: threading.Condition) -> bool:
    """Whether all work ended within the deadline."""
    until = monotonic() + deadline_s
    with changed:
        while running() and monotonic() < until:
            changed.wait(timeout=max(until - monotonic(), 0.0))
        return not running()
