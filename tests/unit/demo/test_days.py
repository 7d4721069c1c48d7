"""The city's calendar is the real one."""

from datetime import date

import pytest

from hub.demo.days import WorkCalendar, date_of, day_of, stamp, wall_of

CALENDAR = WorkCalendar(date(2012, 1, 1), date(2012, 12, 31))


@pytest.mark.parametrize(("length", "due"), [(5, date(2012, 9, 29)), (20, date(2012, 10, 26))])
def test_working_days_pass_over_the_holidays_and_include_the_saturday_worked(length: int, due: date) -> None:
    assert date_of(CALENDAR.walk(day_of(date(2012, 9, 24)), length)) == due


def test_days_skipped_are_not_counted() -> None:
    start = day_of(date(2012, 9, 3))
    assert CALENDAR.walk(start, 3, [(start, start + 2)]) == CALENDAR.walk(start, 5)


def test_a_year_without_a_notice_works_from_monday_to_friday() -> None:
    calendar = WorkCalendar(date(2035, 1, 1), date(2035, 1, 31))
    assert not calendar.is_working(day_of(date(2035, 1, 6)))
    assert calendar.is_working(day_of(date(2035, 1, 8)))


def test_an_instant_with_an_offset_is_brought_to_the_citys_clock() -> None:
    assert stamp(wall_of("2012-10-25T16:00:00+00:00")) == "2012-10-26 00:00:00"
    assert stamp(wall_of("2012-10-26 08:30:00")) == "2012-10-26 08:30:00"
