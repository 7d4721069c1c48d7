"""The audit: a million cases with 0.7 million pauses and two limits, read from and written to PostgreSQL.

``python -m bench.audit`` (BENCH_CASES, default 1000000). Process start is excluded; rates are cases/s.
"""

import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import databases
from hub.app import App, open_app
from hub.model.instants import parse_iso
from hub.model.records import Mapped, RawBatch, RecordBlock
from hub.settings import load_settings

CASES = int(os.environ.get("BENCH_CASES", "1000000"))
BATCH = 20_000
CHANGED = 1_000
_DAY = 86_400 * 2_000_000
_HUB_TOML = """
[hub]
city = "洛阳市"
[store]
url = "{url}"
[source.bench]
plugin = "files"
mapping = "bench"
[source.bench.config]
folder = "inbox"
[source.bench.config.streams]
cases = {{ pattern = "cases*.csv" }}
pauses = {{ pattern = "pauses*.csv" }}
"""
_MAPPING = """
[streams.cases]
record = "case"
[streams.cases.fields]
case_no = "no"
item_code = "item"
department = "department"
received_at = "received"
accepted_at = "accepted"
closed_at = "closed"
[streams.pauses]
record = "pause"
[streams.pauses.fields]
case_no = "no"
seq = "seq"
kind = "kind"
applied_length = "length"
applied_unit = "unit"
started_at = "start"
ended_at = "end"
"""
_ITEMS = (
    "item_code,name,department,case_type,statutory_limit,statutory_unit,promised_limit,promised_unit,"
    "pause_kinds,fee,effective_from,effective_to\n"
)


def installation(folder: Path, url: str) -> App:
    (folder / "mappings").mkdir()
    (folder / "inbox").mkdir()
    (folder / "hub.toml").write_text(_HUB_TOML.format(url=url), "utf-8")
    (folder / "mappings" / "bench.toml").write_text(_MAPPING, "utf-8")
    items = (
        f"I{n},事项{n},部门{n % 48},promised,20,working_day,12,working_day,,,2010-01-01,\n"
        for n in range(256)
    )
    (folder / "mappings" / "items.csv").write_text(_ITEMS + "".join(items), "utf-8")
    return open_app(load_settings(folder / "hub.toml"))


def _case_block(numbers: range, base: int, *, closed_later: bool = False) -> RecordBlock:
    """Nine of ten cases are closed, one of fifteen late; the rest are open."""
    starts = [base + (n % 90) * _DAY + (n % 30_000) * 2_000_000 for n in numbers]
    lasted = [(n % 12 + (25 if n % 15 == 0 else 0) + closed_later) * _DAY for n in numbers]
    return RecordBlock(
        "case",
        [f"K{n:08d}" for n in numbers],
        list(range(len(numbers))),
        {
            "case_no": [f"K{n:08d}" for n in numbers],
            "item_code": [f"I{n % 256}" for n in numbers],
            "department": [f"部门{n % 48}" for n in numbers],
            "received_at": starts,
            "accepted_at": starts,
            "closed_at": [
                None if n % 10 == 0 else s + d for n, s, d in zip(numbers, starts, lasted, strict=True)
            ],
        },
    )


def _pause_block(numbers: list[int], base: int) -> RecordBlock:
    starts = [base + (n % 90 + 1) * _DAY for n in numbers]
    return RecordBlock(
        "pause",
        [f"K{n:08d}\x1f1" for n in numbers],
        list(range(len(numbers))),
        {
            "case_no": [f"K{n:08d}" for n in numbers],
            "seq": ["1"] * len(numbers),
            "kind": ["hearing"] * len(numbers),
            "applied_length": [5.0] * len(numbers),
            "applied_unit": ["working_day"] * len(numbers),
            "started_at": starts,
            "ended_at": [start + 3 * _DAY for start in starts],
        },
    )


def _batches(count: int, base: int) -> Iterator[tuple[str, RecordBlock]]:
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        yield "cases", _case_block(numbers, base)
        yield "pauses", _pause_block([n for n in numbers if n % 10 < 7], base)


def fill(app: App, blocks: Iterator[tuple[str, RecordBlock]], now: int, tag: str) -> None:
    """Store blocks as a run would, without a department behind it."""
    store = app.installation.store
    with store.begin_run("bench", "sync", ["cases", "pauses"], tag, now, snapshots=()) as run:
        for stream, block in blocks:
            raws = [f"{tag}{key}".encode() for key in block.keys]
            keys = dict(enumerate(block.keys))
            run.store(RawBatch(stream, raws), Mapped((block,), keys), now=now)
        run.finish("ok", now, bounds={"cases": now, "pauses": now})


def timed(what: str, audit: Callable[[], dict[str, object]]) -> None:
    started = time.perf_counter()
    done = audit()
    seconds = time.perf_counter() - started
    judged = int(str(done["judged"]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"| {what} | {judged:,} | {seconds:.2f} | {judged / seconds:,.0f} | {done['issued']} | {peak:.0f} |",
        flush=True,
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as name, databases.postgres_url() as pg:
        app = installation(Path(name), pg.replace("postgresql://", "postgresql+psycopg://"))
        zone = app.installation.settings.zone
        base, now = parse_iso("2012-06-01T08:30:00", zone), parse_iso("2012-10-26T18:00:00", zone)
        with app:
            fill(app, _batches(CASES, base), now, "1")
            print("| audit | cases | s | cases/s | cards issued | peak MB |\n|---|--:|--:|--:|--:|--:|")
            timed("first", lambda: app.audit(now=lambda: now))
            timed("--all, nothing new", lambda: app.audit(all_=True, now=lambda: now))
            fill(
                app, iter([("cases", _case_block(range(1, CHANGED + 1), base, closed_later=True))]), now, "2"
            )
            timed(f"after {CHANGED:,} changes", lambda: app.audit(now=lambda: now))


if __name__ == "__main__":
    main()
