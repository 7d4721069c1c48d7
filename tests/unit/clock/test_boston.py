"""Deadlines of a real city's eight matter types, recomputed by rule, daylight saving included."""

import csv
import io
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from hub.clock.book import load_book
from hub.clock.columns import UNIT_CODES, LimitColumns
from hub.clock.keeper import Timekeeper
from hub.clock.measure import measure
from hub.model.instants import NO_INSTANT, TICKS_PER_SECOND, at

ZONE = ZoneInfo("America/New_York")
FOLDER = Path(__file__).parents[4] / "shared" / "realdata" / "boston311"
HOLIDAYS = Path(__file__).parents[2] / "realdata" / "boston_holidays.csv"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the real data is not here")


def _instant(text: str) -> int:
    return at(datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=ZONE))


def _rules() -> dict[str, dict[str, str]]:
    return {r["TYPE"]: r for r in csv.DictReader((FOLDER / "limits_by_type.csv").read_text().splitlines())}


def _opened_and_due(types: set[str]) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for path in sorted((FOLDER / "data").glob("*.csv")):
        for row in csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")):
            if row["TYPE"] in types and row["TARGET_DT"]:
                found[row["TYPE"]].append((_instant(row["OPEN_DT"]), _instant(row["TARGET_DT"])))
    return found


def test_the_city_deadlines_are_reproduced_within_two_minutes():
    calendar = load_book("weekdays", zone=ZONE, overlays=[HOLIDAYS]).as_known_at()
    keeper = Timekeeper(calendar, ZONE, ["08:30-17:00"])
    rules = _rules()
    for matter, pairs in _opened_and_due(set(rules)).items():
        rule, (opened, due) = rules[matter], np.array(pairs).T
        unit = UNIT_CODES["working_day" if rule["rule"] == "business" else "calendar_day"]
        n = len(opened)
        limits = LimitColumns(
            opened,
            np.full(n, NO_INSTANT),
            np.full(n, float(rule["n"])),
            np.full(n, unit, dtype=np.int8),
            np.zeros(n, dtype=bool),
        )
        timing = measure(keeper, "elapsed", limits, int(opened.max()))
        exact = np.abs(timing.due_at - due) <= 120 * TICKS_PER_SECOND
        assert n == int(rule["rows_with_target"])
        assert exact.mean() >= float(rule["share_exact_within_2min"]) - 0.0001, matter
