"""A real city's 121,145 cases: the Hub comes to that city's own verdict on every one of them."""

import csv
import io
import shutil
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from hub.app import App, open_app
from hub.model.instants import parse_iso
from hub.settings import load_settings

HERE = Path(__file__).parent
DATA = HERE.parents[2] / "shared" / "realdata" / "boston311" / "data"
AS_OF = "2016-01-13T03:00:00-05:00"
COUNTS = ("received", "inserted", "updated", "unchanged", "quarantined")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/realdata/boston311 is not here")


def _rows() -> Iterator[dict[str, str]]:
    for path in sorted(DATA.glob("*.csv")):
        yield from csv.DictReader(io.StringIO(path.read_text("utf-8"), newline=""))


def _installation(folder: Path, store_url: str) -> App:
    shutil.copytree(HERE / "boston311", folder, dirs_exist_ok=True)
    text = (folder / "hub.toml").read_text("utf-8")
    text = text.replace("sqlite:///var/hub.db", store_url)
    text = text.replace("../../../../shared/realdata/boston311/data", str(DATA))
    text = text.replace("../boston_holidays.csv", str(HERE / "boston_holidays.csv"))
    (folder / "hub.toml").write_text(text, "utf-8")
    return open_app(load_settings(folder / "hub.toml"))


def _now() -> int:
    return parse_iso("2016-01-13T08:30:00+00:00", UTC)


def _counts(run: dict[str, Any]) -> tuple[int, ...]:
    return tuple(run[name] for name in COUNTS)


def test_every_verdict_of_the_city_is_reproduced(tmp_path: Path, store_url: str) -> None:
    with _installation(tmp_path, store_url) as app:
        (first,) = app.sync([], now=_now)["runs"]
        assert _counts(first) == (121_145, 121_145, 0, 0, 0)
        app.audit(as_of=AS_OF, now=_now)
        late = {f["case_no"]: f for f in app.findings(monitor="M27")["findings"]}
        (again,) = app.sync([], now=_now)["runs"]
        assert _counts(again) == (0, 0, 0, 0, 0)
        (full,) = app.sync([], full=True, now=_now)["runs"]
        assert _counts(full) == (121_145, 0, 0, 121_145, 0)
    verdicts = {r["CASE_ENQUIRY_ID"]: r["OnTime_Status"] for r in _rows() if _judged(r)}
    assert len(verdicts) == 79_126 + 14_875
    wrong = [case for case, verdict in verdicts.items() if (verdict == "OVERDUE") != (case in late)]
    assert wrong == []


def _judged(row: dict[str, str]) -> bool:
    """With a deadline and a verdict: 79,126 closed, 14,875 still open at the snapshot."""
    return bool(row["TARGET_DT"] and row["OnTime_Status"])
