"""Growth: the same sync at a fifth of the records, at all, at four times as many.

Asked: time per record within 15 %.
"""

from collections.abc import Iterator
from pathlib import Path

from bench import databases, syncs
from bench.department import department

WAYS = ("first load", "0 % changed", "10 % changed")
ASKED = 1.15
MEMORY_MB = 400
HEAD = (
    "| growth | records | µs per record | × the smallest | asked | peak MB of all processes (asked ≤ 400) |\n"
    "|---|--:|--:|--:|--:|--:|"
)


def sync_lines(folder: Path, url: str, records: int) -> Iterator[str]:
    """A line for each engine, way and size."""
    stores = {"postgresql": databases.hub_url(url), "sqlite": "sqlite:///var/hub.db"}
    smallest: dict[tuple[str, str], float] = {}
    for size in (records // 5, records, records * 4):
        with department(size, ("first", "tenth")) as port:
            for engine, store in stores.items():
                place = folder / f"growth-{engine}-{size}"
                for way, sample in syncs.rest_samples(place, store, port, size, WAYS).items():
                    each = sample.wall_s / size * 1e6
                    first = smallest.setdefault((engine, way), each)
                    yield (
                        f"| hub REST → {engine}, {way} | {size:,} | {each:.2f} | {each / first:.2f} "
                        f"| ≤ {ASKED} | {sample.memory_mb:.0f} |"
                    )
