"""An instant is one integer: exact to the microsecond, ordered, and it remembers when it is only a date."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.instants import at, is_day, isoformat, on, parse_iso, to_datetime

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS)
def test_what_is_encoded_is_decoded_to_the_microsecond(moment: datetime) -> None:
    assert to_datetime(at(moment)) == moment
    assert not is_day(at(moment))


@given(MOMENTS, MOMENTS)
def test_order_is_kept(a: datetime, b: datetime) -> None:
    assert (at(a) < at(b)) == (a < b)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_date_alone_stays_a_date(day: date) -> None:
    instant = on(day, SHANGHAI)
    assert is_day(instant)
    assert isoformat(instant, SHANGHAI) == day.isoformat()
    assert parse_iso(day.isoformat(), SHANGHAI) == instant


@given(MOMENTS.filter(lambda moment: 1900 < moment.year < 2200))
def test_the_text_of_an_instant_reads_back_as_itself(moment: datetime) -> None:
    assert parse_iso(isoformat(at(moment), SHANGHAI), UTC) == at(moment)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="attach the city's zone"):
        at(datetime(2012, 9, 24))  # noqa: DTZ001


def test_without_an_offset_a_time_is_the_citys_wall_clock() -> None:
    expected = datetime(2012, 9, 24, 1, 30, tzinfo=UTC)
    assert to_datetime(parse_iso("2012-09-24T09:30:00", SHANGHAI)) == expected


def test_the_first_of_two_ambiguous_moments_is_meant() -> None:
    new_york = ZoneInfo("America/New_York")
    read = to_datetime(parse_iso("2015-11-01T01:30:00", new_york))
    assert read == datetime(2015, 11, 1, 5, 30, tzinfo=UTC)
    assert read + timedelta(hours=1) == datetime(2015, 11, 1, 6, 30, tzinfo=UTC)
