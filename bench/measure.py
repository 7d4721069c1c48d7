"""One command as a whole process: seconds, CPU seconds, and the peak memory of each of its processes."""

import os
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
    """Looks at a process tree fifty times a second; the kernel keeps no peak for a whole tree."""

    pid: int
    peaks: dict[int, int] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.done.wait(0.02):
            try:
                root = psutil.Process(self.pid)
                for process in (root, *root.children(recursive=True)):
                    rss = process.memory_info().rss
                    self.peaks[process.pid] = max(rss, self.peaks.get(process.pid, 0))
            except psutil.Error:
                continue


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
