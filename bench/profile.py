"""``python -m bench.profile``: where a sync's time goes, stage by stage, in CPU µs per record.

One installation is synced in this very process, each way of ``make bench`` in turn; the functions that
make up a stage are timed from outside, each by its own time without that of the stages it calls.
``wall`` counts the waits too. BENCH_RECORDS (default 200000) sets the size, BENCH_ENGINES the engines;
``--write`` keeps the results.
"""

import contextlib
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

os.environ.setdefault("BENCH_RECORDS", "200000")
RECORDS = int(os.environ["BENCH_RECORDS"])
ENGINES = os.environ.get("BENCH_ENGINES", "postgresql sqlite").split()
WAYS = (
    ("first load", "first"),
    ("0 % changed", "first"),
    ("bytes differ", "reordered"),
    ("10 % changed", "tenth"),
)
#: Stage by stage, what belongs to it: module, its object (or none), name.
STAGES: tuple[tuple[str, str, str], ...] = (
    ("frame", "hub.runner.pull", "read_frame"),
    ("split", "hub.runner.pull", "unpack_records"),
    ("hash", "hub.store.intake", "Intake.digests"),
    ("hash", "hub.store.preparing", "value_fingerprints"),
    ("lookup", "hub.store.recognising", "Recognising.ahead"),
    ("lookup", "hub.store.recognising", "Recognising.fresh"),
    ("lookup", "hub.store.desk", "Desk.rechecks"),
    ("lookup", "hub.store.standing", "Lookup._fetch"),
    ("decode", "hub.mapping.row_reader", "RowReader.frame"),
    ("decode", "hub.mapping.frame", "Frame.column"),
    ("map", "hub.mapping.stream", "StreamMapping.apply"),
    ("validate", "hub.mapping.columns", "convert"),
    ("validate", "hub.store.rows", "check_texts"),
    ("decide", "hub.store.desk", "Desk.plan_ahead"),
    ("decide", "hub.store.desk", "Desk.plan"),
    ("decide", "hub.store.desk", "Desk.remember"),
    ("encode", "hub.store.postgres", "copy_pieces"),
    ("encode", "hub.store.rows", "Rows.pieces"),
    ("write", "hub.store.landing", "Landing.write"),
    ("commit", "sqlalchemy.engine.default", "DefaultDialect.do_commit"),
)
NAMES = ("fetch", *dict.fromkeys(stage for stage, _, _ in STAGES), "rest", "server")


@dataclass
class Clock:
    """Adds up, per stage, CPU and wall seconds of all threads."""

    cpu: dict[str, float] = field(default_factory=dict)
    wall: dict[str, float] = field(default_factory=dict)
    _here: threading.local = field(default_factory=threading.local)

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        stack: list[list[float]] = self._here.__dict__.setdefault("stack", [])
        cpu, wall = time.thread_time(), time.perf_counter()
        stack.append([0.0, 0.0])
        try:
            yield
        finally:
            cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
            inner_cpu, inner_wall = stack.pop()
            self.cpu[stage] = self.cpu.get(stage, 0.0) + cpu - inner_cpu
            self.wall[stage] = self.wall.get(stage, 0.0) + wall - inner_wall
            if stack:
                stack[-1][0] += cpu
                stack[-1][1] += wall

    def around(self, stage: str, inner: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed; what it yields is timed step by step."""

        def timed(*args: Any, **named: Any) -> Any:
            with self.on(stage):
                made = inner(*args, **named)
            return self._steps(stage, made) if hasattr(made, "send") else made

        return timed

    def _steps(self, stage: str, steps: Iterator[Any]) -> Iterator[Any]:
        while True:
            with self.on(stage):
                step = next(steps, None)
            if step is None:
                return
            yield step


def install(clock: Clock) -> None:
    """Put the clock around every function of a stage."""
    for stage, module, path in STAGES:
        __import__(module)
        owner: Any = sys.modules[module]
        *outer, name = path.split(".")
        for part in outer:
            owner = getattr(owner, part)
        setattr(owner, name, clock.around(stage, getattr(owner, name)))


def server_cpu(root: psutil.Process | None) -> float:
    """CPU seconds of the database's processes so far."""
    if root is None:
        return 0.0
    ended = root.cpu_times()
    used = ended.children_user + ended.children_system
    for process in (root, *root.children()):
        with contextlib.suppress(psutil.NoSuchProcess):  # a worker that ended meanwhile
            times = process.cpu_times()
            used += times.user + times.system
    return float(used)


def postmaster(url: str) -> psutil.Process | None:
    """The embedded server's first process; None for a server elsewhere."""
    if "host=/" not in url:
        return None
    folder = url.split("host=", 1)[1]
    return psutil.Process(int((Path(folder) / "postmaster.pid").read_text().split()[0]))


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(clock: Clock, server: psutil.Process | None) -> tuple[Clock, float]:
    """One sync in this process: stage by stage, and its wall time."""
    clock.cpu.clear()
    clock.wall.clear()
    before = (server_cpu(server), children_cpu(), time.process_time(), time.perf_counter())
    sync()
    wall = time.perf_counter() - before[3]
    clock.cpu["rest"] = time.process_time() - before[2] - sum(clock.cpu.values())
    clock.cpu["fetch"] = children_cpu() - before[1]
    clock.cpu["server"] = server_cpu(server) - before[0]
    return clock, wall


def sync() -> None:
    """``hub --json sync`` of the installation in the working directory, in this process."""
    from hub.__main__ import main as run_hub

    sys.argv = ["hub", "--json", "sync"]
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        try:
            run_hub()
        except SystemExit as ended:
            if ended.code:
                raise RuntimeError(f"the sync ended with {ended.code}") from ended


def line(engine: str, way: str, clock: Clock, wall: float) -> str:
    def per_record(seconds: float) -> str:
        return f"{seconds / RECORDS * 1e6:.2f}"

    cells = [per_record(clock.cpu.get(name, 0.0)) for name in NAMES]
    waits = [per_record(clock.wall[name]) if name in clock.wall else "" for name in NAMES]
    total = per_record(sum(clock.cpu.values()))
    return (
        f"| {engine}, {way}: CPU | {' | '.join(cells)} | {total} |\n"
        f"| wall | {' | '.join(waits)} | {per_record(wall)} |"
    )


def main() -> None:
    from bench.databases import postgres_url
    from bench.department import department
    from bench.installations import RestInstallation
    from bench.report import Report, write

    clock, out, kept = Clock(), Report(), "--write" in sys.argv[1:]
    install(clock)
    out.table(f"| µs per record | {' | '.join(NAMES)} | sum |\n|---|{'--:|' * (len(NAMES) + 1)}")
    with tempfile.TemporaryDirectory() as name, department(RECORDS) as port, postgres_url() as pg:
        urls = {
            "postgresql": pg.replace("postgresql://", "postgresql+psycopg://"),
            "sqlite": "sqlite:///var/hub.db",
        }
        for engine in ENGINES:
            installation = RestInstallation(Path(name) / engine, urls[engine], port)
            server = postmaster(pg) if engine == "postgresql" else None
            for way, variant in WAYS:
                installation.point_at(variant)
                os.chdir(installation.folder)
                out.add(line(engine, way, *measure(clock, server)))
    if kept:
        about = [
            f"`python -m bench.profile --write`: {RECORDS:,} records of 20 fields, µs for each.",
            "The server is fresh, so the first load also makes its log files.",
        ]
        write("Where a sync's time goes", about, out.text())


if __name__ == "__main__":
    main()
