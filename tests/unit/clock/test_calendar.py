"""The calendar is right on every day of 2003–2026, in every version, and says where it does not know."""

import json
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import numpy as np
import pytest

from hub.clock.book import load_book
from hub.clock.calendar import TABLE_FROM, as_date, epoch_day
from hub.clock.checks import check_calendar, notice_missing
from hub.clock.rules import Notice
from hub.model.instants import parse_iso

NOTICES = Path(__file__).parents[4] / "shared" / "realdata" / "holiday_cn"
SARS = [date(2003, 4, 26), date(2003, 4, 27), date(2003, 5, 6), date(2003, 5, 7)]


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=k) for k in range((last - first).days + 1)]


def test_one_library_differs_on_one_day_only(book):
    calendar = book.as_known_at()
    theirs = chinese_calendar.is_workday
    differ = [d for d in days(date(2004, 1, 1), date(2026, 12, 31)) if calendar.is_working(d) != theirs(d)]
    assert differ == [date(2005, 12, 31)]
    assert calendar.reason(date(2005, 12, 31)).notice.endswith("（国办发明电〔2005〕35号）")


def test_the_other_library_differs_on_the_four_days_of_the_sars_amendment(book):
    calendar = book.as_known_at()
    theirs = holidays.country_holidays("CN", years=range(2003, 2028))
    span = days(date(2003, 1, 1), date(2026, 12, 31))
    assert [d for d in span if calendar.is_working(d) != theirs.is_working_day(d)] == SARS


@pytest.mark.skipif(not NOTICES.is_dir(), reason="the notices are not here")
def test_every_notice_of_2007_to_2026_is_followed(book):
    calendar = book.as_known_at()
    told: dict[str, bool] = {}
    for path in NOTICES.glob("20??.json"):
        told |= {day["date"]: not day["isOffDay"] for day in json.loads(path.read_text())["days"]}
    for day in days(date(2007, 1, 1), date(2026, 12, 31)):
        assert calendar.is_working(day) == told.get(day.isoformat(), day.weekday() < 5), day


@pytest.mark.skipif(not NOTICES.is_dir(), reason="the notices are not here")
def test_every_day_a_notice_names_is_cited_with_it(book):
    calendar = book.as_known_at()
    for path in NOTICES.glob("20??.json"):
        for told in json.loads(path.read_text())["days"]:
            reason = calendar.reason(date.fromisoformat(told["date"]))
            assert reason.notice, told
            assert told["isOffDay"] is (reason.kind == "holiday"), told
            if told["date"] > "2009":
                assert reason.name.endswith(told["name"]), told


def test_working_days_per_year_are_those_counted_from_the_notices(book):
    counted = [249, 251, 250, 250, 250, 249, 250, 250, 249, 250, 249, 250, 250, 249, 250, 249, 249, 251]
    calendar = book.as_known_at()
    assert [calendar.between(date(y - 1, 12, 31), date(y, 12, 31)) for y in range(2007, 2025)] == counted


def test_the_make_up_saturday_of_2012_counts(book):
    calendar = book.as_known_at()
    assert calendar.add(date(2012, 9, 24), 5) == (date(2012, 9, 29), False)
    assert calendar.add(date(2012, 9, 24), 20) == (date(2012, 10, 26), False)
    assert calendar.reason(date(2012, 9, 29)).kind == "make_up"
    assert calendar.add(date(2012, 10, 26), -20) == (date(2012, 9, 24), False)
    assert calendar.between(date(2012, 9, 24), date(2012, 10, 26)) == 20


@pytest.mark.parametrize(
    ("known", "day", "working"),
    [
        ("2003-04-20", "2003-04-26", True),
        ("2003-04-21", "2003-04-26", False),
        ("2003-04-20", "2003-05-07", False),
        ("2003-04-21", "2003-05-07", True),
        ("2015-05-12", "2015-09-03", True),
        ("2015-05-13", "2015-09-03", False),
        ("2015-05-12", "2015-09-06", False),
        ("2015-05-13", "2015-09-06", True),
        ("2019-03-21", "2019-05-02", True),
        ("2019-03-22", "2019-05-02", False),
        ("2019-03-21", "2019-05-05", False),
        ("2019-03-22", "2019-05-05", True),
        ("2020-01-26", "2020-01-31", True),
        ("2020-01-27", "2020-01-31", False),
        ("2020-01-26", "2020-02-01", True),
        ("2020-01-27", "2020-02-01", False),
    ],
)
def test_an_amendment_counts_from_the_day_it_was_known(book, zone, known, day, working):
    calendar = book.as_known_at(parse_iso(f"{known}T12:00:00", zone))
    assert calendar.is_working(date.fromisoformat(day)) is working
    assert not calendar.is_provisional(date.fromisoformat(day))


