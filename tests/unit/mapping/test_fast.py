"""The fast road and the scalar agree on every value, and no value escapes both."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.mapping.cleaning import NotConvertible
from hub.mapping.columns import Fault, coded, convert
from hub.mapping.converters import ALLOWED, scalar
from hub.mapping.fast import fast_for
from hub.mapping.spec import FieldSpec
from hub.model.arrow_column import ArrowColumn
from hub.model.instants import to_datetime
from hub.model.kinds import Field, FieldType

ZONES = [ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York"), ZoneInfo("UTC")]
FORMATS = [
    ("iso",),
    ("%Y-%m-%d %H:%M:%S", "%Y%m%d"),
    ("%m/%d/%Y %I:%M:%S %p",),
    ("%Y年%m月%d日", "iso"),
    ("%d/%m/%Y", "%m/%d/%Y"),
    ("%Y-%m-%d %H:%M:%S.%f", "%y%m%d", "%d %b %Y"),
    ("%Y-%m-%d %H:%M:%S%z",),
    ("epoch_s",),
    ("epoch_ms",),
    ("excel",),
    ("excel", "iso"),
]


def both(spec: FieldSpec, column: list[Any]) -> tuple[list[Any], list[Any]]:
    """What the fast road and the scalar make of a column; a refusal is its exception's text."""
    one = coded(spec.codes) if spec.codes is not None else scalar(spec)

    def single(value: Any) -> Any:
        try:
            return None if value is None else one(value)
        except NotConvertible as error:
            return f"refused: {error.expected}"

    slow = [single(value) for value in column]
    fast = fast_for(spec, one)
    done = fast(list(column)) if fast else None
    if done is None:
        return slow, slow
    values, rest = done
    for row in rest:
        values[row] = slow[row]
    return values, slow


def as_column(column: list[Any]) -> ArrowColumn | None:
    """The column as it is cut out of raw records; None where it is not one of texts alone."""
    texts = [None if value == "" else value for value in column]
    if not all(value is None or (isinstance(value, str) and value.isprintable()) for value in texts):
        return None
    return ArrowColumn(pa.array(texts, pa.string()))


def outside_of_python(spec: FieldSpec, column: list[Any]) -> None:
    """Where a column of texts is converted as such, it comes out as the scalar has it."""
    given = as_column(column)
    if given is None:
        return
    one = coded(spec.codes) if spec.codes is not None else scalar(spec)
    made, faults = convert(given, one, fast_for(spec, one), fault)
    for row, value in enumerate(given):
        slow, faulty = alone(one, value)
        assert same(made[row], slow), (made[row], slow)
        assert faults.get(row) == faulty


def alone(one: Callable[[Any], Any], value: Any) -> tuple[Any, Fault | None]:
    """What the scalar makes of a value, and why it makes nothing."""
    try:
        return None if value is None else one(value), None
    except NotConvertible as error:
        return None, fault(value, error)


def fault(value: Any, error: NotConvertible) -> Fault:
    return Fault("x", error.reason, str(value), error.expected)


def same(a: Any, b: Any) -> bool:
    return a == b and type(a) is type(b)


BLANKS = st.sampled_from([None, "", " ", "\u3000"])
DIGITS = st.from_regex(r"[-+]?[0-9]{0,17}[.]?[0-9]{0,4}", fullmatch=True)
ODD_TEXTS = st.sampled_from(
    [
        "0",
        "-0",
        "1,200.50",
        "１２",
        "1_000",
        "NaN",
        "inf",
        "1e3",
        "12.5",
        "true",
        "是",
        "¥12",
        "0.1",
        "-.5",
        "1.",
        ".",
    ]
)
AMOUNTS = st.decimals(-(10**9), 10**9, places=2).map(str) | st.integers(-(10**15), 10**15).map(str)
TEXTS = st.text(max_size=12)
MOMENTS = st.datetimes(datetime(1960, 1, 1), datetime(2080, 12, 31))  # noqa: DTZ001 - hypothesis wants it so


@st.composite
def written_moments(draw: st.DrawFn) -> str:
    moment = draw(MOMENTS)
    form = draw(
        st.sampled_from(
            [
                "%Y-%m-%d",
                "%Y-%m-%d %H:%M:%S",
                "%Y-%m-%dT%H:%M:%S",
                "%Y-%m-%dT%H:%M:%S.%f",
                "%Y-%m-%dT%H:%M:%SZ",
                "%Y-%m-%dT%H:%M:%S+08:00",
                "%Y-%m-%dT%H:%M:%S.%f-05:30",
                "%Y-%m-%d %H:%M",
                "%m/%d/%Y %I:%M:%S %p",
                "%Y年%m月%d日",
                "%Y%m%d",
                "%d/%m/%Y",
                "%y%m%d",
                "%d %b %Y",
                "%Y-%m-%d %H:%M:%S%z",
            ]
        )
    )
    text = moment.replace(tzinfo=UTC).strftime(form)
    if draw(st.integers(0, 9)) == 0:  # spoil a character
        place = draw(st.integers(0, len(text) - 1))
        text = text[:place] + draw(st.sampled_from("0 9x:-/TZ２")) + text[place + 1 :]
    return text


