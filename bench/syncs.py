"""The Hub's sync, each way of it a whole process through the real CLI, from the same state each time."""

from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg

from bench import databases, installations
from bench.data import FIELD_TYPES, csv_lines, ready_line
from bench.installations import TYPED_MAPPING, Installation, RestInstallation
from bench.measure import Sample, middle
from bench.report import Row
from bench.sizes import RECORDS, RUNS

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
#: In this order: each way starts from what the one before it left.
WAYS = {"first load": "first", "0 % changed": "first", "bytes differ": "reordered", "10 % changed": "tenth"}


def rest_samples(
    folder: Path,
    url: str,
    port: int,
    records: int,
    ways: tuple[str, ...] = tuple(WAYS),
    beside: Callable[[], object] = lambda: None,
) -> dict[str, Sample]:
    """The median run of each way from the REST interface.

    ``beside`` is called in each round: what is compared is measured in turn, because a machine that others
    share is not equally fast from one minute to the next.
    """
    installation = RestInstallation(folder, url, port)
    taken: dict[str, list[Sample]] = {way: [] for way in ways}
    for _ in range(RUNS):
        beside()
        installation.clear()
        for way in ways:
            installation.point_at(WAYS[way])
            taken[way].append(installation.sync(records))
    return {way: middle(samples) for way, samples in taken.items()}


def rest_rows(engine: str, samples: Mapping[str, Sample], records: int, limit: float) -> list[Row]:
    """First load, nothing changed, other bytes, a tenth changed, beside the engine's limit."""
    return [
        Row.of(f"hub REST → {engine}, {way}", records, sample, limit, TARGETS[engine, way])
        for way, sample in samples.items()
    ]


def table_row(folder: Path, url: str, rows: int, rest: RestInstallation) -> Row:
    """First load of an exchange table in PostgreSQL; asked: the rate of the first load over REST."""
    columns = ", ".join(f"{name} {kind}" for name, kind in FIELD_TYPES.items())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA exchange")
        connection.execute(f"CREATE TABLE exchange.permits ({columns}, PRIMARY KEY (lsh))")
        with connection.cursor().copy("COPY exchange.permits FROM STDIN") as stream:
            for n in range(rows):
                stream.write(ready_line(n))
        connection.execute("ANALYZE exchange.permits")
    installation = Installation(folder / "table", databases.hub_url(url), TYPED_MAPPING)
    sample, rest_rate = _first_loads(installation, installations.exchange_table(url), rows, rest)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA exchange CASCADE")
    return Row.of(f"hub table → postgresql, first load of {rows:,} rows (× REST)", rows, sample, rest_rate, 1)


def csv_row(folder: Path, url: str, megabytes: int, rest: RestInstallation) -> Row:
    """First load of a large CSV file; asked: the rate of the first load over REST."""
    installation = Installation(folder / "files", databases.hub_url(url))
    file = folder / "files" / "inbox" / "permits.csv"
    count = -1  # the header
    with file.open("wb") as out:
        for line in csv_lines():
            out.write(line.encode())
            count += 1
            if out.tell() >= megabytes * 1_000_000:
                break
    sample, rest_rate = _first_loads(installation, installations.inbox(), count, rest)
    file.unlink()
    title = f"hub CSV of {megabytes:,} MB → postgresql, first load of {count:,} (× REST)"
    return Row.of(title, count, sample, rest_rate, 1)


def _first_loads(
    installation: Installation, source: str, records: int, rest: RestInstallation
) -> tuple[Sample, float]:
    """The median first load, and the rate of those over REST measured in turn with it."""
    installation.connect(source)
    samples, beside = [], []
    for _ in range(RUNS):
        rest.clear()
        beside.append(rest.sync(RECORDS))
        installation.clear()
        samples.append(installation.sync(records))
    return middle(samples), RECORDS / middle(beside).wall_s
