"""M13, M14, M18, M20, M22: what needs more than one case's own facts; and innocent look-alikes."""

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from hub.audit.engine import judge
from hub.audit.items import ItemVersion
from hub.audit.monitors.duplicates import Applications, duplicates
from hub.audit.monitors.silence import Activity, silence
from hub.model.blocks import Children, Coded
from hub.model.instants import NO_INSTANT, parse_iso
from hub.model.verdicts import Subject

ZONE = ZoneInfo("Asia/Shanghai")

ACCEPTED = {"received_at": "2024-03-04T10:00", "accepted_at": "2024-03-04T10:00"}
ITEM = ItemVersion("A1", date(2000, 1, 1), promised_limit=7, statutory_limit=10)
OTHER_ITEMS = (
    ItemVersion("A2", date(2000, 1, 1), promised_limit=30, statutory_limit=40),
    ItemVersion("A3", date(2000, 1, 1)),
)
LEAD = {"dossier_id": 1, "closed_at": "2024-03-06T10:00"} | ACCEPTED


def found(judgement, monitor: str) -> list:
    return [(f.subject.dossier_id, f.reason) for f in judgement.findings if f.monitor == monitor]


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ({"closed_at": "2024-03-06T09:00"}, []),
        ({"closed_at": "2024-03-06T10:01"}, [(1, "lead_closed_first")]),
        ({}, [(1, "lead_closed_first")]),
        (
            {"closed_at": "2024-03-06T09:00", "accepted_at": "2024-02-01", "received_at": "2024-02-01"},
            [(2, "member_late")],
        ),
    ],
)
def test_members_of_a_joint_approval_hold_together(a_judgement, a_case, member, expected) -> None:
    cases = (a_case(**LEAD), a_case(**(ACCEPTED | {"dossier_id": 2, "parent": 1} | member)))
    assert found(a_judgement("2024-03-08", *cases), "M13") == expected
    assert found(a_judgement("2024-03-08", *reversed(cases)), "M13") == expected


def carded(block, **card):
    """The block's only case with one card on it."""
    at = {name: parse_iso(card[name], ZONE) if card.get(name) else NO_INSTANT for name in CARD_INSTANTS}
    words = {
        name: Coded(np.zeros(1, dtype=np.int32), [card[name]])
        for name in ("monitor", "severity", "status", "item_code")
    }
    instants = {name: np.array([value]) for name, value in at.items()}
    numbers = {
        name: np.array([float(card.get(name, other))]) for name, other in (("supported", 1), ("limit", 7))
    }
    block.children["card"] = Children(np.array([0, 1]), instants, numbers, words)
    return block


@pytest.fixture
def judged_with_card(a_bench, a_block, a_case):

    def build(as_of: str, facts: dict, **card: str):
        given = {
            "monitor": "M04",
            "severity": "yellow",
            "status": "issued",
            "item_code": "A1",
            "detected_at": card.get("issued_at"),
        }
        bench = a_bench(as_of, items=[ITEM, *OTHER_ITEMS])
        return judge(carded(a_block(a_case(**facts)), **(given | card)), bench)

    return build


@pytest.mark.parametrize(
    ("as_of", "card", "red"),
    [
        ("2024-03-22T23:59:59", {}, False),
        ("2024-03-23T00:00:00", {}, True),
        ("2024-04-01", {"answered_at": "2024-03-22T10:00", "status": "answered"}, False),
        ("2024-04-01", {"answered_at": "2024-03-25T10:00", "status": "answered"}, True),
        ("2024-04-01", {"status": "revoked"}, False),
        ("2024-04-01", {"severity": "red", "monitor": "M05"}, False),
    ],
)
def test_a_yellow_card_is_answered_within_five_working_days(judged_with_card, as_of, card, red) -> None:
    judgement = judged_with_card(as_of, ACCEPTED, issued_at="2024-03-15T09:00", **card)
    assert bool(found(judgement, "M14")) == red


HEARING = {"kind": "hearing", "started_at": "2024-03-06T10:00", "ended_at": "2024-03-12T10:00"}
CLOSED_LATE = {"started_at": ACCEPTED["accepted_at"], "stopped_at": "2024-03-15T10:00"}


