"""Start-up: what an operator waits for before the Hub does anything."""

import sys
from collections.abc import Iterator
from pathlib import Path

from bench import measure
from bench.sizes import HUB, RUNS

HEAD = "| start-up | s | CPU s | × imports | asked |\n|---|--:|--:|--:|--:|"


def help_lines(folder: Path) -> Iterator[str]:
    """hub --help beside the bare import of what it prints with."""
    imports = [sys.executable, "-c", "import click, rich"]
    bare = measure.median(RUNS, lambda: None, imports, folder)
    helped = measure.median(RUNS, lambda: None, [HUB, "--help"], folder)
    yield f'| python -c "import click, rich" | {bare.wall_s:.3f} | {bare.cpu_s:.2f} |  |  |'
    ratio = helped.wall_s / bare.wall_s
    yield f"| hub --help | {helped.wall_s:.3f} | {helped.cpu_s:.2f} | {ratio:.2f} | ≤ 3 × |"


def status_line(folder: Path, cases: int) -> str:
    """hub status on a store of so many cases."""
    sample = measure.median(RUNS, lambda: None, [HUB, "status"], folder)
    return f"| hub status, {cases:,} cases | {sample.wall_s:.3f} | {sample.cpu_s:.2f} |  | < 1 s |"
