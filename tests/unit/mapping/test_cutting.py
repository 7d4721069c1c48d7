"""Records of one form are cut into columns; whatever is not surely so is decoded."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.mapping.cutting import cut
from hub.mapping.frame import FEW
from hub.mapping.page import Page
from hub.mapping.row_reader import RowReader
from hub.model.arrow_column import ArrowColumn

VALUES = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(["", " ", "甲", "𠮷", "null", "a,b", '"', "{", "}", ": ", "x" * 40]),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
)
STYLES = st.sampled_from([(",", ":"), (", ", ": "), (", ", ":"), (",", ": ")])
NAMES = st.lists(
    st.sampled_from(["a", "lsh", "日期", "a_rather_long_name", "b c", ":", "", "长" * 11, "x" * 40]),
    min_size=1,
    unique=True,
)


SPOILS = (
    *(b"", b'"', b":", b'":', b",", b"}", b"\n", b" ", b"x", b"1", b"\xff", b"[", b'","', b"\\"),
    *(rb"\u7532", rb"\ud842", rb"\u12", rb"\n", rb"\x", rb"\\", rb"\"", rb"\u0000"),
    *(rb"\u0022", rb"\u005c", rb"\U0001F600", rb"\\u7532", rb"\u7532\u0022", rb"\udfb7", rb"\u00e9"),
)


def said(value: Any) -> Any:
    """An empty text says nothing."""
    return None if value == "" else value


def told(value: Any) -> tuple[type, str]:
    """A value so that 1 is told from 1.0, and 0.0 from -0.0."""
    return type(value), repr(value)


def written(records: list[dict[str, Any]], style: tuple[str, str], *, escaped: bool = False) -> list[bytes]:
    return [json.dumps(r, ensure_ascii=escaped, separators=style).encode() for r in records]


@given(NAMES, STYLES, st.booleans(), st.data())
def test_cut_values_are_the_decoded_ones(
    names: list[str], style: tuple[str, str], escaped: bool, data: st.DataObject
) -> None:
    records = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(names, VALUES)), min_size=1, max_size=8))
    raws = written(records, style, escaped=escaped)
    found = cut(Page(raws))
    if found is None:
        return
    columns = found.columns([(name,) for name in names])
    for name in names:
        decoded = [msgspec.json.decode(raw)[name] for raw in raws]
        assert list(map(told, map(said, columns[name,]))) == list(map(told, map(said, decoded)))


@given(
    st.lists(
        st.tuples(st.text("甲𠮷ab ,:{}0/\n\t", max_size=9), st.none() | st.text("乙x", max_size=3)),
        min_size=1,
    ),
    STYLES,
    st.booleans(),
)
def test_texts_and_nulls_that_escape_no_quote_are_always_cut(
    pairs: list[tuple[str, str | None]], style: tuple[str, str], escaped: bool
) -> None:
    found = cut(Page(written([{"流水号": a, "mc": b} for a, b in pairs], style, escaped=escaped)))
    assert found is not None
    columns = found.columns([("流水号",), ("mc",), ("absent",)])
    assert isinstance(columns["mc",], ArrowColumn)
    assert columns == {
        ("流水号",): [a or None for a, _ in pairs],
        ("mc",): [b or None for _, b in pairs],
        ("absent",): [None] * len(pairs),
    }


@pytest.mark.parametrize(
    "odd",
    [
        b'{"a":"x","b":"y","c":"z"}',
        b'{"b":"y","a":"x"}',
        b'{"a":"x"}',
        b'{"a":"x","a":"y"}',
        b'{"a":"x","c":"y"}',
        b'{"a":"x" ,"b":"y"}',
        b'{"a":"x","b":"y"} ',
        b' {"a":"x","b":"y"}',
        b'{"a":"x","b":"y"',
        b'{"a":"x","b":}',
        b'{"a":"x","b":nul}',
        b'{"a":"x","b":nope}',
        b'{"a":"x","b":"y\\n"}',
        b'{"a":"x","b":"y\n"}',
        b'{"a":"x","b":"\xff"}',
        b'{"a":"x","b":"\x01"}',
        b'{"a":"x""b":"y"}',
        b'{"a":"x","b":"y","b":"z"}',
        b'{"a":"x","b":{"c":"d"}}',
        b'{"a":"x","b":["c","d"]}',
        b'{"a":"x","b":"y"}{"a":"x","b":"y"}',
        b'["a","x","b","y"]',
        b"{}",
        b"",
        b'"',
        b'{"_malformed":"x","b":"y"}',
    ],
)
@pytest.mark.parametrize("at", [0, 1, FEW])
def test_one_odd_record_is_read_as_without_cutting(odd: bytes, at: int) -> None:
    raws = [b'{"a":"x","b":"y"}'] * FEW
    raws.insert(at, odd)
    reader = RowReader([("a",), ("b",)])
    frame, places, faults = reader.frame(raws)
    for place, raw in enumerate(raws):
        alone, here, fault = reader.frame([raw])
        assert faults.get(place) == fault.get(0)
        if here:
            row = list(places).index(place)
            assert [frame.column((n,))[row] or None for n in "ab"] == [
                alone.column((n,))[0] or None for n in "ab"
            ]


@pytest.mark.parametrize("end", range(1, len(b'{"a": "x", "b": null}')))
def test_a_last_record_cut_short_is_a_fault_wherever_it_ends(end: int) -> None:
    whole = b'{"a": "x", "b": null}'
    _, places, faults = RowReader([("a",), ("b",)]).frame([whole] * FEW + [whole[:end]])
    assert (list(places), list(faults)) == (list(range(FEW)), [FEW])


@given(
    st.lists(
        st.sampled_from(
            [b'{"a":"1"}', b'{"a":"2"}{"a":"3"}', b'{"a":', b'"4"}', b"", b" ", b'{"a":{}', b"}"]
        ),
        min_size=FEW,
        max_size=FEW + 4,
    )
)
def test_no_record_borrows_from_its_neighbour(raws: list[bytes]) -> None:
    frame, places, _ = RowReader([("a",)]).frame(raws)
    alone = [RowReader([("a",)]).frame([raw]) for raw in raws]
    assert list(places) == [place for place, (_, here, _) in enumerate(alone) if here]
    assert list(frame.column(("a",))) == [one.column(("a",))[0] for one, here, _ in alone if here]


def read(reader: RowReader, raws: list[bytes]) -> list[Any]:
    """By raw record its values, or why it has none."""
    frame, places, faults = reader.frame(raws)
    columns = [frame.column((name,)) for name in ("a", "x" * 40)]
    rows = {place: [told(said(column[row])) for column in columns] for row, place in enumerate(places)}
    return [rows.get(place, faults.get(place)) for place in range(len(raws))]


@given(
    st.sampled_from(['"y"', "1", "null", '":y"', "[2]", '""', "-0.0", "true"]),
    STYLES,
    st.integers(0, FEW),
    st.integers(0, 70),
    st.integers(0, 3),
    st.sampled_from(SPOILS),
    st.sampled_from(["z", r"z\u7532", r"\ud842\udfb7"]),
)
@settings(max_examples=400, deadline=None)
def test_whatever_byte_is_spoiled_each_record_is_read_as_alone(
    value: str, style: tuple[str, str], at: int, place: int, length: int, spoil: bytes, last: str
) -> None:
    comma, colon = style
    whole = f'{{"a"{colon}{value}{comma}"{"x" * 40}"{colon}"{last}"}}'.encode()
    raws = [whole] * (FEW + 1)
    raws[at] = whole[:place] + spoil + whole[place + length :]
    reader = RowReader([("a",), ("x" * 40,)])
    assert read(reader, raws) == [read(reader, [raw])[0] for raw in raws]


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        ([r"\u7532", r"\u4e59x"], True),
        ([r"\u7532\n", r"\/\u00e9"], True),
        ([r"\u7532", r"\u0041"], False),
        ([r"\u7532", r"\ud842\udfb7"], False),
        ([r"\u7532", r"\U0001F600"], False),
        ([r"\u7532", r"\u753"], False),
        ([r"\u7532", "甲"], False),
    ],
)
def test_what_is_escaped_without_need_is_written_out_once_for_all(texts: list[str], written: bool) -> None:
    raws = [f'{{"\\u540d":"{text}"}}'.encode() for text in texts * FEW]
    page = Page(raws)
    assert (rb"\u" not in page.body) == written
    reader = RowReader([("名",)])
    values = [list(reader.frame([raw])[0].column(("名",))) for raw in raws]
    assert list(reader.frame(raws)[0].column(("名",))) == [value for each in values for value in each]


def test_a_text_led_by_a_colon_does_not_stand_in_for_a_name() -> None:
    raws = [b'{"a":":","b":"y"}', *[b'{"a":"x","b":"y"}'] * FEW, b'{"a":"x"}']
    assert cut(Page(raws)) is None
    found = cut(Page(raws[:-1]))
    assert found is not None
    assert list(found.columns([("a",)])["a",]) == [":"] + ["x"] * FEW


@given(st.lists(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False), min_size=1), STYLES)
def test_numbers_and_words_are_read_as_they_are_one_by_one(values: list[Any], style: tuple[str, str]) -> None:
    raws = written([{"a": value, "b": value} for value in values], style)
    found = cut(Page(raws))
    readable = not any(isinstance(value, float) and abs(value) == float("inf") for value in values)
    if found is not None and readable:
        expected = [told(msgspec.json.decode(raw)["a"]) for raw in raws]
        assert [list(map(told, column)) for column in found.columns([("a",), ("b",)]).values()] == [
            expected
        ] * 2


@pytest.mark.parametrize("bad", [b"1,2", b"nul", b"1e", b"--1", b"1}", b"{}2", b"01", b"1 2", b"tru e"])
@pytest.mark.parametrize("last", [False, True])
def test_what_is_no_value_is_none_beside_numbers_either(bad: bytes, last: bool) -> None:
    form = b'{"b":"x","a":%b}' if last else b'{"a":%b,"b":"x"}'
    _, places, faults = RowReader([("a",)]).frame([form % b"1"] * FEW + [form % bad])
    assert (list(places), list(faults)) == (list(range(FEW)), [FEW])


@pytest.mark.parametrize("halves", [(b"[1", b"2]"), (b'"', b'"x"y"'), (b'"x', b'y"'), (b"{", b"}")])
def test_two_halves_do_not_make_a_value(halves: tuple[bytes, bytes]) -> None:
    whole = b"1" if halves[0] == b"[1" else b'"1"'
    raws = [b'{"a":%b,"b":"x"}' % value for value in (*[whole] * FEW, *halves)]
    _, places, faults = RowReader([("a",)]).frame(raws)
    assert (list(places), list(faults)) == (list(range(FEW)), [FEW, FEW + 1])


def test_a_lone_quote_is_no_text_even_where_another_text_has_one_too_many() -> None:
    assert cut(Page([b'{"a":"1"}', b'{"a":"}', b'{"a":"x"y"}'])) is None


def test_a_field_that_is_not_named_is_still_json() -> None:
    raws = [b'{"a":"x","b":1}'] * FEW + [b'{"a":"x","b":bad}']
    _, places, faults = RowReader([("a",)]).frame(raws)
    assert len(places) == FEW
    assert list(faults) == [FEW]


@pytest.mark.parametrize("bad", [r"\x", r"\u12", r"\ud842", r"\ud842\u0041", r"\udfb7"])
@pytest.mark.parametrize("names", [["a"], ["a", "b"]])
def test_an_escape_that_is_none_is_found_as_in_a_record_alone(bad: str, names: list[str]) -> None:
    raws = [rb'{"a":"x","b":"\u7532"}'] * FEW + [f'{{"a":"x","b":"{bad}"}}'.encode()]
    reader = RowReader([(name,) for name in names])
    (_, alone, fault), (_, places, faults) = reader.frame(raws[-1:]), reader.frame(raws)
    assert list(places) == [*range(FEW), *(FEW for _ in alone)]
    assert list(faults.values()) == list(fault.values())


def test_a_value_nested_too_deeply_is_the_fault_of_its_record_alone() -> None:
    deep = b'{"a":"x","b":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    _, places, faults = RowReader([("a",)]).frame([b'{"a":"x","b":1}'] * FEW + [deep])
    assert len(places) == FEW
    assert faults == {FEW: "the record is nested too deeply"}


@pytest.mark.parametrize("many", [1, FEW])
def test_a_text_that_only_another_spelling_reads_may_be_unreadable(many: int) -> None:
    reader = RowReader([("a",), ("b",)], any_case=True, anchors=["a"])
    raws = [b'{"a":"x","b":"y"}'] * many + [b'{"A":"x","B":"\xff"}']
    frame, places, faults = reader.frame(raws)
    assert list(frame.column(("b",))) == ["y"] * many
    assert list(places) == list(range(many))
    assert "not UTF-8" in faults[many]


@pytest.mark.parametrize("raw", [b'{"a":null,"b":"y"}', b'{"a":null,"A":"z","b":"y"}'])
def test_a_key_that_is_null_is_read_alike_alone_and_among_many(raw: bytes) -> None:
    reader = RowReader([("a",), ("b",)], any_case=True, anchors=["a"])
    alone, _, _ = reader.frame([raw])
    many, _, _ = reader.frame([raw] * FEW)
    for path in [("a",), ("b",)]:
        assert list(many.column(path)) == [alone.column(path)[0]] * FEW


def test_a_null_key_does_not_hide_the_other_fields_of_its_record() -> None:
    frame, _, _ = RowReader([("a",), ("b",)], any_case=True, anchors=["a"]).frame([b'{"a":null,"b":"y"}'])
    assert list(frame.column(("b",))) == ["y"]
