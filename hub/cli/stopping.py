"""Ctrl-C and SIGTERM as a question the work asks between batches, so that it stops with its sums right."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

from hub.cli.failures import INTERRUPTED
from hub.i18n import gettext

Stop = Callable[[], bool]


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
        err.write(gettext("Stopping after the batch under way; once more stops at once.") + "\n")

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
