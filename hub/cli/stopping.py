"""Ctrl-C and SIGTERM as a question the work asks between batches, so that it stops with its sums right."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TextIO

from hub.cli.failures import INTERRUPTED
from hub.i18n import gettext

Stop = Callable[[], bool]


def stop_signals() -> list[signal.Signals]:
    """Those that ask to stop; a terminal that hangs up is one, unless nohup told us to outlive it."""
    outlive = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [signal.SIGINT, signal.SIGTERM, *([] if outlive else [signal.SIGHUP])]


@contextmanager
def asked_to_stop(err: TextIO) -> Iterator[Stop]:
    """While open, the first signal only raises the flag; the second ends the process."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            os._exit(INTERRUPTED)  # threads may wait for a plugin; a batch is one transaction anyway
        asked.set()
        with suppress(OSError):  # the terminal may be gone
            err.write(gettext("Stopping after the batch under way; once more stops at once.") + "\n")

    before = {number: signal.signal(number, on_signal) for number in stop_signals()}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
