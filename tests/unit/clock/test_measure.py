"""Deadlines on both clocks, by the law's own examples."""

import numpy as np
import pytest
from clock_cases import a_limit, extensions, pauses, told, when

from hub.clock.measure import measure
from hub.clock.reasons import ExtensionReason, PauseReason, Undecided, code

LATER = "2013-12-31 12:00:00"


def due(keeper, clock, limit, *, pauses=None, extensions=None, now=LATER):
    return told(measure(keeper, clock, limit, when(now), pauses, extensions).due_at[0])


@pytest.mark.parametrize(
    ("start", "length", "unit", "expected"),
    [
        ("2012-09-24 10:00:00", 5, "working_day", "2012-09-29 23:59:59"),
        ("2012-09-24 10:00:00", 20, "working_day", "2012-10-26 23:59:59"),
        ("2012-09-24", 20, "working_day", "2012-10-26 23:59:59"),
        ("2012-10-28 10:00:00", 1, "working_day", "2012-10-29 23:59:59"),  # a Sunday: Monday
        ("2012-09-23 10:00:00", 0, "working_day", "2012-09-23 23:59:59"),
        ("2012-09-24 10:00:00", 1.5, "working_day", "2012-09-26 23:59:59"),
        ("2012-09-24 10:00:00", 6, "calendar_day", "2012-10-08 23:59:59"),  # 30 September: a holiday
        ("2012-01-31 10:00:00", 1, "month", "2012-02-29 23:59:59"),
        ("2012-08-31 10:00:00", 1, "month", "2012-10-08 23:59:59"),
        ("2012-09-24 10:00:00", 24, "hour", "2012-09-25 23:59:59"),
        ("2012-09-24 16:30:00", 2, "working_hour", "2012-09-25 23:59:59"),
        ("2011-12-30 10:00:00", 1, "working_day", "2011-12-31 23:59:59"),  # a make-up Saturday
        ("2005-12-30 10:00:00", 1, "working_day", "2005-12-31 23:59:59"),
    ],
)
def test_whole_days_end_with_the_last_day(keeper, start, length, unit, expected):
    assert due(keeper, "whole_day", a_limit(start, length, unit)) == expected


def test_a_limit_that_does_not_roll_ends_on_the_holiday(keeper):
    limit = a_limit("2012-09-24 10:00:00", 6, "calendar_day", roll=False)
    assert due(keeper, "whole_day", limit) == "2012-09-30 23:59:59"


@pytest.mark.parametrize(
    ("start", "length", "unit", "expected"),
    [
        ("2012-10-29 08:31:10", 3, "working_day", "2012-11-01 08:31:10"),
        ("2012-10-28 10:00:00", 1, "working_day", "2012-10-30 08:30:00"),  # begins at Monday's opening
        ("2012-10-29 12:00:00", 1, "working_day", "2012-10-30 14:00:00"),  # closing time is outside
        ("2012-10-29 11:00:00", 2, "working_hour", "2012-10-29 15:00:00"),
        ("2012-10-29 17:00:00", 1, "working_hour", "2012-10-30 09:00:00"),
        ("2012-10-29 08:30:00", 0.5, "working_day", "2012-10-29 14:00:00"),
        ("2012-09-24 10:00:00", 6, "calendar_day", "2012-09-30 10:00:00"),
        ("2012-08-31 10:00:00", 1, "month", "2012-09-30 10:00:00"),
        ("2012-09-24 10:00:00", 36, "hour", "2012-09-25 22:00:00"),
        ("2012-10-29", 3, "working_day", "2012-11-01 23:59:59"),  # only the date is known
    ],
)
def test_elapsed_time_runs_from_the_instant(keeper, start, length, unit, expected):
    assert due(keeper, "elapsed", a_limit(start, length, unit)) == expected


def test_the_hour_that_is_lost_in_spring_is_not_lost_to_a_calendar_day():
    from zoneinfo import ZoneInfo

    from hub.clock.book import load_book
    from hub.clock.keeper import Timekeeper
    from hub.model.instants import isoformat, parse_iso

    zone = ZoneInfo("America/New_York")
    there = Timekeeper(load_book("weekdays", zone=zone).as_known_at(), zone, ["08:30-17:00"])
    for unit, expected in (
        ("calendar_day", "2015-03-08T10:00:00-04:00"),
        ("hour", "2015-03-08T11:00:00-04:00"),
    ):
        limit = a_limit("2015-03-07", 24 if unit == "hour" else 1, unit)
        limit.started_at[0] = parse_iso("2015-03-07T10:00:00", zone)
        timing = measure(there, "elapsed", limit, parse_iso("2016-01-01T00:00:00", zone))
        assert isoformat(int(timing.due_at[0]), zone) == expected