VALUES = st.one_of(
    BLANKS,
    DIGITS,
    ODD_TEXTS,
    TEXTS,
    written_moments(),
    st.integers(-(2**70), 2**70),
    st.integers(-5, 5),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-(10**6), 10**6, places=2).map(float),
    st.booleans(),
    st.lists(TEXTS, max_size=2),
    st.dictionaries(TEXTS, TEXTS, max_size=1),
)
PURE = [
    DIGITS,
    written_moments(),
    st.integers(-(10**15), 10**15),
    st.decimals(-(10**6), 10**6, places=2).map(float),
    TEXTS,
]
COLUMNS = st.one_of(
    st.lists(VALUES, max_size=8),
    *(st.lists(st.one_of(BLANKS, pure), max_size=8) for pure in PURE),
    *(st.lists(pure, min_size=1, max_size=8) for pure in PURE),
)


@pytest.mark.parametrize("column", [[-0.0], [-0.0, 1], [-0.0, "1"]])
def test_a_length_of_no_size_has_no_sign_whatever_stands_beside_it(column: list[Any]) -> None:
    fast, slow = both(FieldSpec(Field("x", "quantity", "", ""), "quantity", ZONES[0]), column)
    assert repr(fast[0]) == repr(slow[0]) == "0.0"


@given(st.sampled_from([t for t in ALLOWED if t not in ("instant", "date")]), st.integers(0, 3), COLUMNS)
@example("integer", 0, ["1_000", "5"])
@example("money", 0, [0.29, 1.1, 12.345])
@example("money", 0, ["12.500", "0.29"])
@example("money", 0, [10**17, 5])
@example("money", 0, [1e307, 0.5])
@example("text", 0, ["a", " b"])
@example("identifier", 0, ["a\ufeff", "b"])
@example("text", 0, ["é", "e\u0301"])
@example("text", 0, ["a\x1f", "b"])
@example("boolean", 0, [1, True, "1", 0, False, 1.0])
@settings(max_examples=400, deadline=None)
def test_plain_columns_come_out_alike_on_both_roads(
    type_: FieldType, convert: int, column: list[Any]
) -> None:
    names = [name for name in ALLOWED[type_] if name != "duration"]
    spec = FieldSpec(Field("x", type_, "", ""), names[convert % len(names)], ZONES[0])
    fast, slow = both(spec, column)
    assert all(map(same, fast, slow)), (fast, slow)
    outside_of_python(spec, column)


@given(
    st.sampled_from(["fen", "yuan", "wan"]), st.lists(st.none() | DIGITS | AMOUNTS, min_size=1, max_size=8)
)
@example("yuan", ["12.500", "0.29", None])
@example("wan", ["0.000001", "123456789012345"])
@example("yuan", ["-0.00", "1."])
@example("yuan", ["--1"])
@example("yuan", ["1-2", "-", "."])
@settings(max_examples=400, deadline=None)
def test_amounts_come_out_alike_outside_of_python(unit: str, column: list[Any]) -> None:
    outside_of_python(FieldSpec(Field("x", "money", "", ""), "money", ZONES[0], money_unit=unit), column)


def test_amounts_with_absent_ones_among_them_are_converted_outside_of_python() -> None:
    spec = FieldSpec(Field("x", "money", "", ""), "money", ZONES[0])
    column = ArrowColumn(pa.array([f"{n}.5" if n % 3 else None for n in range(300)]))
    done = fast_for(spec, scalar(spec))(column)
    assert done is not None
    assert isinstance(done[0], ArrowColumn)
    assert done == ([n * 100 + 50 if n % 3 else None for n in range(300)], [])


PLAIN = {"text": "甲{}", "identifier": "K{}", "money": "{}.5", "unit": "工作日"}


@given(
    st.sampled_from(["text", "identifier", "money", "unit"]), st.lists(BLANKS | ODD_TEXTS | TEXTS, max_size=4)
)
@example("text", [" a ", "b", "c "])
@example("text", ["e\u0301", " a"])
@example("money", ["abc", "1.2.3", "1" * 16, ""])
@example("unit", ["工作日", "no unit"])
@settings(max_examples=300, deadline=None)
def test_odd_values_among_many_plain_ones_come_out_as_alone(type_: FieldType, odd: list[Any]) -> None:
    plain = [PLAIN[type_].format(n) for n in range(200)]
    spec = FieldSpec(Field("x", type_, "", ""), type_, ZONES[0])
    outside_of_python(spec, [*plain[:100], *odd, *plain[100:]])


