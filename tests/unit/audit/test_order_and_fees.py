"""M16, M17, M23: the order of events, late data, fees; and innocent look-alikes."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from hub.audit.items import ItemVersion
from hub.model.instants import at

ITEM = ItemVersion("A1", date(2000, 1, 1), promised_limit=7, fee=100.0)
FACTS = {
    "received_at": "2024-03-04T10:00",
    "accepted_at": "2024-03-04T11:00",
    "decided_at": "2024-03-06T10:00",
    "closed_at": "2024-03-06T11:00",
}


def step(kind: str, who: str, **more: str | None) -> dict:
    times = {"started_at": "2024-03-05T09:00", "ended_at": "2024-03-05T10:00"}
    return {"step_no": kind, "kind": kind, "handler": who} | times | more


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, None),
        ({"accepted_at": "2024-03-04T09:59"}, ["out_of_order"]),
        ({"accepted_at": "2024-03-04"}, None),  # the same day is no disorder
        ({"decided_at": "2024-03-06T11:01"}, ["out_of_order"]),
        ({"accepted_at": None, "decided_at": None, "closed_at": "2024-03-04T09:00"}, ["out_of_order"]),
        ({"delivered_at": "2024-03-06T10:59"}, ["out_of_order"]),
        ({"steps": [step("review", "甲", ended_at="2024-03-04T10:30")]}, ["out_of_order"]),
        ({"steps": [step("accept", "甲", ended_at="2024-03-04T10:30")]}, None),
        ({"steps": [step("approve", "甲", started_at="2024-03-06T10:30", ended_at=None)]}, ["out_of_order"]),
        ({"steps": [step("handle", "甲", started_at="2024-03-04T10:30")]}, ["out_of_order"]),
        ({"steps": [step("handle", "甲", started_at="2024-03-04")]}, None),
        ({"steps": [step("approve", "甲", started_at=None, ended_at="2024-03-06T10:01")]}, ["out_of_order"]),
        ({"steps": [step("approve", "甲", started_at=None, ended_at="2024-03-06")]}, None),
        ({"steps": [step(kind, "甲") for kind in ("handle", "review", "approve")]}, ["one_person"]),
        ({"steps": [step("handle", "甲"), step("review", "乙"), step("approve", "甲")]}, None),
        ({"steps": [step("handle", "甲"), step("review", "甲")]}, None),
    ],
)  # fmt: skip
def test_disorder_is_found_and_order_is_not(a_judgement, a_case, facts, expected) -> None:
    found = a_judgement("2024-03-08", a_case(**(FACTS | facts))).findings
    assert next((f.detail["faults"] for f in found if f.monitor == "M16"), None) == expected


def test_the_events_out_of_order_are_named(a_judgement, a_case) -> None:
    case = a_case(
        **FACTS
        | {"accepted_at": "2024-03-04T09:59", "steps": [step("handle", "甲", started_at="2024-03-04T09:00")]}
    )
    found = a_judgement("2024-03-08", case).findings
    (detail,) = [f.detail for f in found if f.monitor == "M16"]
    assert [(e["event"], e["before"]) for e in detail["events"]] == [
        ("accepted_at", "received_at"),
        ("step.started_at", "accepted_at"),
    ]


def test_an_event_beyond_the_real_now_lies_in_the_future(cards, a_case) -> None:
    case = a_case(**(FACTS | {"closed_at": "2024-03-09T11:00"}))
    now = 2 * 1_709_856_000_000_000  # 2024-03-08 08:00 +08:00
    assert cards("2024-03-08T08:00", case, now=now).get("M16") == "warning"
    assert "M16" not in cards("2024-03-08T08:00", case)
    assert "M16" not in cards("2024-03-08T08:00", case, now=now + 2 * 86_400_000_000 * 2)


@pytest.mark.parametrize(
    "rows",
    [
        {"steps": [step("handle", "甲", ended_at="2024-03-09T10:00")]},
        {"pauses": [{"seq": "1", "started_at": "2024-03-09T10:00"}]},
        {"supplements": [{"seq": "1", "issued_at": "2024-03-04T10:30", "received_at": "2024-03-09"}]},
        {"extensions": [{"seq": "1", "approved_at": "2024-03-09T10:00"}]},
        {"payments": [{"seq": "1", "paid_at": "2024-03-09T10:00"}]},
        {"ratings": [{"seq": "1", "rated_at": "2024-03-09T10:00"}]},
    ],
)
def test_a_record_of_the_case_beyond_the_real_now_lies_in_the_future_too(a_judgement, a_case, rows) -> None:
    now = 2 * 1_709_856_000_000_000  # 2024-03-08 08:00 +08:00
    open_case = FACTS | {"decided_at": None, "closed_at": None}

    def faults(now: int) -> list[str] | None:
        found = a_judgement("2024-03-08T08:00", a_case(**open_case, **rows), now=now).findings
        return next((f.detail["faults"] for f in found if f.monitor == "M16"), None)

    assert faults(now) == ["in_the_future"]
    assert faults(now + 2 * 86_400_000_000 * 2) is None


def test_when_a_source_stored_a_record_is_no_event_in_the_future(cards, a_case) -> None:
    now = 2 * 1_709_856_000_000_000  # 2024-03-08 08:00 +08:00
    pause = {"seq": "1", "started_at": "2024-03-05T10:00", "recorded_at": "2024-03-08T08:00:05"}
    case = a_case(**FACTS, recorded_at="2024-03-08T08:00:05", pauses=[pause])
    assert "M16" not in cards("2024-03-08T08:00", case, now=now)


def test_a_required_step_may_not_be_missing_from_a_closed_case(cards, a_case) -> None:
    items = [replace(ITEM, required_steps=("review",))]
    assert cards("2024-03-08", a_case(**FACTS), items=items).get("M16") == "warning"
    assert "M16" not in cards("2024-03-08", a_case(**FACTS, steps=[step("review", "甲")]), items=items)
    assert "M16" not in cards("2024-03-08", a_case(**(FACTS | {"closed_at": None})), items=items)


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        ("2024-03-06T11:05", None),
        ("2024-03-07T11:00", None),
        ("2024-03-07T11:00:01", "reported_late"),
        ("2024-03-11T11:00", "reported_late"),
        ("2024-03-12T11:00", "entered_afterwards"),
        (None, None),
    ],
)
def test_data_recorded_long_after_the_event_is_found(a_judgement, a_case, recorded, expected) -> None:
    found = a_judgement("2024-03-20", a_case(**FACTS, recorded_at=recorded)).findings
    assert next((f.reason for f in found if f.monitor == "M17"), None) == expected


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("2024-03-11T18:00", None),  # three working days
        ("2024-03-12T09:00", "seen_closed"),
        ("2024-03-06T10:00", None),  # heard before the closing only
        (None, None),
    ],
)
def test_a_case_first_seen_closed_long_after_its_source_was_heard_is_found(
    a_judgement, a_case, heard, expected
) -> None:
    case = a_case(**FACTS, recorded_at="2024-03-06T11:05", first_seen_at="2024-03-15", heard_before=heard)
    found = a_judgement("2024-03-20", case).findings
    assert next((f.reason for f in found if f.monitor == "M17"), None) == expected


def test_before_the_hub_saw_it_no_case_was_seen_closed_and_then_it_is_due(a_judgement, a_case) -> None:
    seen = {"first_seen_at": "2024-03-15T09:00", "heard_before": "2024-03-14T09:00"}
    judgement = a_judgement("2024-03-14T10:00", a_case(**FACTS, **seen))
    assert "M17" not in {f.monitor for f in judgement.findings}
    assert judgement.judge_at[0] <= at(datetime(2024, 3, 15, 9, tzinfo=ZoneInfo("Asia/Shanghai")))


def test_a_case_late_by_both_has_one_card_of_what_its_source_says(a_judgement, a_case) -> None:
    seen = {"first_seen_at": "2024-03-15", "heard_before": "2024-03-14"}
    found = a_judgement("2024-03-20", a_case(**FACTS, recorded_at="2024-03-15", **seen)).findings
    assert [f.reason for f in found if f.monitor == "M17"] == ["entered_afterwards"]


def test_a_correction_is_not_a_late_report(cards, a_case) -> None:
    assert "M17" not in cards("2024-03-20", a_case(**FACTS, recorded_at="2024-03-15", data_version=2))


@pytest.mark.parametrize(
    ("facts", "fee", "expected"),
    [
        ({"fee_paid": 100}, 100.0, None),
        ({"fee_paid": 120}, 100.0, "fee_not_standard"),
        ({"fee_paid": 50}, 0.0, "fee_not_due"),
        ({"fee_paid": 0}, 100.0, None),  # not granted yet
        ({"fee_paid": 0, "result": "granted"}, 100.0, "fee_not_standard"),
        ({"result": "granted"}, 100.0, None),  # nothing said is no zero
        ({"fee_paid": 0, "result": "denied"}, 100.0, None),
        ({"fee_paid": 0, "result": "granted"}, 0.0, None),
        ({"fee_paid": 0, "result": "granted"}, None, None),
        ({"fee_paid": 0, "fee_due": 60, "result": "granted"}, None, "fee_not_standard"),
        ({"fee_paid": 0, "fee_due": 0, "result": "granted"}, 100.0, None),  # waived
        ({"fee_paid": 0, "fee_due": 100, "result": "granted"}, 100.0, "fee_not_standard"),
        ({"fee_paid": 0, "result": "granted", "payments": [{"seq": "1", "amount": 100}]}, 100.0, None),
        ({"fee_paid": 50}, None, None),
        ({"fee_paid": 50, "fee_due": 60}, None, "fee_not_standard"),
        ({"payments": [{"seq": "1", "paid_at": "2024-03-04T10:30"}]}, 100.0, "fee_before_acceptance"),
        ({"payments": [{"seq": "1", "paid_at": "2024-03-04"}]}, 100.0, None),
    ],
)
def test_fees_are_the_standard_and_taken_after_acceptance(a_judgement, a_case, facts, fee, expected) -> None:
    found = a_judgement("2024-03-08", a_case(**FACTS, **facts), items=[replace(ITEM, fee=fee)]).findings
    assert next((f.reason for f in found if f.monitor == "M23"), None) == expected
