"""Wall clocks and office hours: as Python's own zones say, in whole columns; opening and closing exact."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.clock.hours import DAY, parse_office_hours
from hub.clock.zones import zone_table
from hub.errors import ConfigError

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock
MICRO = timedelta(microseconds=1)
ZONES = ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
HOUR = 3_600_000_000


@settings(deadline=None)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(1901, 1, 1), datetime(2099, 12, 31)),  # noqa: DTZ001
)
def test_wall_clocks_are_those_of_the_zone_database(name, wall):
    zone = ZoneInfo(name)
    table = zone_table(zone)
    utc = table.to_utc(np.array([(wall - EPOCH) // MICRO]))
    expected = (wall.replace(tzinfo=zone) - datetime(1970, 1, 1, tzinfo=UTC)) // MICRO
    assert int(utc[0]) == expected
    local = table.to_local(utc)
    told = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=expected)
    assert int(local[0]) == (told.astimezone(zone).replace(tzinfo=None) - EPOCH) // MICRO


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2015-11-01T01:30:00", "2015-11-01T05:30:00"),  # twice: the first
        ("2015-03-08T02:30:00", "2015-03-08T07:30:00"),  # never: read before the change
        ("2015-03-08T03:00:00", "2015-03-08T07:00:00"),
    ],
)
def test_an_ambiguous_wall_clock_is_the_first(wall, utc):
    table = zone_table(ZoneInfo("America/New_York"))
    micros = [(datetime.fromisoformat(text) - EPOCH) // MICRO for text in (wall, utc)]
    assert int(table.to_utc(np.array(micros[:1]))[0]) == micros[1]


def test_office_hours_count_only_while_open():
    hours = parse_office_hours(["14:00-17:30", "08:30-12:00"])
    assert hours.per_day == 7 * HOUR
    times = np.array([0, 9 * HOUR, 13 * HOUR, 15 * HOUR, DAY])
    assert list(hours.worked(times)) == [0, HOUR // 2, 7 * HOUR // 2, 9 * HOUR // 2, 7 * HOUR]
    assert int(hours.time_after(np.array([7 * HOUR // 2]))[0]) == 14 * HOUR


def test_office_hours_that_touch_are_one_interval():
    assert parse_office_hours(["08:00-12:00", "12:00-16:00"]).intervals == ((8 * HOUR, 16 * HOUR),)


@pytest.mark.parametrize(
    "texts", [[], ["8-12"], ["12:00-08:00"], ["08:00-24:01"], ["08:60-09:00"], ["08:00-12:00", "11:00-13:00"]]
)
def test_office_hours_that_make_no_sense_are_refused(texts):
    with pytest.raises(ConfigError):
        parse_office_hours(texts)