@pytest.mark.parametrize(
    ("clock", "stop", "late"),
    [
        ("whole_day", "2012-11-01 23:59:59", False),
        ("whole_day", "2012-11-01", False),
        ("whole_day", "2012-11-02 00:00:00", True),
        ("whole_day", "2012-11-02", True),
        ("elapsed", "2012-11-01 10:00:00", False),
        ("elapsed", "2012-11-01 10:00:01", True),
        ("elapsed", "2012-11-01", False),
        ("elapsed", "2012-11-02", True),
    ],
)
def test_exactly_on_the_deadline_is_in_time(keeper, clock, stop, late):
    timing = measure(keeper, clock, a_limit("2012-10-29 10:00:00", 3, stop=stop), when(LATER))
    assert bool(timing.late[0]) is late


def test_a_running_case_says_when_it_turns_late(keeper):
    limit = a_limit("2012-10-29 10:00:00", 3)
    whole = measure(keeper, "whole_day", limit, when("2012-10-30 10:00:00"))
    assert (told(whole.change_at[0]), bool(whole.late[0])) == ("2012-11-02 00:00:00", False)
    elapsed = measure(keeper, "elapsed", limit, when("2012-10-30 10:00:00"))
    assert elapsed.change_at[0] == elapsed.due_at[0] + 2
    for clock, timing in (("whole_day", whole), ("elapsed", elapsed)):
        assert measure(keeper, clock, limit, int(timing.change_at[0])).late[0]
        assert not measure(keeper, clock, limit, int(timing.change_at[0]) - 2).late[0]


def test_a_stop_after_the_instant_judged_has_not_happened(keeper):
    limit = a_limit("2012-10-29 10:00:00", 3, stop="2012-11-30 10:00:00")
    timing = measure(keeper, "whole_day", limit, when("2012-10-31"))
    assert not timing.late[0]
    assert timing.elapsed[0] == 2


@pytest.mark.parametrize(
    ("row", "expected", "reason"),
    [
        (("2012-10-30 09:00:00", "2012-11-01 09:00:00"), "2012-11-05", "counted"),
        (("2012-10-30 09:00:00", "2012-11-06 09:00:00", 2), "2012-11-05", "capped"),
        (("2012-10-20 09:00:00", "2012-10-31 09:00:00"), "2012-11-05", "clipped"),
        (("2012-10-20 09:00:00", "2012-10-25 09:00:00"), "2012-11-01", "outside"),
        (("2012-10-30 09:00:00", "2012-10-29 09:00:00"), "2012-11-01", "empty"),
        (("2012-10-30 09:00:00", "2012-10-30 19:00:00"), "2012-11-01", "no_time"),
        (("2012-11-01 09:00:00", "2012-11-05 09:00:00"), "2012-11-01", "after_deadline"),
        (("2012-10-31 09:00:00", "2012-11-05 09:00:00"), "2012-11-06", "counted"),
        (("2012-10-30 09:00:00", "2012-11-01 09:00:00", None, False), "2012-11-01", "not_allowed"),
        ((None, "2012-11-01 09:00:00"), "2012-11-01", "no_start"),
        (("2014-10-30 09:00:00", None), "2012-11-01", "not_yet"),
    ],
)
def test_a_pause_counts_or_says_why_not(keeper, row, expected, reason):
    timing = measure(keeper, "whole_day", a_limit("2012-10-29 10:00:00", 3), when(LATER), pauses(row))
    assert told(timing.due_at[0])[:10] == expected
    assert code(PauseReason(int(timing.pause_reason[0]))) == reason


def test_overlapping_pauses_are_taken_off_once(keeper):
    rows = pauses(
        ("2012-10-30 09:00:00", "2012-11-02 09:00:00"),
        ("2012-10-30 09:00:00", "2012-11-02 09:00:00"),
        ("2012-10-31 09:00:00", "2012-11-05 09:00:00"),
        ("2012-10-30 15:00:00", "2012-10-31 09:00:00"),
    )
    timing = measure(keeper, "whole_day", a_limit("2012-10-29 10:00:00", 3), when(LATER), rows)
    assert told(timing.due_at[0]) == "2012-11-07 23:59:59"
    assert list(timing.pause_counted) == [3, 0, 1, 0]
    assert [code(PauseReason(int(r))) for r in timing.pause_reason] == [
        "counted",
        "covered",
        "merged",
        "covered",
    ]


