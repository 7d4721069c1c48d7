"""Audits in the daemon: one after syncs, one whenever a verdict could change by time alone."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from hub.errors import HubError
from hub.log import get_logger
from hub.model import instants

#: Never sleep longer than this: the wall clock may be set, and other processes write too.
_LONGEST_SLEEP_S = 300.0
_RETRY_S = 30.0
_log = get_logger("hub.daemon")


class Auditor:
    """One thread. Waking it while it judges makes it judge once more: no wake-up is lost."""

    def __init__(
        self,
        open_app: Callable[[], AbstractContextManager[Any]],
        now: Callable[[], int],
        stop: threading.Event,
        told: Callable[[str, str, str], None],
    ) -> None:
        self._open_app = open_app
        self._now = now
        self._stop = stop
        self._told = told
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="auditor")
        self._last: dict[str, Any] | None = None

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Judge soon: something changed, or it is time to stop."""
        self._woken.set()

    def join(self, timeout_s: float) -> bool:
        """Whether the thread ended within the time."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def report(self) -> dict[str, Any] | None:
        return self._last

    def _run(self) -> None:
        sleep_s = 0.0
        while not self._stop.is_set():
            self._woken.wait(sleep_s)
            self._woken.clear()
            if not self._stop.is_set():
                sleep_s = self._judge()

    def _judge(self) -> float:
        """Judge what changed or came due; the seconds until the next verdict could change."""
        try:
            with self._open_app() as app:
                document = app.audit(now=self._now)
                due = app.next_due()
        except HubError as error:
            self._told("audit_failed", error.kind, error.message)
            return _RETRY_S
        except Exception as error:  # noqa: BLE001 the thread must outlive any fault
            _log.exception("audit_crashed")
            self._told("audit_failed", "bug", f"{type(error).__name__}: {error}")
            return _RETRY_S
        counts = {name: document.get(name) for name in ("judged", "issued", "pending", "undecided")}
        self._last = {"as_of": document.get("as_of"), **counts}
        (_log.info if document.get("judged") else _log.debug)("audit_done", **counts)
        wait_s = _LONGEST_SLEEP_S if due is None else float(due - self._now()) / instants.TICKS_PER_SECOND
        # Already past although just judged: undecided until its source is heard, which wakes us.
        return min(wait_s, _LONGEST_SLEEP_S) if wait_s > 0 else _LONGEST_SLEEP_S
