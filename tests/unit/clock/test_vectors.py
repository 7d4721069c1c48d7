"""The province's own vectors hold to the second on the elapsed clock."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from hub.clock.book import load_book
from hub.clock.columns import UNIT_CODES, LimitColumns
from hub.clock.keeper import Timekeeper
from hub.clock.measure import measure
from hub.model.instants import NO_INSTANT, parse_iso

ZONE = ZoneInfo("Asia/Shanghai")
VECTORS = Path(__file__).parents[4] / "shared/vectors/elapsed_clock_2018.json"
THRESHOLDS = {
    "case7/10": {"WARN": 4, "YELLOW": 7, "RED": 10},
    "pause7": {"WARN": 4, "YELLOW": 7, "RED": 8},
    "preaccept2": {"WARN": 2, "YELLOW": 5, "RED": 7},
    "ecert3": {"YELLOW": 3},
    "consult5": {"WARN": 2, "YELLOW": 5, "RED": 6},
}


@pytest.mark.skipif(not VECTORS.exists(), reason="the vectors are not here")
def test_the_province_vectors_hold_to_the_second():
    keeper = Timekeeper(load_book(zone=ZONE).as_known_at(), ZONE, ["00:00-24:00"])
    for vector in json.loads(VECTORS.read_text()):
        verdict = ""
        for severity, threshold in THRESHOLDS[vector["kind"]].items():
            limits = LimitColumns(
                np.array([parse_iso(vector["start"], ZONE)]),
                np.array([NO_INSTANT]),
                np.array([float(threshold)]),
                np.array([UNIT_CODES["working_day"]], dtype=np.int8),
                np.array([True]),
            )
            if measure(keeper, "elapsed", limits, parse_iso(vector["end"], ZONE)).late[0]:
                verdict = severity
        assert verdict == vector["expect"], vector