def test_an_open_pause_counts_to_now_and_to_its_cap(keeper):
    limit = a_limit("2012-10-29 10:00:00", 3)
    open_ended = pauses(("2012-10-30 09:00:00", None))
    assert (
        due(keeper, "whole_day", limit, pauses=open_ended, now="2012-11-01 10:00:00") == "2012-11-05 23:59:59"
    )
    assert (
        due(keeper, "whole_day", limit, pauses=open_ended, now="2012-11-05 10:00:00") == "2012-11-07 23:59:59"
    )
    capped = pauses(("2012-10-30 09:00:00", None, 1))
    assert due(keeper, "whole_day", limit, pauses=capped, now="2012-11-05 10:00:00") == "2012-11-02 23:59:59"


def test_a_cap_in_calendar_days_is_counted_in_calendar_days(keeper):
    rows = pauses(("2012-11-02 09:00:00", "2012-11-20 09:00:00", 3), unit="calendar_day")
    assert due(keeper, "whole_day", a_limit("2012-10-29 10:00:00", 9), pauses=rows) == "2012-11-12 23:59:59"


def test_a_pause_stops_the_elapsed_clock_for_its_working_seconds(keeper):
    rows = pauses(("2012-10-29 11:30:00", "2012-10-29 14:30:10"))
    assert due(keeper, "elapsed", a_limit("2012-10-29 10:00:00", 3), pauses=rows) == "2012-11-01 11:00:10"


@pytest.mark.parametrize(
    ("row", "most", "expected", "reason"),
    [
        (("2012-11-01 23:00:00", 5), 10.0, "2012-11-08", "valid"),
        (("2012-11-01", 5), 10.0, "2012-11-08", "valid"),
        (("2012-11-02 00:00:00", 5), 10.0, "2012-11-01", "late"),
        (("2012-10-30 00:00:00", 11), 10.0, "2012-11-01", "too_long"),
        (("2012-10-30 00:00:00", 5, False), 10.0, "2012-11-01", "no_reason"),
        (("2012-10-30 00:00:00", 5, True, False), 10.0, "2012-11-01", "no_authority"),
        (("2012-10-30 00:00:00", 5), np.nan, "2012-11-01", "excluded"),
        (("2012-10-30 00:00:00", 0), 10.0, "2012-11-01", "bad_length"),
        (("2012-10-30 00:00:00", np.nan), 10.0, "2012-11-01", "bad_length"),
        ((None, 5), 10.0, "2012-11-01", "no_date"),
        (("2014-01-01 00:00:00", 5), 10.0, "2012-11-01", "not_yet"),
    ],
)
def test_an_extension_is_valid_or_wholly_void(keeper, row, most, expected, reason):
    rows = extensions(row, most=most)
    timing = measure(keeper, "whole_day", a_limit("2012-10-29 10:00:00", 3), when(LATER), None, rows)
    assert told(timing.due_at[0])[:10] == expected
    assert code(ExtensionReason(int(timing.extension_reason[0]))) == reason
    assert timing.length[0] == 3 + (5 if reason == "valid" else 0)


def test_a_limit_is_extended_once(keeper):
    rows = extensions(("2012-10-31 10:00:00", 2), ("2012-10-30 10:00:00", 5))
    timing = measure(keeper, "whole_day", a_limit("2012-10-29 10:00:00", 3), when(LATER), None, rows)
    assert [code(ExtensionReason(int(r))) for r in timing.extension_reason] == ["repeated", "valid"]
    assert timing.extended[0] == 5


@pytest.mark.parametrize(
    ("limit", "given", "length", "expected", "reason"),
    [
        (a_limit("2012-10-29 10:00:00", 3), "calendar_day", 7, "2012-11-08", "valid"),
        (a_limit("2012-10-29 10:00:00", 3), "month", 1, "2012-11-01", "too_long"),
        (a_limit("2012-10-29 10:00:00", 3), "hour", 48, "2012-11-02", "valid"),
        (a_limit("2012-10-29 10:00:00", 3, "calendar_day"), "working_day", 10, "2012-11-15", "valid"),
        (a_limit("2012-10-29 10:00:00", 3, "calendar_day"), "working_day", 11, "2012-11-01", "too_long"),
        (a_limit("2012-10-29 10:00:00", 1, "month"), "month", 1, "2012-12-31", "valid"),
        (a_limit("2012-10-29 10:00:00", 3), "fortnight", 5, "2012-11-08", "valid"),
    ],
)
def test_an_extension_runs_in_its_own_unit_from_the_due_date(keeper, limit, given, length, expected, reason):
    rows = extensions(("2012-10-30 10:00:00", length), unit=given)
    timing = measure(keeper, "whole_day", limit, when(LATER), None, rows)
    assert code(ExtensionReason(int(timing.extension_reason[0]))) == reason
    assert told(timing.due_at[0])[:10] == expected


