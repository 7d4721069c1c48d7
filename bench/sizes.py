"""How much the bench does, from BENCH_… in the environment, and where its programs are."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
HUB = str(Path(sys.executable).with_name("hub"))


def _whole(name: str, default: int) -> int:
    return int(os.environ.get(f"BENCH_{name}", str(default)))


#: Each figure is the median of so many runs.
RUNS = _whole("RUNS", 3)
#: Records of the department's REST interface.
RECORDS = _whole("RECORDS", 500_000)
#: Rows of the exchange table.
TABLE_ROWS = _whole("TABLE_ROWS", 2 * RECORDS)
#: Size of the CSV file; about a gigabyte for half a million records, in proportion for fewer.
CSV_MB = _whole("CSV_MB", max(1, RECORDS // 500))
#: Cases of the audit.
CASES = _whole("CASES", 2 * RECORDS)
#: Whether to measure growth too: a fifth of the records, all, and four times as many.
GROWTH = _whole("GROWTH", 0) > 0
