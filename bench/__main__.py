"""``make bench``: the Hub's sync through its real CLI, beside the limits measured in the same run.

Every figure is a whole process, the median of three. BENCH_RECORDS (default 500000) sets the size.
"""

import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import databases, limits, measure
from bench.data import MAPPING
from bench.report import Row, table

RUNS = int(os.environ.get("BENCH_RUNS", "3"))
RECORDS = int(os.environ.get("BENCH_RECORDS", "500000"))
ROOT = Path(__file__).parent.parent
HUB = str(Path(sys.executable).with_name("hub"))
#: What is asked of each way, as a ratio to its limit (PostgreSQL: COPY, SQLite: upsert).
TARGETS = {
    ("postgresql", "first load"): 0.40,
    ("postgresql", "10 % changed"): 0.65,
    ("postgresql", "0 % changed"): 1.5,
    ("postgresql", "bytes differ"): 0.45,
    ("sqlite", "first load"): 0.60,
    ("sqlite", "10 % changed"): 1.2,
    ("sqlite", "0 % changed"): 3.0,
    ("sqlite", "bytes differ"): 0.9,
}
_HUB_TOML = """
[hub]
city = "洛阳市"
[store]
url = "{url}"
[source.bench]
plugin = "rest"
mapping = "bench"
[source.bench.config]
base_url = "http://127.0.0.1:{port}"
records = "data.list"
paging = "cursor"
next = "data.next"
next_param = "cursor"
[source.bench.config.streams]
permits = {{ path = "/{variant}" }}
"""


@contextmanager
def department() -> Iterator[int]:
    """The department's server in a process of its own, its pages made before anything is timed."""
    command = [sys.executable, "-m", "bench.server", str(RECORDS)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        try:
            for variant in ("first", "tenth", "reordered"):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/{variant}").read()
            yield port
        finally:
            server.terminate()


class Installation:
    """An installation whose source is the bench's department."""

    def __init__(self, folder: Path, url: str, port: int) -> None:
        self.folder, self.url, self.port = folder, url, port
        (folder / "mappings").mkdir(parents=True)
        (folder / "mappings" / "bench.toml").write_text(MAPPING, "utf-8")

    def point_at(self, variant: str) -> None:
        text = _HUB_TOML.format(url=self.url, port=self.port, variant=variant)
        (self.folder / "hub.toml").write_text(text, "utf-8")

    def sync(self, variant: str) -> measure.Sample:
        self.point_at(variant)
        return measure.run([HUB, "--json", "sync"], self.folder)

    def clear(self) -> None:
        if self.url.startswith("postgresql"):
            databases.empty(self.url.replace("+psycopg", ""))
        else:
            for file in (self.folder / "var").glob("*"):
                file.unlink()


def hub_rows(engine: str, url: str, port: int, folder: Path, limit: float) -> Iterator[Row]:
    """First load, nothing changed, other bytes, a tenth changed: each three times, from the same state."""
    installation = Installation(folder / engine, url, port)
    taken: dict[str, list[measure.Sample]] = {}
    for _ in range(RUNS):
        installation.clear()
        for way, variant in (
            ("first load", "first"),
            ("0 % changed", "first"),
            ("bytes differ", "reordered"),
            ("10 % changed", "tenth"),
        ):
            taken.setdefault(way, []).append(installation.sync(variant))
    for way, samples in taken.items():
        middle = sorted(samples, key=lambda sample: sample.wall_s)[len(samples) // 2]
        yield Row.of(f"hub → {engine}, {way}", RECORDS, middle, limit, TARGETS.get((engine, way)))


def main() -> None:
    with tempfile.TemporaryDirectory() as name, department() as port, databases.postgres_url() as pg:
        folder = Path(name)
        ready = folder / "ready.tsv"
        limits.write_ready_rows(ready, RECORDS)
        rows = []

        def limit(title: str, *command: str) -> float:
            program = [sys.executable, "-m", "bench.limits", *command]
            sample = measure.median(
                RUNS, lambda: [f.unlink() for f in folder.glob("limit.db*")], program, ROOT
            )
            rows.append(Row.of(title, RECORDS, sample, None, None))
            return RECORDS / sample.wall_s

        copy = limit("COPY into a logged table", "copy", pg, str(ready))
        limit("COPY into a keyed table", "copy-keyed", pg, str(ready))
        upsert = limit("executemany upsert, SQLite", "sqlite", str(folder / "limit.db"), str(ready))
        rows += hub_rows(
            "postgresql", pg.replace("postgresql://", "postgresql+psycopg://"), port, folder, copy
        )
        rows += hub_rows("sqlite", "sqlite:///var/hub.db", port, folder, upsert)
    print(table(rows))


if __name__ == "__main__":
    main()
