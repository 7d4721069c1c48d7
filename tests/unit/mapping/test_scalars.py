"""What single values become: times, numbers, money, texts, identifiers."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.mapping.cleaning import NotConvertible, as_identifier, as_text, shown
from hub.mapping.moments import as_instant
from hub.mapping.numbers import (
    as_boolean,
    as_decimal_text,
    as_integer,
    as_length,
    as_quantity,
    as_unit,
    duration_unit,
    money,
)
from hub.mapping.rendering import from_human, human
from hub.model.instants import isoformat
from hub.model.kinds import Field

SHANGHAI, BOSTON = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("form", "value", "zone", "iso"),
    [
        ("iso", "2012-09-24 08:30:00", SHANGHAI, "2012-09-24T08:30:00+08:00"),
        ("iso", "2012-09-24T00:30:00Z", SHANGHAI, "2012-09-24T08:30:00+08:00"),
        ("iso", "2012-09-24 08:30:00.0", SHANGHAI, "2012-09-24T08:30:00+08:00"),
        ("iso", "２０１２－０９－２４", SHANGHAI, "2012-09-24"),
        ("iso", 20120924, SHANGHAI, "2012-09-24"),
        ("iso", "9999-12-31 23:59:59", SHANGHAI, "9999-12-31T23:59:59+08:00"),
        ("%Y年%m月%d日", "2012年9月24日", SHANGHAI, "2012-09-24"),
        ("%Y年%m月%d日 %H时%M分", "2012年09月24日 8时05分", SHANGHAI, "2012-09-24T08:05:00+08:00"),
        ("%Y-%m-%d %p%I:%M", "2012-09-24 下午3:05", SHANGHAI, "2012-09-24T15:05:00+08:00"),
        ("%Y/%m/%d %H:%M:%S", "2012/9/24 8:30:00", SHANGHAI, "2012-09-24T08:30:00+08:00"),
        ("%Y%m%d%H%M%S", "20120924083000", SHANGHAI, "2012-09-24T08:30:00+08:00"),
        ("%y%m%d", "120924", SHANGHAI, "2012-09-24"),
        ("%d %b %Y", "24 Sep 2012", SHANGHAI, "2012-09-24"),
        (
            "%Y-%m-%dT%H:%M:%S.%f%z",
            "2012-09-24T08:30:00.25+0900",
            SHANGHAI,
            "2012-09-24T07:30:00.250000+08:00",
        ),
        ("%m/%d/%Y %I:%M:%S %p", "09/24/2012 12:00:00 AM", BOSTON, "2012-09-24T00:00:00-04:00"),
        ("%m/%d/%Y %I:%M:%S %p", "11/01/2015 01:30:00 AM", BOSTON, "2015-11-01T01:30:00-04:00"),
        ("iso", "2015-03-08 02:30:00", BOSTON, "2015-03-08T03:30:00-04:00"),
        ("epoch_s", 1348446600, SHANGHAI, "2012-09-24T08:30:00+08:00"),
        ("epoch_s", "1348446600.5", SHANGHAI, "2012-09-24T08:30:00.500000+08:00"),
        ("epoch_ms", 1348446600123, SHANGHAI, "2012-09-24T08:30:00.123000+08:00"),
        ("excel", 41176, SHANGHAI, "2012-09-24"),
        ("excel", "41176.3541666667", SHANGHAI, "2012-09-24T08:30:00+08:00"),
    ],
)
def test_a_time_is_read_in_its_format(form: str, value: Any, zone: ZoneInfo, iso: str) -> None:
    instant = as_instant([form], zone, day_only=False)(value)
    assert instant is not None
    assert isoformat(instant, zone) == iso


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("iso", "2012-02-30"),
        ("iso", "0000-00-00"),
        ("iso", "24.9.2012"),
        ("iso", "0001-01-01 00:00:00"),
        ("iso", 1348446600),
        ("iso", True),
        ("%Y%m%d", "2012924"),
        ("%Y-%m-%d %I:%M %p", "2012-09-24 13:00 PM"),
        ("%d %b %Y", "24 Foo 2012"),
        ("epoch_s", "1e30"),
        ("excel", "59"),
        ("excel", "3000000"),
    ],
)
def test_what_is_no_time_is_refused(form: str, value: Any) -> None:
    with pytest.raises(NotConvertible, match="a time"):
        as_instant([form], SHANGHAI, day_only=False)(value)


def test_a_date_field_keeps_the_local_date_alone() -> None:
    day = as_instant(["iso"], SHANGHAI, day_only=True)("2012-09-23T16:30:00Z")
    assert day is not None
    assert isoformat(day, SHANGHAI) == "2012-09-24"


@pytest.mark.parametrize(
    ("convert", "value", "expected"),
    [
        (as_integer, "１２", 12),
        (as_integer, "1,200", 1200),
        (as_integer, "3.0", 3),
        (as_integer, "1e3", 1000),
        (as_integer, " ", None),
        (as_quantity, "2.5", 2.5),
        (as_quantity, 3, 3.0),
        (as_decimal_text, "1.50", "1.5"),
        (as_decimal_text, "1e3", "1000"),
        (money("yuan"), "12.50", 1250),
        (money("yuan"), "¥1,200", 120000),
        (money("yuan"), "300元", 30000),
        (money("yuan"), 0.29, 29),
        (money("fen"), 29, 29),
        (money("wan"), "1.5", 1_500_000),
        (as_boolean, "是", True),
        (as_boolean, 0, False),
        (as_unit, "工作日", "working_day"),
        (as_unit, "hour", "hour"),
        (duration_unit, "minute", ("hour", 1 / 60)),
        (as_length, "5个工作日", (5.0, "working_day")),
        (as_length, "1.5 周", (10.5, "calendar_day")),
        (as_text, " a\r\nb\x00 ", "a\nb"),
        (as_text, "e\u0301", "é"),
        (as_text, ["a", None, "b"], "a; b"),
        (as_text, 12.0, "12"),
        (as_text, 1.5, "1.5"),
        (as_text, True, "true"),
        (as_identifier, " A\u200b 1\n2 ", "A 1 2"),
        (as_identifier, "\x1fA\x1fB", "AB"),
        (as_identifier, 4103052012092401.0, "4103052012092401"),
    ],
)
def test_a_value_is_converted(convert: Any, value: Any, expected: Any) -> None:
    assert convert(value) == expected


@pytest.mark.parametrize(
    ("convert", "value"),
    [
        (as_integer, "1.5"),
        (as_integer, "1,2"),
        (as_integer, 2**63),
        (as_integer, True),
        (as_integer, "9" * 100),
        (as_quantity, "NaN"),
        (as_quantity, "1e300"),
        (money("yuan"), "0.005"),
        (money("yuan"), "9e30"),
        (money("yuan"), "USD 5"),
        (as_boolean, "perhaps"),
        (as_unit, "fortnight"),
        (as_length, "5"),
        (as_text, {"a": 1}),
        (as_text, [["a"]]),
        (as_text, 10**400),
        (as_text, float("inf")),
        (as_identifier, "x" * 257),
        (as_identifier, float("inf")),
        (as_identifier, 410305201209240001.0),
    ],
)
def test_a_value_that_does_not_convert_is_refused(convert: Any, value: Any) -> None:
    with pytest.raises(NotConvertible):
        convert(value)


def test_a_personal_value_shows_its_last_two_characters_and_no_more() -> None:
    assert shown("410305198001011234", personal=True) == "…34"
    assert shown("张三", personal=True) == "…"
    assert shown("x" * 500, personal=False) == "x" * 199 + "…"
    assert shown(None, personal=True) is None


def test_an_identity_or_mobile_number_in_another_field_is_masked_too() -> None:
    assert shown("41030519800101123X", personal=False) == "…3X"
    assert shown([["410305198001011234"]], personal=False) == "[['…34']]"
    assert shown("13812345678 / 20120924", personal=False) == "…78 / 20120924"
    assert shown("201209241234567890123", personal=False) == "201209241234567890123"


def test_values_are_written_as_people_read_them_and_back() -> None:
    fee, when = Field("f", "money", "", ""), Field("t", "instant", "", "")
    assert human(fee, 1250, SHANGHAI) == "12.50"
    assert from_human(fee, "12.50", SHANGHAI) == 1250
    assert human(when, from_human(when, "2012-09-24", SHANGHAI), SHANGHAI) == "2012-09-24"
    assert from_human(when, "", SHANGHAI) is None
    with pytest.raises(ValueError, match="expected"):
        from_human(fee, "free", SHANGHAI)
