"""M27: the source's own deadline, by the instant."""

import pytest


@pytest.mark.parametrize(
    ("due", "closed", "expected"),
    [
        ("2024-03-05T10:00:00", "2024-03-05T10:00:00", None),
        ("2024-03-05T10:00:00", "2024-03-05T10:00:00.000001", "red"),
        ("2024-03-05", "2024-03-05T23:59:59", None),
        ("2024-03-05", "2024-03-06T00:00:00", "red"),
        ("2024-03-05T10:00:00", "2024-03-05", None),
        ("2024-03-05T10:00:00", "2024-03-06", "red"),
        ("2024-03-05T10:00:00", None, "red"),
        ("2025-03-05T10:00:00", None, None),
        (None, None, None),
    ],
)
def test_a_case_past_its_given_deadline_is_red(cards, a_case, due, closed, expected) -> None:
    case = a_case(received_at="2024-03-01", accepted_at="2024-03-01", due_at=due, closed_at=closed)
    assert cards("2024-04-01", case).get("M27") == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"refused_at": "2024-03-04T10:00"}, None),
        ({"refused_at": "2024-03-06T10:00"}, "red"),
        ({"refused_at": "2024-03-04T10:00", "closed_at": "2024-03-07T10:00"}, None),
        ({"decided_at": "2024-03-04T10:00"}, "red"),  # decided is not closed
    ],
)
def test_a_refusal_ends_the_case_as_closing_does(cards, a_case, facts, expected) -> None:
    case = a_case(received_at="2024-03-01T09:00", due_at="2024-03-05T10:00", **facts)
    assert cards("2024-04-01", case).get("M27") == expected


def test_where_a_source_never_tells_of_closing_the_decision_ends_the_case(cards, a_case) -> None:
    case = a_case(received_at="2024-03-01T09:00", due_at="2024-03-05T10:00", decided_at="2024-03-04T10:00")
    sends = {"hall": {"case.decided_at"}}
    assert "M27" not in cards("2024-04-01", case, supplies=sends)


def test_it_is_judged_though_the_item_is_unknown(cards, a_case) -> None:
    case = a_case(item_code=None, received_at="2024-03-01", due_at="2024-03-02T00:00")
    assert cards("2024-04-01", case) == {"M01": "warning", "M21": "warning", "M27": "red"}


def test_an_open_case_is_late_only_as_far_as_the_source_was_heard(a_judgement, a_case) -> None:
    case = a_case(received_at="2024-03-01T09:00", accepted_at="2024-03-01T09:00", due_at="2024-03-02T10:00")
    behind = a_judgement("2024-03-03", case | {"known_until": "2024-03-02T10:00"}, watermark=True)
    assert (behind.findings, behind.undecided) == ([], {0: "source_behind"})
    heard = a_judgement("2024-03-03", case | {"known_until": "2024-03-02T10:00:01"}, watermark=True)
    assert [f.monitor for f in heard.findings] == ["M27"]


def test_elapsed_is_told_in_seconds_without_a_limit(a_judgement, a_case) -> None:
    case = a_case(accepted_at="2024-03-01T09:00", due_at="2024-03-01T10:00", closed_at="2024-03-01T11:00")
    (found,) = (f for f in a_judgement("2024-04-01", case).findings if f.monitor == "M27")
    assert (found.clock, found.limit, found.limit_unit, found.elapsed) == ("instant", None, None, 7200)