@pytest.mark.parametrize("supported", [1, 0])
def test_nobody_need_answer_a_card_that_the_facts_no_longer_bear(judged_with_card, supported) -> None:
    """A hearing came to be known: the case was in time, whether an earlier audit or this one finds it."""
    card = {"issued_at": "2024-03-15T09:00", "supported": supported} | CLOSED_LATE
    facts = ACCEPTED | {"closed_at": "2024-03-15T10:00"}
    assert found(judged_with_card("2024-04-01", facts, **card), "M14")
    assert not found(judged_with_card("2024-04-01", facts | {"pauses": [HEARING]}, **card), "M14")


def test_a_card_whose_ground_a_new_report_took_away_still_wants_an_answer(judged_with_card) -> None:
    card = {"issued_at": "2024-03-15T09:00", "supported": 0} | CLOSED_LATE
    judgement = judged_with_card("2024-04-01", ACCEPTED | {"closed_at": "2024-03-12T10:00"}, **card)
    assert found(judgement, "M14")
    assert found(judgement, "M18")


@pytest.mark.parametrize(
    ("facts", "card", "expected"),
    [
        ({"case_type": "joint"}, {"monitor": "M05", "limit": 20}, True),
        ({"case_type": "promised"}, {"monitor": "M05", "limit": 20}, False),  # still late
        ({"case_type": "promised"}, {"monitor": "M12", "limit": 0}, True),
        ({"case_type": "immediate"}, {"monitor": "M12", "limit": 0}, False),
    ],
)
def test_a_report_of_another_case_type_that_turns_late_into_in_time_is_found(
    judged_with_card, facts, card, expected
) -> None:
    """The item leaves the type to the case, and the limit to the law: 20 days, 45 for joint handling."""
    given = {"issued_at": "2024-03-14T09:00", "item_code": "A3", "severity": "red"} | CLOSED_LATE
    given |= {"stopped_at": "2024-04-10T10:00"}
    facts = ACCEPTED | {"item_code": "A3", "closed_at": "2024-04-10T10:00"} | facts
    assert bool(found(judged_with_card("2024-05-06", facts, **(given | card)), "M18")) == expected


def test_a_card_issued_now_makes_the_case_due_when_the_answer_is(a_judgement, a_case) -> None:
    rules = {"M05": {"enabled": False}, "M03": {"enabled": False}}
    judgement = a_judgement("2024-03-14T09:00", a_case(**ACCEPTED), rules=rules)
    assert judgement.judge_at.tolist() == [parse_iso("2024-03-22T00:00", ZONE)]


@pytest.mark.parametrize(
    ("facts", "card", "expected"),
    [
        ({"closed_at": "2024-03-12T10:00"}, {}, True),  # the closing now claimed was in time
        ({"closed_at": "2024-03-15T10:00"}, {}, False),  # still late
        ({}, {}, False),
        (
            {"accepted_at": "2024-03-11T10:00", "closed_at": "2024-03-15T10:00"},
            {"stopped_at": "2024-03-15T10:00"},
            True,
        ),
        ({"closed_at": "2024-03-12T10:00"}, {"status": "revoked"}, False),
        ({"closed_at": "2024-03-12T10:00"}, {"monitor": "M21", "severity": "warning"}, False),
        # reported under an item that promises longer, or nothing
        ({"item_code": "A2", "closed_at": "2024-03-15T10:00"}, {"stopped_at": "2024-03-15T10:00"}, True),
        ({"item_code": "A3", "closed_at": "2024-03-15T10:00"}, {"stopped_at": "2024-03-15T10:00"}, True),
        # the deadline that the source gives is put off
        ({"due_at": "2024-03-20"}, {"monitor": "M27", "due_at": "2024-03-13T10:00"}, True),
        ({"due_at": "2024-03-14"}, {"monitor": "M27", "due_at": "2024-03-13T10:00"}, False),
        # not answered in time, and now received later
        ({"received_at": "2024-03-04T10:00"}, {"monitor": "M01", "started_at": "2024-02-20T10:00"}, True),
    ],
)
def test_a_report_that_turns_late_into_in_time_is_found(judged_with_card, facts, card, expected) -> None:
    given = {"issued_at": "2024-03-14T09:00", "started_at": ACCEPTED["accepted_at"]} | card
    judgement = judged_with_card("2024-03-18T09:00", ACCEPTED | facts, **given)
    assert bool(found(judgement, "M18")) == expected


