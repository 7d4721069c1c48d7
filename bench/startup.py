"""Start-up: what an operator waits for before the Hub does anything."""

import sys
from collections.abc import Iterator
from pathlib import Path

from bench import measure
from bench.sizes import HUB, RUNS

HEAD = "| start-up | s | × imports | asked |\n|---|--:|--:|--:|"


def help_lines(folder: Path) -> Iterator[str]:
    """hub --help beside the bare import of what it prints with."""
    imports = [sys.executable, "-c", "import click, rich"]
    bare = measure.median(RUNS, lambda: None, imports, folder).wall_s
    helped = measure.median(RUNS, lambda: None, [HUB, "--help"], folder).wall_s
    yield f'| python -c "import click, rich" | {bare:.3f} |  |  |'
    yield f"| hub --help | {helped:.3f} | {helped / bare:.2f} | ≤ 3 × |"


def status_line(folder: Path, cases: int) -> str:
    """hub status on a store of so many cases."""
    sample = measure.median(RUNS, lambda: None, [HUB, "status"], folder)
    return f"| hub status, {cases:,} cases | {sample.wall_s:.3f} |  | < 1 s |"
