"""The bench's rows as Markdown tables, and the page that keeps them."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.measure import Sample

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = (
    "| way | records/s | × limit | asked | wall s | CPU s | peak MB (each process) |\n"
    "|---|--:|--:|--:|--:|--:|--:|"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One way of doing it; ``ratio`` to its limit, ``target`` what is asked of that ratio."""

    title: str
    rate: float
    sample: Sample
    ratio: float | None
    target: float | None

    @classmethod
    def of(
        cls, title: str, records: int, sample: Sample, limit: float | None = None, target: float | None = None
    ) -> "Row":
        rate = records / sample.wall_s
        return cls(title, rate, sample, None if limit is None else rate / limit, target)

    def line(self) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        target = "" if self.target is None else f"≥ {self.target:.2f}"
        peaks = " + ".join(f"{peak:.0f}" for peak in self.sample.peaks_mb)
        return (
            f"| {self.title} | {self.rate:,.0f} | {ratio} | {target} "
            f"| {self.sample.wall_s:.2f} | {self.sample.cpu_s:.2f} | {peaks} |"
        )


class Report:
    """Prints each line as it comes, so that a long run shows where it is; keeps them for the page."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, *lines: str) -> None:
        for line in lines:
            self._lines += line.split("\n")
            print(line, flush=True)

    def table(self, head: str) -> None:
        self.add(f"\n{head}" if self._lines else head)

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"


def machine(postgres: str) -> str:
    """The class of machine the figures are of; no names of hosts or places."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, PostgreSQL {postgres}, "
        f"load at the end {os.getloadavg()[0]:.1f}"
    )


def write(section: str, about: Sequence[str], tables: str, path: Path = RESULTS) -> None:
    """Replace one section of the page of results, leaving the others as they are."""
    mark = f"## {section}\n"
    page = path.read_text("utf-8") if path.exists() else "# Results of the last runs kept\n"
    before, _, rest = page.partition(mark)
    _, found, after = rest.partition("\n## ")
    today = datetime.now(UTC).date().isoformat()
    body = "\n\n".join([f"{mark}\nMeasured {today}.", *about, tables])
    path.write_text(before.rstrip() + "\n\n" + body + (f"\n## {after}" if found else ""), "utf-8")
