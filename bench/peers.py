"""``make bench-peers``: dlt beside the Hub, the same records from the same server into the same PostgreSQL.

Whole processes, median of three; each way starts from an empty database. BENCH_RECORDS and BENCH_RUNS set the
size; ``--write`` keeps the results. dlt lives in a venv of its own (.bench-venv, pinned in bench/peers.lock).
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from bench import databases, measure, report, syncs
from bench.department import department
from bench.measure import Sample
from bench.report import Report
from bench.sizes import RECORDS, ROOT, RUNS

PEERS_PYTHON = ROOT / ".bench-venv" / "bin" / "python"
PROGRAM = Path(__file__).with_name("dlt_load.py")
WAYS = {"first load": "first", "10 % changed": "tenth"}
#: How many times the rate of each peer is asked of the Hub.
ASKED = {
    ("default", "first load"): 15.0,
    ("tuned", "first load"): 1.5,
    ("tuned", "10 % changed"): 3.0,
}
TITLES = {"default": "dlt, default", "tuned": "dlt, tuned (Arrow pages, parquet, ADBC)"}
HEAD = (
    "| way | records/s | hub × this | asked | wall s | CPU s | peak MB (each process) |\n"
    "|---|--:|--:|--:|--:|--:|--:|"
)


def _dlt_url(url: str) -> str:
    """dlt wants a host and a password in the URL; libpq lets ``?host=`` overrule the host."""
    user, place = url.removeprefix("postgresql://").split("@", 1)
    host = "localhost" if place.startswith("/") else ""
    return f"postgresql://{user}:{databases.password() or 'unused'}@{host}{place}"


def _check(url: str, way: str) -> None:
    """RuntimeError unless all records arrived, and with them what has changed."""
    moved = RECORDS // 10 if WAYS[way] == "tenth" else 0
    with psycopg.connect(url) as connection:
        counted = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE bjsj::text LIKE '2012-11-%') FROM dlt_bench.permits"
        ).fetchone()
    if counted != (RECORDS, moved):
        raise RuntimeError(f"dlt, {way}: {counted} in the table instead of {(RECORDS, moved)}")


def dlt_round(folder: Path, url: str, port: int, how: str) -> dict[str, Sample]:
    """Each way once; the second goes on from the first, with dlt's own state of it."""
    taken: dict[str, Sample] = {}
    state = folder / f"dlt-{how}"
    state.mkdir()
    own = {"DLT_DATA_DIR": str(state), "RUNTIME__DLTHUB_TELEMETRY": "false"}
    for way, variant in WAYS.items():
        command = [PEERS_PYTHON, PROGRAM, how, f"http://127.0.0.1:{port}", variant, _dlt_url(url), state]
        taken[way] = measure.run([str(word) for word in command], state, {**os.environ, **own})
        _check(url, way)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS dlt_bench, dlt_bench_staging CASCADE")
    shutil.rmtree(state)
    return taken


def _lines(hub: dict[str, Sample], peers: dict[str, dict[str, Sample]]) -> Iterator[str]:
    for way, ours in hub.items():
        yield _line(f"hub → postgresql, {way}", ours, "", "")
        for how, samples in peers.items():
            asked = ASKED.get((how, way))
            ratio = samples[way].wall_s / ours.wall_s
            title = f"{TITLES[how]} → postgresql, {way}"
            yield _line(title, samples[way], f"{ratio:.1f}", f"≥ {asked:g}" if asked else "")


def _line(title: str, sample: Sample, ratio: str, asked: str) -> str:
    peaks = " + ".join(f"{peak:.0f}" for peak in sample.peaks_mb)
    rate = RECORDS / sample.wall_s
    return (
        f"| {title} | {rate:,.0f} | {ratio} | {asked} | {sample.wall_s:.2f} | {sample.cpu_s:.2f} | {peaks} |"
    )


def main() -> None:
    if not PEERS_PYTHON.exists():
        sys.exit("the peers have no venv yet: make bench-peers")
    out = Report()
    with (
        tempfile.TemporaryDirectory() as name,
        department(RECORDS, tuple(WAYS.values())) as port,
        databases.postgres_url() as pg,
    ):
        folder = Path(name)
        rounds: dict[str, list[dict[str, Sample]]] = {how: [] for how in TITLES}

        def beside() -> None:
            for how, taken in rounds.items():
                taken.append(dlt_round(folder, pg, port, how))

        hub = syncs.rest_samples(
            folder / "hub", databases.hub_url(pg), port, RECORDS, tuple(WAYS), beside=beside
        )
        machine = report.machine(databases.version(pg))
    peers = {
        how: {way: measure.middle([each[way] for each in taken]) for way in WAYS}
        for how, taken in rounds.items()
    }
    out.table(HEAD)
    out.add(*_lines(hub, peers), f"\n{machine}; median of {RUNS}")
    if "--write" in sys.argv[1:]:
        about = [f"`make bench-peers`: {RECORDS:,} records of 20 fields, dlt as pinned in bench/peers.lock."]
        report.write("The Hub beside other loaders", about, out.text())


if __name__ == "__main__":
    main()
