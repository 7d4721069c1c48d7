"""Durations and cron lines mean what people think they mean."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import cadence


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30s", 30),
        ("10m", 600),
        ("2h", 7200),
        ("1d", 86_400),
        ("1w", 604_800),
        ("1h30m", 5400),
        ("0s", 0),
        ("1.5h", 5400),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, length: float) -> None:
    assert cadence.seconds(text) == length


@pytest.mark.parametrize("text", ["", "10", "m", "10 minutes", "-5m", "10m!", "1e9s", "99999w", "十分"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        cadence.seconds(text)


@given(st.integers(0, 1000), st.integers(0, 59))
def test_hours_and_minutes_add_up(hours: int, minutes: int) -> None:
    assert cadence.seconds(f"{hours}h{minutes}m") == hours * 3600 + minutes * 60


def test_weekday_one_is_monday_as_in_cron_not_tuesday_as_in_the_scheduler() -> None:
    assert cadence.cron_fields("0 7 * * 1-5") == {
        "minute": "0", "hour": "7", "day": "*", "month": "*", "day_of_week": "fri,mon,thu,tue,wed",
    }  # fmt: skip


def test_seven_and_zero_are_both_sunday() -> None:
    assert (
        cadence.cron_fields("0 7 * * 0")["day_of_week"]
        == cadence.cron_fields("0 7 * * 7")["day_of_week"]
        == "sun"
    )


def test_steps_lists_and_names_are_enumerated() -> None:
    fields = cadence.cron_fields("*/15 8-10,14 1 jan,12 *")
    assert fields == {
        "minute": "0,15,30,45",
        "hour": "8,9,10,14",
        "day": "1",
        "month": "1,12",
        "day_of_week": "*",
    }


@pytest.mark.parametrize(
    "line",
    [
        "",
        "* * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "*/0 * * * *",
        "x * * * *",
        "0 0 1 * 1",
    ],
)
def test_a_cron_line_that_cannot_be_meant_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        cadence.cron_fields(line)


@pytest.mark.parametrize(
    ("every_s", "cron", "last", "due"),
    [
        (600.0, None, None, "2012-10-26T09:00:00+08:00"),
        (600.0, None, "2012-10-26T08:55:00+08:00", "2012-10-26T09:05:00+08:00"),
        (600.0, None, "2012-10-25T08:55:00+08:00", "2012-10-26T09:00:00+08:00"),
        (None, "0 7 * * 1-5", "2012-10-26T07:00:01+08:00", "2012-10-29T07:00:00+08:00"),
        (None, "0 7 * * *", "2012-10-25T23:00:01+00:00", "2012-10-27T07:00:00+08:00"),
        (None, "0 0 29 2 *", "2012-10-25T07:00:01+08:00", "2016-02-29T00:00:00+08:00"),
    ],
)
def test_a_source_is_due_by_its_pace(
    every_s: float | None, cron: str | None, last: str | None, due: str
) -> None:
    now = datetime(2012, 10, 26, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    before = datetime.fromisoformat(last) if last else None
    found = cadence.next_run(every_s, cron, before, now)
    assert found is not None
    assert found.isoformat() == due


def test_a_source_without_a_pace_is_never_due() -> None:
    assert (
        cadence.next_run(None, None, None, datetime(2012, 10, 26, tzinfo=ZoneInfo("Asia/Shanghai"))) is None
    )