def test_an_extension_of_the_elapsed_clock_keeps_the_time_of_day(keeper):
    limit = a_limit("2012-10-29 10:00:00", 3)
    for unit, length, expected in (
        ("working_day", 2, "2012-11-05 10:00:00"),
        ("working_hour", 1, "2012-11-01 11:00:00"),
        ("calendar_day", 4, "2012-11-05 10:00:00"),
    ):
        rows = extensions(("2012-11-01 10:00:00", length), unit=unit)
        assert due(keeper, "elapsed", limit, extensions=rows) == expected
    late = extensions(("2012-11-01 10:00:01", 2))
    assert due(keeper, "elapsed", limit, extensions=late) == "2012-11-01 10:00:00"


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        (a_limit(None, 5), Undecided.NO_START),
        (a_limit("2012-10-29", float("nan")), Undecided.NO_LIMIT),
        (a_limit("2012-10-29", 5, "fortnight"), Undecided.UNKNOWN_UNIT),
        (a_limit("2012-10-29", -1), Undecided.BAD_LENGTH),
        (a_limit("2012-10-29", 1e7), Undecided.BEYOND_TABLE),
        (a_limit("0001-02-01", 5), Undecided.BEYOND_TABLE),
    ],
)
def test_what_cannot_be_decided_says_so(keeper, limit, why):
    for clock in ("whole_day", "elapsed"):
        timing = measure(keeper, clock, limit, when(LATER))
        assert (timing.undecided[0], told(timing.due_at[0]), bool(timing.late[0])) == (why, None, False)


def test_a_deadline_beyond_the_notices_is_provisional(keeper):
    for clock in ("whole_day", "elapsed"):
        inside = measure(keeper, clock, a_limit("2026-12-01 10:00:00", 5), when("2026-12-02"))
        beyond = measure(keeper, clock, a_limit("2026-12-28 10:00:00", 5), when("2026-12-29"))
        assert not inside.provisional[0]
        assert beyond.provisional[0]
        unrolled = a_limit("2026-12-28 10:00:00", 50, "calendar_day", roll=False)
        assert not measure(keeper, clock, unrolled, when("2026-12-29")).provisional[0]


def test_a_pause_of_no_length_takes_nothing_off_hours_either(keeper):
    nothing = pauses(("2012-09-24 12:00:00", None, 0))
    timing = measure(keeper, "whole_day", a_limit("2012-09-24 10:00:00", 24, "hour"), when(LATER), nothing)
    assert timing.pause_counted.tolist() == [0]


@pytest.mark.parametrize("unit", ["calendar_day", "month"])
def test_only_a_clock_that_rolls_makes_a_limit_in_calendar_days_or_months_provisional(keeper, unit):
    limit = a_limit("2026-12-10 10:00:00", 1 if unit == "month" else 31, unit)
    assert measure(keeper, "whole_day", limit, when("2026-12-29")).provisional[0]
    assert not measure(keeper, "elapsed", limit, when("2026-12-29")).provisional[0]


def test_mixed_units_are_each_measured_in_their_own(keeper):
    from hub.clock.columns import LimitColumns

    singles = [
        a_limit("2012-09-24 10:00:00", 5, unit) for unit in ("month", "hour", "working_day", "calendar_day")
    ]
    block = LimitColumns(*(np.concatenate([getattr(s, f) for s in singles]) for f in LimitColumns.__slots__))
    for clock in ("whole_day", "elapsed"):
        together = measure(keeper, clock, block, when(LATER))
        alone = [measure(keeper, clock, s, when(LATER)) for s in singles]
        assert list(together.due_at) == [int(a.due_at[0]) for a in alone]
        assert list(together.elapsed) == [float(a.elapsed[0]) for a in alone]


def test_as_of_an_instant_that_never_was_nothing_is_late(keeper):
    limit = a_limit("2012-10-29 10:00:00", 3, stop="2012-11-29 10:00:00")
    for clock in ("whole_day", "elapsed"):
        timing = measure(keeper, clock, limit, when(None), pauses(("2012-10-30 09:00:00", None)))
        assert not timing.late[0]
        assert timing.elapsed[0] == 0
        assert timing.pause_reason[0] == PauseReason.NOT_YET