CARD_INSTANTS = ("detected_at", "issued_at", "answered_at", "started_at", "due_at", "stopped_at")


def arrivals(*days: str) -> list[int]:
    return [parse_iso(f"{day}T{hour}:00", ZONE) for day in days for hour in ("09", "10", "11")]


WORKED = [f"2024-03-{day:02}" for day in (4, 5, 6, 7, 8, 11, 12, 13, 14, 15)]


@pytest.mark.parametrize(
    ("days", "heard", "expected"),
    [
        (WORKED, "2024-03-21T09:00", "silent"),  # nothing on the 18th, 19th, 20th
        (WORKED, "2024-03-20T23:00", None),  # the 20th is not over
        (WORKED, "2024-03-18T09:00", None),  # a weekend is no silence
        (WORKED[:2], "2024-03-21T09:00", None),  # never much to send
        (WORKED[:1] * 20, "2024-03-21T09:00", None),  # one load of many is no habit
        ([], "2024-03-21T09:00", None),
    ],
)
def test_silence_is_that_of_the_usually_active(a_bench, days, heard, expected) -> None:
    activity = Activity(Subject("source", "hall", "hall"), arrivals(*days), parse_iso(heard, ZONE))
    said = silence([activity], a_bench("2024-03-22T09:00"))
    assert [f.reason for f in said] == ([expected] if expected else [])


def test_a_department_or_item_is_silent_only_by_breaking_a_steady_habit(a_bench) -> None:
    def said(days: list[str]) -> list[str]:
        heard, subject = parse_iso("2024-03-21T09:00", ZONE), Subject("item", "hall", "A1")
        activity = Activity(subject, arrivals(*days), heard, steady=True)
        return [f.reason for f in silence([activity], a_bench("2024-03-22T09:00"))]

    february = [f"2024-02-{day:02}" for day in (18, 19, 20, 21, 22, 23, 26, 27, 28, 29)]
    steady = [*february, "2024-03-01", *WORKED]
    assert said(steady) == ["silent"]
    assert said([day for day in steady if day != "2024-03-06"]) == ["silent"]
    assert said([day for day in steady if day not in ("2024-03-06", "2024-03-07")]) == []  # it has such gaps


def test_a_sync_that_is_overdue_is_told(a_bench) -> None:
    heard = parse_iso("2024-03-20T09:00", ZONE)
    activity = Activity(Subject("source", "hall", "hall"), [], heard, expected_every_s=86_400)
    assert silence([activity], a_bench("2024-03-21T09:00")) == []
    assert [f.reason for f in silence([activity], a_bench("2024-03-21T09:00:01"))] == ["sync_overdue"]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, ["2"]),
        ({"source": "hall"}, []),
        ({"received_at": "2024-03-05T10:00:01"}, []),
        ({"applicant": 8}, []),
        ({"applicant": -1}, []),
        ({"item": "B"}, []),
    ],
)
def test_the_same_application_from_two_sources_is_linked(a_bench, other, expected) -> None:
    one = {"source": "hall", "item": "A", "applicant": 7, "received_at": "2024-03-04T10:00"}
    two = one | {"source": "tax", "received_at": "2024-03-05T10:00"} | other
    both = [one, two]

    def coded(name: str) -> Coded:
        words = sorted({case[name] for case in both})
        return Coded(np.array([words.index(case[name]) for case in both], dtype=np.int32), words)

    cases = Applications(
        ["1", "2"],
        coded("source"),
        coded("item"),
        Coded(np.full(2, -1, dtype=np.int32), []),
        np.array([case["applicant"] for case in both]),
        np.array([parse_iso(case["received_at"], ZONE) for case in both]),
    )
    assert [f.subject.key for f in duplicates(cases, a_bench("2024-04-01"))] == expected
