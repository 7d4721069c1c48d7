"""The audit, read from and written to PostgreSQL: everything, everything again, and what changed since.

``python -m bench.audit`` alone (BENCH_CASES sets the size). Each audit is a process of its own, for its peak
memory; its seconds leave out the start of the process.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from bench import cases, databases, measure, startup
from bench.sizes import CASES, ROOT
from hub.app import App, open_app
from hub.memory import keep_warm
from hub.model.instants import parse_iso
from hub.settings import load_settings
from hub.verbs.benches import bench_of

CHANGED = 1_000
ASKED_RATE = 150_000
ASKED_SHARE = 50
HEAD = "| audit | cases | s | cases/s | asked | cards issued | peak MB |\n|---|--:|--:|--:|--:|--:|--:|"


@dataclass(frozen=True, slots=True)
class Audited:
    """What one audit did."""

    judged: int
    issued: int
    seconds: float
    peak_mb: float

    def line(self, what: str, asked: str) -> str:
        rate = self.judged / self.seconds
        return (
            f"| {what} | {self.judged:,} | {self.seconds:.2f} | {rate:,.0f} | {asked} "
            f"| {self.issued:,} | {self.peak_mb:.0f} |"
        )


def judge(folder: Path, *, all_: bool) -> None:
    """Audit in this process and print what was done as JSON."""
    keep_warm()  # as every door of the Hub does
    with open_app(load_settings(folder / "hub.toml")) as app:
        now = parse_iso(cases.NOW, app.installation.settings.zone)
        _start(app, now)
        started = time.perf_counter()
        done = app.audit(all_=all_, now=lambda: now)
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([done["judged"], done["issued"], seconds, peak]))


def _start(app: App, now: int) -> None:
    """What a daemon does once in its life: imports (verbs import as they go), the tables of the zone."""
    for module in ("hub.verbs.auditing", "numpy.ma"):  # numpy loads the latter when it first sorts
        import_module(module)
    bench_of(app.installation, now=now, as_of=None)


def _audit(folder: Path, what: str) -> Audited:
    sample = measure.run([sys.executable, "-m", "bench.audit", what, str(folder)], ROOT)
    return Audited(*json.loads(sample.output))


def _fill(folder: Path, url: str, count: int) -> None:
    databases.empty(url)
    cases.install(folder, databases.hub_url(url))
    measure.run([sys.executable, "-m", "bench.cases", "fill", str(folder), str(count)], ROOT)


def audit_lines(folder: Path, url: str, count: int) -> Iterator[str]:
    """First, all again, after changes; the store of so many cases stays behind in the folder."""
    _fill(folder, url, count)
    first = _audit(folder, "due")
    yield first.line("first", f"≥ {ASKED_RATE:,}/s")
    full = _audit(folder, "all")
    yield full.line("--all, nothing new", f"≥ {ASKED_RATE:,}/s")
    changed = min(CHANGED, count // 10)
    measure.run([sys.executable, "-m", "bench.cases", "change", str(folder), str(changed)], ROOT)
    some = _audit(folder, "due")
    if some.judged != changed:
        raise RuntimeError(f"{changed} cases changed, {some.judged} were judged")
    shares = (f"1/{each.seconds / some.seconds:.0f}" for each in (first, full))
    asked = "≤ 1/{} of the full one; here {} of the first, {} of --all".format(ASKED_SHARE, *shares)
    yield some.line(f"after {changed:,} changes", asked)


def growth_lines(folder: Path, url: str, count: int) -> Iterator[str]:
    """The first audit and --all at a tenth of the cases, all, and five times as many."""
    for size in (count // 10, count, count * 5):
        place = folder / f"audit-{size}"
        _fill(place, url, size)
        yield _audit(place, "due").line(f"growth, first of {size:,}", "")
        yield _audit(place, "all").line(f"growth, --all of {size:,}", "")


def main() -> None:
    with tempfile.TemporaryDirectory() as name, databases.postgres_url() as url:
        print(HEAD)
        for line in audit_lines(Path(name) / "audit", url, CASES):
            print(line, flush=True)
        print(f"\n{startup.HEAD}")
        print(startup.status_line(Path(name) / "audit", CASES))


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case ["due" | "all" as what, folder]:
            judge(Path(folder), all_=what == "all")
        case _:
            sys.exit(__doc__)
