"""``make bench``: the Hub's sync and audit through its real CLI, beside the limits measured in the same run.

Every figure is a whole process, the median of three. BENCH_RECORDS (default 500000), BENCH_RUNS, BENCH_CASES,
BENCH_CSV_MB and BENCH_TABLE_ROWS set the size; BENCH_GROWTH=1 adds growth; ``--write`` keeps the results.
"""

import sys
import tempfile
from pathlib import Path

from bench import audit, databases, growth, limits, measure, report, startup, syncs
from bench.department import department
from bench.installations import RestInstallation
from bench.measure import Sample
from bench.report import Report, Row
from bench.sizes import CASES, CSV_MB, GROWTH, RECORDS, ROOT, RUNS, TABLE_ROWS


class _Limit:
    """A limit, measured once a round of what is compared with it."""

    def __init__(self, folder: Path, title: str, *command: str) -> None:
        self._folder, self._title = folder, title
        self._command = [sys.executable, "-m", "bench.limits", *command]
        self._samples: list[Sample] = []

    def take(self) -> None:
        for file in self._folder.glob("limit.db*"):
            file.unlink()
        self._samples.append(measure.run(self._command, ROOT))

    def row(self) -> Row:
        return Row.of(self._title, RECORDS, measure.middle(self._samples))


def _rest(out: Report, folder: Path, engine: str, url: str, port: int, *limits: _Limit) -> None:
    """The Hub's rows; the first of the limits is the one it is compared with."""

    def beside() -> None:
        for limit in limits:
            limit.take()

    samples = syncs.rest_samples(folder / engine, url, port, RECORDS, beside=beside)
    rows = syncs.rest_rows(engine, samples, RECORDS, limits[0].row().rate)
    out.add(*(limit.row().line() for limit in limits), *(row.line() for row in rows))


def _syncs(out: Report, folder: Path, pg: str) -> None:
    ready, db = folder / "ready.tsv", folder / "limit.db"
    limits.write_ready_rows(ready, RECORDS)
    copy = _Limit(folder, "COPY into a logged table", "copy", pg, str(ready))
    keyed = _Limit(folder, "COPY into a keyed table", "copy-keyed", pg, str(ready))
    upsert = _Limit(folder, "executemany upsert, SQLite", "sqlite", str(db), str(ready))
    out.table(report.HEAD)
    with department(RECORDS) as port:
        _rest(out, folder, "postgresql", databases.hub_url(pg), port, copy, keyed)
        _rest(out, folder, "sqlite", "sqlite:///var/hub.db", port, upsert)
        ready.unlink()
        rest = RestInstallation(folder / "beside", databases.hub_url(pg), port)
        rest.point_at("first")
        out.add(syncs.table_row(folder, pg, TABLE_ROWS, rest).line())
        out.add(syncs.csv_row(folder, pg, CSV_MB, rest).line())


def _audits(out: Report, folder: Path, pg: str) -> None:
    started = list(startup.help_lines(folder))
    out.table(audit.HEAD)
    for line in audit.audit_lines(folder / "audit", pg, CASES):
        out.add(line)
    out.table(startup.HEAD)
    out.add(*started, startup.status_line(folder / "audit", CASES))


def _growth(out: Report, folder: Path, pg: str) -> None:
    out.table(growth.HEAD)
    for line in growth.sync_lines(folder, pg, RECORDS):
        out.add(line)
    out.table(audit.HEAD)
    for line in audit.growth_lines(folder, pg, CASES):
        out.add(line)


def main() -> None:
    out = Report()
    with tempfile.TemporaryDirectory() as name, databases.postgres_url() as pg:
        folder = Path(name)
        _syncs(out, folder, pg)
        _audits(out, folder, pg)
        if GROWTH:
            _growth(out, folder, pg)
        machine = report.machine(databases.version(pg))
    out.add(f"\n{machine}; median of {RUNS}")
    if "--write" in sys.argv[1:]:
        about = [f"`python -m bench --write`: {RECORDS:,} records of 20 fields, {CASES:,} cases."]
        report.write("The Hub beside the limits of the databases", about, out.text())


if __name__ == "__main__":
    main()