@pytest.mark.parametrize(
    ("type_", "codes", "odd"),
    [
        ("text", None, " a"),
        ("identifier", None, "b "),
        ("money", None, "abc"),
        ("unit", None, "no unit"),
        ("text", {"甲": "A", "乙": "B"}, "丙"),
    ],
)
def test_one_odd_value_does_not_keep_the_others_in_python(
    type_: FieldType, codes: dict[str, str] | None, odd: str
) -> None:
    plain = ["甲"] * 200 if codes else [PLAIN[type_].format(n) for n in range(200)]
    spec = FieldSpec(Field("x", type_, "", ""), type_, ZONES[0], codes=codes)
    one = coded(codes) if codes else scalar(spec)
    done = fast_for(spec, one)(ArrowColumn(pa.array([*plain[:70], odd, *plain[70:]])))
    assert done is not None
    assert isinstance(done[0], ArrowColumn)
    assert list(done[1]) == [70]
    made, _ = convert(ArrowColumn(pa.array([odd, *plain])), one, fast_for(spec, one), fault)
    assert isinstance(made, ArrowColumn)


@given(
    st.sampled_from(FORMATS),
    st.sampled_from(ZONES),
    st.booleans(),
    st.one_of(COLUMNS, st.lists(written_moments(), max_size=8)),
)
@example(("iso",), ZONES[1], False, ["2012-03-11 02:30:00", "2012-11-04 01:30:00", "2012-11-05 01:30:00"])
@example(("iso",), ZONES[0], False, ["2012-02-30", "2012-02-28"])
@example(("iso",), ZONES[0], False, [0, None, "", [], {}])
@example(("iso",), ZONES[0], False, ["2012-09-24T08:30:00+24:00", "2012-09-24T08:30:00+08:60"])
@example(("%d/%m/%Y", "%m/%d/%Y"), ZONES[0], False, ["01/02/2012", "13/02/2012", "02/13/2012"])
@example(("%m/%d/%Y %I:%M:%S %p",), ZONES[1], False, ["01/02/2012 12:00:00 AM", "01/02/2012 12:00:00 PM"])
@settings(max_examples=400, deadline=None)
def test_times_come_out_alike_on_both_roads(
    formats: tuple[str, ...], zone: ZoneInfo, day_only: bool, column: list[Any]
) -> None:
    field = Field("x", "date" if day_only else "instant", "", "")
    spec = FieldSpec(field, "date" if day_only else "datetime", zone, formats=formats)
    fast, slow = both(spec, column)
    assert all(map(same, fast, slow)), (fast, slow)
    outside_of_python(spec, column)
    for value in slow:
        if isinstance(value, int):
            to_datetime(value, zone)


@given(st.lists(VALUES, max_size=8), st.booleans())
@settings(max_examples=200, deadline=None)
def test_codes_come_out_alike_on_both_roads(column: list[Any], with_words: bool) -> None:
    codes = {"1": "one", "0": "zero", "12": "dozen", "是": "yes"} | ({"true": "yes"} if with_words else {})
    spec = FieldSpec(Field("x", "text", "", ""), "text", ZONES[0], codes=codes)
    fast, slow = both(spec, [*column, 1, True, "1", 0.0, False])
    assert all(map(same, fast, slow)), (fast, slow)


@given(st.sampled_from(["1", "是", "12", "甲", ""]), st.integers(1, 200))
def test_a_column_of_one_word_alike_comes_out_as_the_word_does(word: str, size: int) -> None:
    spec = FieldSpec(Field("x", "text", "", ""), "text", ZONES[0], codes={"1": "one", "是": "yes", "12": ""})
    outside_of_python(spec, [word] * size)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_every_hour_of_years_of_changing_clocks_is_read_alike(zone: ZoneInfo) -> None:
    start = datetime(1986, 1, 1, tzinfo=UTC)
    column = [(start + timedelta(hours=5 * i)).strftime("%Y-%m-%d %H:%M:%S") for i in range(12_000)]
    fast, slow = both(FieldSpec(Field("x", "instant", "", ""), "datetime", zone), column)
    assert fast == slow


def test_most_times_take_the_fast_road() -> None:
    spec = FieldSpec(Field("x", "instant", "", ""), "datetime", ZONES[0])
    fast = fast_for(spec, scalar(spec))
    assert fast is not None
    done = fast(
        ["2012-09-24 08:30:00", None, "2012-09-24T08:30:00+08:00", "", "rubbish", "2012-09-24 08:30:00"]
    )
    assert done is not None
    assert done[1] == [4]
    assert json.dumps(done[0][0]) == json.dumps(done[0][2])
