"""M06, M07: extensions that do not hold, steps over their own limits; and innocent look-alikes."""

import pytest

ACCEPTED = {"received_at": "2024-03-04T10:00", "accepted_at": "2024-03-04T10:00"}
EXTENSION = {
    "length": 5, "unit": "working_day", "approver": "局长", "reason": "需要检验", "approved_at": "2024-03-12"
}  # fmt: skip
STEP = {
    "step_no": "1",
    "kind": "review",
    "started_at": "2024-03-04T11:00",
    "limit": 2,
    "limit_unit": "working_day",
}


@pytest.mark.parametrize(
    ("extensions", "faults"),
    [
        ([EXTENSION], None),
        ([EXTENSION | {"length": 11}], ["too_long"]),
        ([EXTENSION, EXTENSION | {"approved_at": "2024-03-13"}], ["repeated"]),
        ([EXTENSION | {"approved_at": "2024-03-19"}], ["late"]),
        ([EXTENSION | {"reason": None}], ["no_reason"]),
        ([EXTENSION | {"approver": None}], ["no_authority"]),
    ],
)
def test_an_extension_that_does_not_hold_is_found_with_its_fault(
    a_judgement, a_case, extensions, faults
) -> None:
    found = a_judgement("2024-03-25", a_case(**ACCEPTED, extensions=extensions)).findings
    assert [f.detail["faults"] for f in found if f.monitor == "M06"] == ([faults] if faults else [])


@pytest.mark.parametrize(
    ("step", "closed", "expected"),
    [
        ({"ended_at": "2024-03-06T20:00"}, "2024-03-08", None),
        ({"ended_at": "2024-03-07T08:00"}, "2024-03-08", "yellow"),
        ({}, "2024-03-06T20:00", None),
        ({}, None, "yellow"),
        ({"ended_at": "2024-03-07T08:00"}, "2024-03-29", None),  # the case itself is late
        ({"ended_at": "2024-03-07T08:00", "limit": None}, "2024-03-08", None),
    ],
)
def test_a_step_over_its_limit_is_found_though_the_case_is_in_time(
    cards, a_case, step, closed, expected
) -> None:
    case = a_case(**ACCEPTED, closed_at=closed, steps=[STEP | step])
    assert cards("2024-03-08T12:00" if closed is None else "2024-04-01", case).get("M07") == expected


def test_a_pause_stops_the_step_too(cards, a_case) -> None:
    hearing = {"kind": "hearing", "started_at": "2024-03-05", "ended_at": "2024-03-08"}
    case = a_case(
        **ACCEPTED, closed_at="2024-03-12", steps=[STEP | {"ended_at": "2024-03-11"}], pauses=[hearing]
    )
    assert "M07" not in cards("2024-04-01", case)


def test_steps_that_together_exceed_the_promise_are_the_catalogue_s_fault(a_judgement, a_case) -> None:
    steps = [STEP | {"ended_at": "2024-03-05", "limit": 4}]
    steps += [STEP | {"step_no": "2", "limit": 4, "ended_at": "2024-03-05"}]
    case = a_case(**ACCEPTED, closed_at="2024-03-08", steps=steps)
    found = [f for f in a_judgement("2024-04-01", case).findings if f.monitor == "M07"]
    assert [(f.severity, f.reason, f.detail) for f in found] == [
        ("warning", "steps_exceed_promise", {"steps": 8.0, "promise": 7.0})
    ]
