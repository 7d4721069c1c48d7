"""The audit's store: cases with 0.7 pauses each and two limits, one of twenty late, stored as a run would.

``python -m bench.cases fill FOLDER COUNT`` and ``… change FOLDER COUNT`` act on an installation made here.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from hub.app import App, open_app
from hub.model.instants import parse_iso
from hub.model.records import Mapped, RawBatch, RecordBlock
from hub.settings import load_settings

BATCH = 20_000
#: Cases received in the 90 days from BASE; judged at NOW.
BASE, NOW = "2012-06-01T08:30:00", "2012-10-26T18:00:00"
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


def install(folder: Path, url: str) -> None:
    """hub.toml, the mapping and a catalogue of 256 items."""
    (folder / "mappings").mkdir(parents=True)
    (folder / "inbox").mkdir()
    (folder / "hub.toml").write_text(_HUB_TOML.format(url=url), "utf-8")
    (folder / "mappings" / "bench.toml").write_text(_MAPPING, "utf-8")
    items = (
        f"I{n},事项{n},部门{n % 48},promised,20,working_day,12,working_day,,,2010-01-01,\n"
        for n in range(256)
    )
    (folder / "mappings" / "items.csv").write_text(_ITEMS + "".join(items), "utf-8")


def _is_open(n: int) -> bool:
    return n % 10 == 0


def _start(n: int, base: int) -> int:
    """Open cases came in the last eight days, but for one in ten of them, which is overdue by now."""
    day = 139 + n // 10 % 8 if _is_open(n) and n % 100 else n % 90
    return base + day * _DAY + (n % 30_000) * 2_000_000


def _end(n: int, base: int, extra_days: int) -> int | None:
    """Nine of ten are closed; of those one in twenty-two after both limits."""
    late = 40 if n % 22 == 0 else 0
    return None if _is_open(n) else _start(n, base) + (n % 12 + late + extra_days) * _DAY


def _case_block(numbers: Sequence[int], base: int, extra_days: int = 0) -> RecordBlock:
    starts = [_start(n, base) for n in numbers]
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
            "closed_at": [_end(n, base, extra_days) for n in numbers],
        },
    )


def _pause_block(numbers: Sequence[int], base: int) -> RecordBlock:
    starts = [_start(n, base) + _DAY for n in numbers]
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


def _all(count: int, base: int) -> Iterator[tuple[str, RecordBlock]]:
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        yield "cases", _case_block(numbers, base)
        yield "pauses", _pause_block([n for n in numbers if n % 10 in range(1, 8)], base)


def _changed(count: int, base: int) -> Iterator[tuple[str, RecordBlock]]:
    """Closed cases from all over the store, each closed a day later."""
    yield "cases", _case_block([n * 10 + 1 for n in range(count)], base, extra_days=1)


def _store(app: App, blocks: Iterator[tuple[str, RecordBlock]], now: int, tag: str) -> None:
    """Store blocks as a run would, without a department behind it."""
    store = app.installation.store
    with store.begin_run("bench", "sync", ["cases", "pauses"], tag, now, snapshots=()) as run:
        for stream, block in blocks:
            raws = [f"{tag}{key}".encode() for key in block.keys]
            run.store(RawBatch(stream, raws), Mapped((block,), dict(enumerate(block.keys))), now=now)
        run.finish("ok", now, bounds={"cases": now, "pauses": now})


def main(action: str, folder: str, count: str) -> None:
    with open_app(load_settings(Path(folder) / "hub.toml")) as app:
        zone = app.installation.settings.zone
        base, now = parse_iso(BASE, zone), parse_iso(NOW, zone)
        match action:
            case "fill":
                _store(app, _all(int(count), base), now, "1")
            case "change":
                _store(app, _changed(int(count), base), now, "2")
            case _:
                sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