def test_an_amendment_touches_only_its_days(book, zone):
    before = book.as_known_at(parse_iso("2020-01-26", zone))
    after = book.as_known_at(parse_iso("2020-01-27", zone))
    changed = np.flatnonzero(before.working != after.working) + TABLE_FROM
    assert [as_date(d) for d in changed] == [date(2020, 1, 31), date(2020, 2, 1)]
    assert before.version != after.version


def test_a_year_is_provisional_until_its_notice_is_out(book, zone):
    before = book.as_known_at(parse_iso("2019-11-20", zone))
    assert before.horizon == date(2019, 12, 31)
    assert before.is_provisional(date(2020, 1, 1))
    assert before.is_working(date(2020, 1, 1))  # Monday to Friday, marked
    assert not book.as_known_at(parse_iso("2019-11-21", zone)).is_provisional(date(2020, 12, 31))


def test_days_outside_the_notices_are_marked_and_never_crash(book):
    calendar = book.as_known_at()
    for day in (date(1, 1, 1), date(1899, 12, 31), date(2002, 12, 31), date(2027, 1, 1), date(9999, 12, 31)):
        assert calendar.is_provisional(day)
        assert calendar.reason(day).provisional
    assert book.as_known_at(parse_iso("1990-01-01", book.zone)).is_provisional(date(2012, 1, 1))
    assert book.as_known_at(-(2**62)).is_provisional(date(2012, 1, 1))


def test_versions_name_content(book, zone):
    again = load_book(zone=zone)
    assert again.as_known_at().version == book.as_known_at().version
    assert book.as_known_at(parse_iso("2026-06-01", zone)).version == book.as_known_at().version


def test_a_local_day_lies_over_the_state_notice(tmp_path, zone):
    path = tmp_path / "local.csv"
    path.write_text(
        "date,working,name,notice,known_from\n2024-06-17,0,古尔邦节,新政发〔2024〕1号,2024-05-01\n"
    )
    book = load_book(zone=zone, overlays=[path])
    assert book.as_known_at(parse_iso("2024-04-30", zone)).is_working(date(2024, 6, 17))
    reason = book.as_known_at().reason(date(2024, 6, 17))
    assert (reason.kind, reason.name, reason.working) == ("local_off", "古尔邦节", False)


def test_monday_to_friday_knows_no_horizon(zone):
    calendar = load_book("weekdays", zone=zone).as_known_at()
    assert calendar.is_working(date(2012, 10, 1))
    assert not calendar.is_provisional(date(2100, 1, 1))


def test_the_missing_notice_is_an_alarm_from_december(book, zone):
    calendar = book.as_known_at()
    november = check_calendar(calendar, parse_iso("2026-11-30", zone), zone)
    assert [f.kind for f in november if f.alarm] == []
    assert notice_missing(calendar, parse_iso("2026-11-30T23:59:59", zone), zone) is None
    assert notice_missing(calendar, parse_iso("2026-12-01T00:00:00", zone), zone) is not None
    assert (
        check_calendar(load_book("weekdays", zone=zone).as_known_at(), parse_iso("2300-12-01", zone), zone)
        == []
    )
    december = check_calendar(calendar, parse_iso("2026-12-01", zone), zone)
    assert [(f.kind, f.params["year"]) for f in december if f.alarm] == [("notice_missing", 2027)]
    assert [f.params["date"] for f in december if f.kind == "library_disagrees"] == ["2005-12-31"]


def test_notices_survive_the_store(book):
    for notice in book.notices:
        assert Notice.from_json(json.loads(json.dumps(notice.to_json()))) == notice


def test_a_year_without_notice_between_others_is_provisional(zone):
    later = Notice("关于2028年部分节假日安排的通知", "", date(2027, 11, 1), 2028, ())
    calendar = load_book(zone=zone, imported=[later]).as_known_at()
    assert calendar.horizon == date(2026, 12, 31)
    assert calendar.is_provisional(date(2027, 6, 1))
    assert not calendar.is_provisional(date(2028, 6, 1))
    days = np.array([epoch_day(date(2026, 12, 1)), epoch_day(date(2028, 1, 5))])
    assert list(calendar.are_provisional(days)) == [False, False]
    assert calendar.rest_on_provisional(days[:1], days[1:])[0]
    ends = date(2026, 12, 1), date(2028, 1, 5)
    assert calendar.any_provisional(*ends)
    assert calendar.any_provisional(*reversed(ends))
    assert not calendar.any_provisional(date(2026, 1, 1), date(2026, 12, 31))
