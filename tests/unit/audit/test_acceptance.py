"""M01, M02, M12, M09: answers in five days, one notice, the same day, delivery; and innocent look-alikes."""

from datetime import date

import pytest

from hub.audit.items import ItemVersion

RECEIVED = "2024-03-04T10:00"  # a Monday; the fifth working day after it is 2024-03-11
NOTICE = {"issued_at": "2024-03-08", "materials": "身份证；章程", "received_at": "2024-03-12"}
IMMEDIATE = ItemVersion("A1", date(2000, 1, 1), case_type="immediate")


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"accepted_at": "2024-03-11T23:59"}, False),
        ({"accepted_at": "2024-03-12T00:00"}, True),
        ({"refused_at": "2024-03-11"}, False),
        ({"supplements": [NOTICE]}, False),
        ({"supplements": [NOTICE | {"issued_at": "2024-03-12"}]}, True),
        ({"closed_at": "2024-03-05"}, False),
        ({}, True),
    ],
)
def test_silence_of_five_working_days_after_receipt_is_found(cards, a_case, facts, found) -> None:
    assert ("M01" in cards("2024-03-14", a_case(received_at=RECEIVED) | facts)) == found


def test_silence_is_not_silence_before_the_source_was_heard(a_judgement, a_case) -> None:
    case = a_case(received_at=RECEIVED, known_until="2024-03-11T12:00")
    judgement = a_judgement("2024-03-14", case, watermark=True)
    assert (judgement.findings, set(judgement.undecided)) == ([], {0})


def test_a_source_that_never_sends_acceptance_is_not_silent(cards, a_case) -> None:
    case = a_case(received_at=RECEIVED)
    assert "M01" not in cards("2024-03-14", case, supplies={"hall": ["case.received_at"]})
    assert "M01" in cards("2024-03-14", case, supplies={"hall": ["case.accepted_at"]})


@pytest.mark.parametrize(
    ("second", "found"), [("章程；验资报告", True), ("章程", False), ("章程、身份证", False), (None, False)]
)
def test_a_second_notice_may_not_ask_for_something_new(cards, a_case, second, found) -> None:
    notices = [NOTICE, {"issued_at": "2024-03-13", "materials": second}]
    case = a_case(received_at=RECEIVED, accepted_at="2024-03-13", supplements=notices)
    assert ("M02" in cards("2024-03-14", case)) == found


@pytest.mark.parametrize(
    ("closed", "now", "expected"),
    [
        ("2024-03-04T23:59:59", "2024-03-20", None),
        ("2024-03-05T00:00", "2024-03-20", "yellow"),
        (None, "2024-03-04T23:59:59", None),
        (None, "2024-03-05T00:00:00", "yellow"),
    ],
)
def test_an_immediate_case_is_closed_the_day_it_was_accepted(cards, a_case, closed, now, expected) -> None:
    case = a_case(received_at=RECEIVED, accepted_at=RECEIVED, closed_at=closed)
    assert cards(now, case, items=[IMMEDIATE]).get("M12") == expected
    assert "M12" not in cards(now, case)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"result": "granted"}, "warning"),
        ({"result": "granted", "delivered_at": "2024-03-20T08:00"}, "warning"),
        ({"result": "granted", "delivered_at": "2024-03-19T23:00"}, None),
        ({"result": "denied"}, None),
    ],
)
def test_what_is_granted_is_delivered_within_ten_working_days(cards, a_case, facts, expected) -> None:
    case = a_case(received_at=RECEIVED, accepted_at=RECEIVED, closed_at="2024-03-05T11:00") | facts
    assert cards("2024-04-01", case).get("M09") == expected
    without = {"hall": ["case.closed_at", "case.accepted_at"]}
    assert "M09" not in cards("2024-04-01", case, supplies=without)
