"""Two stages of one sync: while a batch is written, the next one is received and mapped."""

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

#: How long a thread that waits for the interpreter lets another one go on, in seconds. The default is
#: longer than the database takes for what was just sent, which then waits for us.
_TURN_S = 0.0005


class Writer:
    """Does one thing at a time, in the order asked for, in a thread of its own.

    An error is raised where the next thing is asked for, which then is not begun; leaving waits for
    what is under way, so nothing is being written any more when the run is ended.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "hub-writer")
        self._under_way: Future[bytes] | None = None
        self._turn_s = sys.getswitchinterval()
        sys.setswitchinterval(_TURN_S)

    def begin(self, work: Callable[[], bytes]) -> None:
        """Begin this once what is under way has ended well."""
        self.settle()
        self._under_way = self._thread.submit(work)

    def settle(self) -> bytes:
        """Wait for what is under way; what it returned, nothing if there was none."""
        waited, self._under_way = self._under_way, None
        return waited.result() if waited is not None else b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.settle()
        finally:
            self._thread.shutdown()
            sys.setswitchinterval(self._turn_s)
