"""``make bench``: the Hub's sync and audit through its real CLI, beside the limits measured in the same run.

Every figure is a whole process, the median of three. BENCH_RECORDS (default 500000), BENCH_RUNS, BENCH_CASES,
BENCH_CSV_MB and BENCH_TABLE_ROWS set the size; BENCH_GROWTH=1 adds growth; ``--write`` keeps the results.
"""

import sys
import tempfile
from pathlib import Path

from bench import audit, databases, growth, limits, measure, report, startup, syncs
from bench.department import department
from bench.report import Report, Row
from bench.sizes import CASES, CSV_MB, GROWTH, RECORDS, ROOT, RUNS, TABLE_ROWS


def _clear(folder: Path) -> None:
    for file in folder.glob("limit.db*"):
        file.unlink()


def _limit(out: Report, folder: Path, title: str, *command: str) -> float:
    program = [sys.executable, "-m", "bench.limits", *command]
    sample = measure.median(RUNS, lambda: _clear(folder), program, ROOT)
    row = Row.of(title, RECORDS, sample)
    out.add(row.line())
    return row.rate


def _syncs(out: Report, folder: Path, pg: str) -> None:
    ready = folder / "ready.tsv"
    limits.write_ready_rows(ready, RECORDS)
    out.table(report.HEAD)
    copy = _limit(out, folder, "COPY into a logged table", "copy", pg, str(ready))
    _limit(out, folder, "COPY into a keyed table", "copy-keyed", pg, str(ready))
    upsert = _limit(out, folder, "executemany upsert, SQLite", "sqlite", str(folder / "limit.db"), str(ready))
    with department(RECORDS) as port:
        rows = list(syncs.rest_rows(folder, "postgresql", databases.hub_url(pg), port, RECORDS, copy))
        out.add(*(row.line() for row in rows))
        sqlite = syncs.rest_rows(folder, "sqlite", "sqlite:///var/hub.db", port, RECORDS, upsert)
        out.add(*(row.line() for row in sqlite))
    ready.unlink()
    out.add(syncs.table_row(folder, pg, TABLE_ROWS, rows[0].rate).line())
    out.add(syncs.csv_row(folder, pg, CSV_MB, rows[0].rate).line())


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
