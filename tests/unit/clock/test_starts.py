"""When the clock of a case starts and stops."""

import numpy as np
import pytest
from clock_cases import a_block, told, when, whens

from hub.clock.reasons import code
from hub.clock.starts import StartReason, clock_starts, clock_stops

LATER = "2013-12-31 12:00:00"
RECEIVED = "2012-10-29 10:00:00"  # a Monday; the fifth working day after it is Monday 5 November


@pytest.mark.parametrize(
    ("facts", "now", "start", "reason"),
    [
        ({"accepted_at": "2012-10-30 09:00:00"}, LATER, "2012-10-30 09:00:00", "accepted"),
        ({"accepted_at": "2012-11-05 23:00:00"}, LATER, "2012-11-05 23:00:00", "accepted"),
        ({"accepted_at": "2012-11-05"}, LATER, "2012-11-05", "accepted"),
        ({"accepted_at": "2012-11-06 00:00:00"}, LATER, RECEIVED, "deemed"),
        ({}, LATER, RECEIVED, "deemed"),
        ({}, "2012-11-06 00:00:00", RECEIVED, "deemed"),
        ({}, "2012-11-05 23:59:59", None, "waiting"),
        ({"accepted_at": "2012-10-30 09:00:00"}, "2012-10-29 12:00:00", None, "waiting"),
        ({"refused_at": "2012-11-01 09:00:00"}, LATER, None, "refused"),
        ({"refused_at": "2012-11-07 09:00:00"}, LATER, RECEIVED, "deemed"),
        (
            {"supplements": [("2012-11-01 09:00:00", "2012-11-20 09:00:00")]},
            LATER,
            "2012-11-20 09:00:00",
            "supplemented",
        ),
        (
            {
                "supplements": [("2012-11-01 09:00:00", "2012-11-20 09:00:00")],
                "accepted_at": "2012-11-22 09:00:00",
            },
            LATER,
            "2012-11-20 09:00:00",
            "supplemented",
        ),
        (
            {
                "supplements": [
                    ("2012-11-01 09:00:00", "2012-11-20 09:00:00"),
                    ("2012-11-02 09:00:00", "2012-11-23 09:00:00"),
                ]
            },
            LATER,
            "2012-11-23 09:00:00",
            "supplemented",
        ),
        ({"supplements": [("2012-11-01 09:00:00", None)]}, LATER, None, "awaiting_supplement"),
        (
            {"supplements": [("2012-11-01 09:00:00", None)], "accepted_at": "2012-11-22 09:00:00"},
            LATER,
            "2012-11-22 09:00:00",
            "accepted",
        ),
        # A notice given too late does not save the department.
        ({"supplements": [("2012-11-06 09:00:00", "2012-11-20 09:00:00")]}, LATER, RECEIVED, "deemed"),
        # A notice after acceptance does not move the start.
        (
            {
                "supplements": [("2012-11-02 09:00:00", "2012-11-20 09:00:00")],
                "accepted_at": "2012-10-30 09:00:00",
            },
            LATER,
            "2012-10-30 09:00:00",
            "accepted",
        ),
    ],
)
def test_the_clock_starts_where_the_law_says(keeper, facts, now, start, reason):
    starts = clock_starts(keeper, a_block(received_at=RECEIVED, **facts), when(now))
    found = told(starts.started_at[0])
    assert (found, code(StartReason(int(starts.reason[0])))) == (start, reason)


def test_without_receipt_acceptance_is_the_start(keeper):
    starts = clock_starts(keeper, a_block(accepted_at="2012-10-30 09:00:00"), when(LATER))
    assert told(starts.started_at[0]) == "2012-10-30 09:00:00"
    nothing = clock_starts(keeper, a_block(), when(LATER))
    assert (nothing.started_at[0], nothing.reason[0]) == (when(None), StartReason.NO_FACTS)


def test_silence_is_not_held_against_a_source_that_is_down(keeper):
    block = a_block(received_at=RECEIVED)
    behind = clock_starts(keeper, block, when(LATER), absence_until=whens(["2012-11-05 23:00:00"]))
    assert behind.reason[0] == StartReason.UNCERTAIN
    never = clock_starts(keeper, block, when(LATER), absence_until=whens([None]))
    assert never.reason[0] == StartReason.UNCERTAIN
    heard = clock_starts(keeper, block, when(LATER), absence_until=whens(["2012-11-06 00:00:00"]))
    assert heard.reason[0] == StartReason.DEEMED


def test_waiting_ends_with_the_fifth_working_day(keeper):
    starts = clock_starts(keeper, a_block(received_at=RECEIVED), when("2012-10-30 10:00:00"))
    assert told(starts.change_at[0]) == "2012-11-06 00:00:00"


@pytest.mark.parametrize(
    ("facts", "order", "stop"),
    [
        ({}, ("decided_at", "closed_at"), None),
        ({"closed_at": "2012-11-09"}, ("decided_at", "closed_at"), "2012-11-09"),
        (
            {"decided_at": "2012-11-08", "closed_at": "2012-11-09"},
            ("decided_at", "closed_at"),
            "2012-11-08",
        ),
        (
            {"decided_at": "2012-11-08", "closed_at": "2012-11-09"},
            ("closed_at", "decided_at"),
            "2012-11-09",
        ),
        (
            {"refused_at": "2012-11-07", "closed_at": "2012-11-09"},
            ("closed_at", "decided_at"),
            "2012-11-07",
        ),
        (
            {"decided_at": "2012-11-08", "closed_at": "2012-11-09", "result": "withdrawn"},
            ("decided_at", "closed_at"),
            "2012-11-09",
        ),
        ({"closed_at": "2015-11-09"}, ("decided_at", "closed_at"), None),
    ],
)
def test_each_limit_looks_at_its_own_stop(facts, order, stop):
    stopped_at = clock_stops(a_block(received_at=RECEIVED, **facts), when(LATER), order)
    assert told(stopped_at[0]) == stop


def test_far_and_absent_dates_do_not_crash(keeper):
    for text in ("0001-02-01", "9999-12-30"):
        starts = clock_starts(keeper, a_block(received_at=text, accepted_at=text), when(LATER))
        assert starts.reason[0] in (StartReason.ACCEPTED, StartReason.NO_FACTS)
        assert np.isfinite(starts.change_at[0])
