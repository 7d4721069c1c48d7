"""One child process: started clean, listened to with bounded waits, and gone with all it started."""

import contextlib
import io
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hub.errors import DeadlineExceeded, SourceError
from hub.runner.output import Output
from hub.wire import Order, frame

#: Nothing of the Hub's own environment: its store's URL and other sources' secrets live there.
ENVIRONMENT: Mapping[str, str] = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
}
_SLICE_S = 0.5
_PIPE_BYTES = 1 << 20
_BUFFER_BYTES = 1 << 16
_F_SETPIPE_SZ = 1031


class Process:
    """The process of one plugin, in a session of its own. Every wait ends at the deadline, or at ``stop``."""

    def __init__(
        self, deadline_s: float, cwd: str, stop: Callable[[], bool] = lambda: False, *, kind: str = ""
    ) -> None:
        """``kind``: what it will be asked to play, so that it can load that before it is asked."""
        self._stop = stop
        self._end = time.monotonic() + deadline_s
        self._deadline_s = deadline_s
        self.reaped = False
        #: What it was told to do, once it was.
        self.told: Order | None = None
        child_reads, self._writer = os.pipe()
        self._reader, child_writes = os.pipe()
        try:
            self._popen = _launched(child_reads, child_writes, kind, cwd)
        except BaseException:
            os.close(self._writer)
            os.close(self._reader)
            raise
        finally:
            os.close(child_reads)
            os.close(child_writes)
        _widen(self._reader)
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._incoming = io.BufferedReader(_Incoming(self._reader, self._wait), _BUFFER_BYTES)
        assert self._popen.stdout
        assert self._popen.stderr
        self.output = Output(self._popen.stdout, self._popen.stderr)

    def allow(self, seconds: float, stop: Callable[[], bool] | None = None) -> None:
        """Set the deadline anew: so long from now. ``stop``: who else may end a wait."""
        self._end = time.monotonic() + seconds
        self._deadline_s = seconds
        self._stop = stop or self._stop

    def tell(self, order: Order) -> None:
        """Give it its order."""
        self.told = order
        self.write(frame(order))

    def read(self, size: int) -> bytes:
        """Exactly ``size`` bytes, fewer only at the end; DeadlineExceeded when time is up."""
        return self._incoming.read(size)

    def write(self, pieces: Sequence[bytes | bytearray]) -> None:
        """All of it, or as much as a process that died could take."""
        for piece in pieces:
            view = memoryview(piece)
            while view:
                try:
                    view = view[os.write(self._writer, view) :]
                except BlockingIOError:
                    if self._wait(self._writer, selectors.EVENT_WRITE):
                        return
                except BrokenPipeError:
                    return

    def _wait(self, descriptor: int, event: int) -> bool:
        """Wait for the descriptor; True once the process is dead and nothing came in a whole slice."""
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            while True:
                left = self._end - time.monotonic()
                if left <= 0:
                    raise DeadlineExceeded(
                        f"the pull took longer than its deadline of {self._deadline_s:g} s and was stopped",
                        remedy="raise `deadline` of the source, or find out what it waits for",
                    )
                if self._stop():
                    raise SourceError("the run was stopped by a signal", remedy="run hub sync again")
                dead = self._popen.poll() is not None
                if selector.select(min(left, _SLICE_S)):
                    return False
                if dead:
                    return True

    def ended(self) -> int | None:
        """How the process ended (negative: the signal), waiting a moment for one that is about to."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._popen.wait(timeout=2)
        return None

    def obituary(self) -> str:
        """How a process ended that should not have."""
        status = self.ended()
        if status is None:
            return "the plugin's process closed its wire and went on running"
        if status < 0:
            return f"the plugin's process was killed by {_signal_name(-status)}"
        return f"the plugin's process ended early with exit code {status}, without a final word"

    def close(self) -> None:
        """Kill the process and everything it started that is still in its session."""
        if self.reaped:
            return
        self.reaped = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.wait()
        self.output.close()
        os.close(self._reader)
        os.close(self._writer)


def _launched(reads: int, writes: int, kind: str, cwd: str) -> "subprocess.Popen[bytes]":
    """The child, in a session of its own, with nothing of ours but these two descriptors."""
    isolated = (sys.executable, "-I", "-X", "utf8", "-m", "hub.child")
    return subprocess.Popen(
        [*isolated, str(reads), str(writes), kind],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(ENVIRONMENT),
        cwd=cwd,
        pass_fds=(reads, writes),
        start_new_session=True,
    )


class _Incoming(io.RawIOBase):
    """What comes out of the process. Below a BufferedReader, so that a body is read into where it stays."""

    def __init__(self, descriptor: int, wait: Callable[[int, int], bool]) -> None:
        self._descriptor, self._wait = descriptor, wait
        self._gone = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            try:
                return os.readv(self._descriptor, [buffer])
            except BlockingIOError:
                if self._gone:  # the process is dead; a grandchild holds the pipe open and says nothing
                    return 0
                self._gone = self._wait(self._descriptor, selectors.EVENT_READ)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _widen(descriptor: int) -> None:
    """Fewer turns through the kernel; a refusal changes nothing."""
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.fcntl(descriptor, _F_SETPIPE_SZ, _PIPE_BYTES)
