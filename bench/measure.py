"""One command as a whole process: seconds, CPU seconds, and the peak memory of each of its processes."""

import contextlib
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Sample:
    """``peaks_mb``: resident peak of every process of the tree, the first of them the command's own."""

    wall_s: float
    cpu_s: float
    peaks_mb: tuple[float, ...]
    output: str = ""

    @property
    def memory_mb(self) -> float:
        return sum(self.peaks_mb)


@dataclass
class _Watch:
    """Looks five times a second which processes a tree has; the peak of each the kernel keeps itself.

    Not more often, because a look takes 2 ms of a processor that the measured ones need.
    """

    pid: int
    peaks: dict[int, int] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.done.wait(0.2):
            with contextlib.suppress(psutil.Error):
                root = psutil.Process(self.pid)
                for process in (root, *root.children(recursive=True)):
                    self._look_at(process.pid)

    def _look_at(self, pid: int) -> None:
        with contextlib.suppress(OSError):  # it has ended
            status = Path(f"/proc/{pid}/status").read_text()
            if found := re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE):
                self.peaks[pid] = max(int(found[1]) * 1024, self.peaks.get(pid, 0))


def run(command: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> Sample:
    """Run once; RuntimeError with what it printed when it fails."""
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        with subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=errors, env=env) as process:
            watch = _Watch(process.pid)
            watcher = threading.Thread(target=watch.run, daemon=True)
            watcher.start()
            assert process.stdout is not None
            output = process.stdout.read().decode("utf-8", "replace")
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.perf_counter() - started
            watch.done.set()
            watcher.join()
        if process.returncode:
            errors.seek(0)
            told = (output + errors.read().decode("utf-8", "replace"))[-3000:]
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {told}")
    watch.peaks[process.pid] = usage.ru_maxrss * 1024  # of the largest, which is the first
    peaks = tuple(watch.peaks[pid] / 2**20 for pid in sorted(watch.peaks))
    return Sample(wall, usage.ru_utime + usage.ru_stime, peaks, output)


def middle(samples: Sequence[Sample]) -> Sample:
    """The sample of median wall time."""
    wall = statistics.median_low(sample.wall_s for sample in samples)
    return next(sample for sample in samples if sample.wall_s == wall)


def median(runs: int, prepare: Callable[[], object], command: Sequence[str], cwd: Path) -> Sample:
    """The run of median wall time; ``prepare`` is called before each, unmeasured."""
    samples = []
    for _ in range(runs):
        prepare()
        samples.append(run(command, cwd))
    return middle(samples)
