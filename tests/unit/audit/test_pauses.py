"""M08, M15: pauses over the length applied for, and pauses that look made up; and innocent look-alikes."""

import json
from pathlib import Path

import pytest

from hub.audit.engine import judge
from hub.clock.keeper import Timekeeper

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "elapsed_clock_2018.json"
ACCEPTED = {"received_at": "2024-03-04T10:00", "accepted_at": "2024-03-04T10:00"}
PAUSE = {
    "seq": "1", "kind": "inspection", "basis": "检验检疫法", "approver": "副局长", "reason": "现场检验",
    "started_at": "2024-03-05T09:00", "applied_length": 4, "applied_unit": "working_day",
}  # fmt: skip


@pytest.mark.parametrize(
    ("pause", "as_of", "expected"),
    [
        ({}, "2024-03-06T23:59", None),
        ({}, "2024-03-07T10:00", "warning"),
        ({}, "2024-03-11T23:00", "warning"),
        ({}, "2024-03-12T00:00", "yellow"),
        ({}, "2024-03-13T00:00", "red"),
        ({"ended_at": "2024-03-11T17:00"}, "2024-03-20", None),
        ({"ended_at": "2024-03-12T09:00"}, "2024-03-20", "yellow"),
        ({"ended_at": "2024-03-13T09:00"}, "2024-03-20", "red"),
        ({"applied_length": None}, "2024-03-20", None),
        (
            {"started_at": "2024-03-04T09:00", "ended_at": "2024-03-09T09:00"},
            "2024-03-20",
            None,
        ),  # a Saturday
    ],
)
def test_a_pause_is_judged_against_the_length_applied_for(cards, a_case, pause, as_of, expected) -> None:
    assert cards(as_of, a_case(**ACCEPTED, pauses=[PAUSE | pause])).get("M08") == expected


def test_a_pause_left_open_on_a_closed_case_is_found(a_judgement, a_case) -> None:
    case = a_case(**ACCEPTED, closed_at="2024-03-07", pauses=[PAUSE])
    assert [
        (f.severity, f.reason) for f in a_judgement("2024-03-08", case).findings if f.monitor == "M08"
    ] == [("warning", "pause_open_on_closed")]


@pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are not here")
def test_the_published_pause_vectors_hold_to_the_second(keeper, a_bench, a_block, a_case) -> None:
    around_the_clock = Timekeeper(keeper.calendar, keeper.zone, ["00:00-24:00"])
    for vector in (v for v in json.loads(VECTORS.read_text()) if v["kind"] == "pause7"):
        bench = a_bench(vector["end"], clock="elapsed", keeper=around_the_clock)
        pause = PAUSE | {"started_at": vector["start"], "applied_length": 7}
        case = a_case(received_at=vector["start"], accepted_at=vector["start"], pauses=[pause])
        found = [f.severity for f in judge(a_block(case), bench).findings if f.monitor == "M08"]
        expected = {"": [], "WARN": ["warning"], "YELLOW": ["yellow"], "RED": ["red"]}
        assert found == expected[vector["expect"]], vector


def signs(judgement) -> list:
    return [
        s for f in judgement.findings if f.monitor == "M15" for p in f.detail["pauses"] for s in p["signs"]
    ]


@pytest.mark.parametrize(
    ("pause", "closed", "expected"),
    [
        ({"ended_at": "2024-03-07"}, "2024-03-12", []),
        ({"ended_at": "2024-03-07", "basis": None}, "2024-03-12", ["no_basis"]),
        ({"ended_at": "2024-03-07", "approver": None}, "2024-03-12", ["no_approver"]),
        (
            {"ended_at": "2024-03-07", "started_at": "2024-03-04T10:00"},
            "2024-03-12",
            ["starts_at_acceptance"],
        ),
        (
            {"ended_at": "2024-03-07", "recorded_at": "2024-03-12T08:00"},
            "2024-03-11",
            ["registered_after_closing"],
        ),
        # promise 7 ends 03-13; closed 03-15 needs two days and takes exactly two
        ({"ended_at": "2024-03-07T12:00"}, "2024-03-15", ["just_long_enough"]),
        # registered when the promise had passed
        (
            {"ended_at": "2024-03-11", "recorded_at": "2024-03-14T08:00"},
            "2024-03-15",
            ["registered_after_deadline"],
        ),
        # an honest hearing that took four days of which the case needed two
        ({"ended_at": "2024-03-11", "recorded_at": "2024-03-05T09:30"}, "2024-03-15", []),
    ],
)
def test_a_pause_that_looks_made_up_shows_its_signs(a_judgement, a_case, pause, closed, expected) -> None:
    case = a_case(**ACCEPTED, closed_at=closed, pauses=[PAUSE | pause])
    assert signs(a_judgement("2024-04-01", case)) == expected


def test_the_clock_is_told_with_and_without_the_pause(a_judgement, a_case) -> None:
    pause = PAUSE | {
        "started_at": ACCEPTED["accepted_at"],
        "ended_at": "2024-03-11T10:00",
        "applied_length": 9,
    }
    case = a_case(**ACCEPTED, closed_at="2024-03-15", pauses=[pause])
    (found,) = (f for f in a_judgement("2024-04-01", case).findings if f.monitor == "M15")
    assert (found.detail["with"]["late"], found.detail["without"]["late"]) == (False, True)


def test_the_same_reason_again_and_again_is_a_sign(a_judgement, a_case) -> None:
    days = ("2024-03-05", "2024-03-06", "2024-03-07")
    pauses = [PAUSE | {"seq": d, "started_at": f"{d}T09:00", "ended_at": f"{d}T17:00"} for d in days]
    case = a_case(**ACCEPTED, closed_at="2024-03-12", pauses=pauses)
    assert signs(a_judgement("2024-04-01", case)) == ["same_reason_again"] * 3
    assert signs(a_judgement("2024-04-01", case | {"pauses": pauses[:2]})) == []
