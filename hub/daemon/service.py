"""The daemon: each source pulled at its pace, audits after syncs and on time, and a clean stop."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Any

from hub.daemon.auditor import Auditor
from hub.daemon.health import Health, notify_systemd
from hub.daemon.schedule import Schedule, wait_for_threads
from hub.errors import Busy, HubError
from hub.log import get_logger
from hub.model import instants
from hub.settings import Settings

OpenApp = Callable[[], AbstractContextManager[Any]]
Event = tuple[str, str, str]

_GRACE_S = 30.0
_log = get_logger("hub.daemon")


class Service:
    """One daemon. Every piece of work opens an App of its own, on its own thread."""

    def __init__(
        self,
        settings: Settings,
        open_app: OpenApp,
        health: Health,
        now: Callable[[], int],
        stop: threading.Event,
        *,
        watch_s: float = 30.0,
    ) -> None:
        self.watch_s = watch_s
        self.settings = settings
        self.open_app = open_app
        self.health = health
        self.now = now
        self.stop = stop
        self.events: SimpleQueue[Event] = SimpleQueue()
        self.running: dict[str, int] = {}
        self.paused_at: dict[str, int] = {}
        self.results: dict[str, dict[str, Any]] = {}
        self.changed = threading.Condition()
        self.auditor = Auditor(open_app, now, stop, self.tell_event)
        paced = sum(1 for source in settings.sources.values() if source.every_s or source.cron)
        self.schedule = Schedule(settings.zone, self.pull, self.tell_event, threads=paced)

    def run(self) -> int:
        """Serve until asked to stop; 0 when everything stopped in time, 1 when something had to be left."""
        with self.open_app() as app:  # a wrong configuration or a store out of reach ends it here
            last = {name: at for name in self.settings.sources if (at := self._last_run(app, name))}
            for name in self.settings.sources:
                app.clear_alarm("source_paused", name, self.now())  # each start tries again
        self._report("running", healthy=True)
        self.schedule.start(self.settings.sources, last, self._datetime())
        self.auditor.start()
        _log.info("daemon_started", sources=len(self.settings.sources))
        notify_systemd("READY=1")
        code = self._watch()
        notify_systemd("STOPPING=1")
        return self._wind_down() or code

    def pull(self, name: str) -> None:
        """One scheduled sync of one source; nothing it does may end the daemon."""
        if self.stop.is_set():
            return
        with self.changed:
            self.running[name] = self.now()
        try:
            with self.open_app() as app:
                self._take(name, app.sync((name,), now=self.now, stop=self.stop.is_set))
        except Busy as error:
            _log.info("source_busy", source=name, found=error.message)
        except HubError as error:
            self._failed(name, error.kind, error.message)
        except Exception as error:  # noqa: BLE001 one source must not end the others
            _log.exception("source_crashed", source=name)
            self._failed(name, "bug", f"{type(error).__name__}: {error}"[:300])
        finally:
            with self.changed:
                self.running.pop(name, None)
                self.changed.notify_all()
            self.auditor.wake()

    def tell_event(self, kind: str, key: str, message: str) -> None:
        """Something to be written down as an alarm, by the watching thread."""
        self.events.put((kind, key, message))

    def _take(self, name: str, document: dict[str, Any]) -> None:
        for run in document["runs"]:
            self.results[name] = {"status": run["status"], "run_id": run.get("run_id"), "at": self._text()}
            error = run.get("error")
            if error and error["kind"] == "auth":
                self.schedule.pause(name)
                self.paused_at[name] = self.now()
                self.tell_event("source_paused", name, error["message"])
            log = _log.info if run["status"] == "ok" else _log.warning
            log("source_synced", source=name, status=run["status"], received=run["received"], error=error)

    def _failed(self, name: str, kind: str, message: str) -> None:
        self.results[name] = {"status": "failed", "error": kind, "at": self._text()}
        _log.warning("source_failed", source=name, error_kind=kind, found=message)

    def _watch(self) -> int:
        """Until asked to stop: heed events, silence and the health of the scheduler."""
        while not self.stop.is_set():
            if not self.schedule.is_alive():
                _log.error("scheduler_died")
                self.stop.set()
                return 1
            notify_systemd("WATCHDOG=1")
            try:
                self._report("running", healthy=True)
                self._heed_events()
                self._look_at_sources()
            except HubError as error:
                _log.warning("watch_failed", error_kind=error.kind, found=error.message)
            except Exception:  # noqa: BLE001 the watch must outlive any fault
                _log.exception("watch_crashed")
            self.stop.wait(self.watch_s)
        return 0

    def _look_at_sources(self) -> None:
        """Let sources go on that someone synced by hand, and have silence told as every audit tells it."""
        paused = [name for name in self.settings.sources if self.schedule.is_paused(name)]
        with self.open_app() as app:
            if paused:
                ages = {row["source"]: row.get("age_s") for row in app.status(self.now())["sources"]}
                for name in paused:
                    self._resume(app, name, ages.get(name))
            for alarm in app.silence_alarms(self.now())["alarms"]:
                _log.warning("alarm_raised", alarm=alarm["kind"], about=alarm["key"], found=alarm["message"])

    def _resume(self, app: Any, name: str, age_s: float | None) -> None:
        if age_s is not None and age_s < self._paused_for(name):  # its credentials are good again
            self.schedule.resume(name)
            app.clear_alarm("source_paused", name, self.now())

    def _paused_for(self, name: str) -> float:
        """Seconds since the source was paused."""
        return float(self.now() - self.paused_at.get(name, 0)) / instants.TICKS_PER_SECOND

    def _heed_events(self) -> None:
        events: list[Event] = []
        while True:
            try:
                events.append(self.events.get_nowait())
            except Empty:
                break
        if not events:
            return
        try:
            with self.open_app() as app:
                for kind, key, message in events:
                    app.raise_alarm(kind, key, message or kind, self.now())
                    _log.warning("alarm_raised", alarm=kind, about=key, found=message)
        except HubError as error:
            _log.error("alarms_not_written", error_kind=error.kind, found=error.message, alarms=events)

    def _wind_down(self) -> int:
        _log.info("daemon_stopping", running=sorted(self.running))
        self.schedule.stop()
        self.auditor.wake()
        ended = wait_for_threads(_GRACE_S, lambda: len(self.running), self.changed)
        ended = self.auditor.join(_GRACE_S) and ended
        self._heed_events()
        self._report("stopped", healthy=False)
        self.health.close()
        (_log.info if ended else _log.error)("daemon_stopped", left_behind=sorted(self.running))
        return 0 if ended else 1

    def _report(self, state: str, *, healthy: bool) -> None:
        sources = {}
        for name in self.settings.sources:
            next_run = self.schedule.next_run(name)
            sources[name] = {
                "last": self.results.get(name),
                "running": name in self.running,
                "paused": self.schedule.is_paused(name),
                "next_run_at": next_run.isoformat() if next_run else None,
            }
        report = {"state": state, "healthy": healthy, "at": self._text(), "sources": sources}
        self.health.tell({**report, "audit": self.auditor.report()})

    def _last_run(self, app: Any, name: str) -> datetime | None:
        """When the source last ran to its end; None starts it at once, as after a run cut short."""
        runs = app.runs(name, 1)["runs"]
        if not runs or runs[0]["status"] != "ok":
            return None
        return instants.to_datetime(instants.parse_iso(runs[0]["started_at"], self.settings.zone))

    def _datetime(self) -> datetime:
        return instants.to_datetime(self.now(), UTC)

    def _text(self) -> str:
        return instants.isoformat(self.now(), self.settings.zone)
