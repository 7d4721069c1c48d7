"""Records of many forms are cut by their names; the odd ones among them are decoded, and all read alike."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.mapping.cutting import cut
from hub.mapping.frame import FEW
from hub.mapping.page import REACH, Page
from hub.mapping.parting import part
from hub.mapping.row_reader import RowReader
from hub.mapping.spec import SourcePath

TEXTS = st.text(max_size=6) | st.sampled_from(["", ":", '"', "\\", "{", "]", "null", "甲", "a,b", '":'])
PLAIN = TEXTS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
NAMES = st.sampled_from(["a", "b", "c", "日期", "0", ":", "x" * (REACH + 1), 'q"', "_malformed"])
ANY = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=5
)
FLAT = st.fixed_dictionaries({}, optional=dict.fromkeys(["a", "b", "c", "日期"], TEXTS))
NESTED = st.fixed_dictionaries({"a": TEXTS}, optional={"b": FLAT, "c": FLAT | TEXTS})
RECORDS = st.one_of(FLAT, NESTED, st.dictionaries(NAMES, ANY, max_size=4))
STYLES = st.sampled_from([(",", ":"), (", ", ": ")])
PATHS: list[SourcePath] = [
    *(("a",), ("b",), ("日期",), ("b", "a"), ("b", "c"), ("c", "a"), ("c", "a", "b"), ("c", 0, "b")),
    *(("a", 0), ("absent",), ("b", "absent"), ("x" * (REACH + 1),)),
]
SPOILS = [
    b"",
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\n",
    b"\xff",
    b" ",
    b'"a":1,',
    b"{}",
    b"\x00",
]


def read(reader: RowReader, raws: Sequence[bytes], paths: Sequence[SourcePath]) -> list[Any]:
    """By raw record its values, an empty text being none, or why it has none."""
    frame, places, faults = reader.frame(raws)
    columns = [[None if value == "" else value for value in frame.column(path)] for path in paths]
    rows = {place: [repr(column[row]) for column in columns] for row, place in enumerate(places)}
    assert list(places) == sorted(rows)
    return [rows.get(place, faults.get(place)) for place in range(len(raws))]


def read_alone(reader: RowReader, raws: Sequence[bytes], paths: Sequence[SourcePath]) -> list[Any]:
    return [read(reader, [raw], paths)[0] for raw in raws]


def parted(raws: Sequence[bytes]) -> list[int]:
    """Which of these are cut by their names."""
    found = part(Page(raws))
    return [] if found is None else found[1].tolist()


@given(
    st.lists(RECORDS, min_size=FEW, max_size=FEW + 8), st.sets(st.sampled_from(PATHS), min_size=1), st.data()
)
@settings(max_examples=400, deadline=None)
def test_a_record_of_any_form_is_read_among_many_as_alone(
    records: list[dict[str, Any]], paths: set[SourcePath], data: st.DataObject
) -> None:
    style, escaped = data.draw(STYLES), data.draw(st.booleans())
    raws = [json.dumps(r, ensure_ascii=escaped, separators=style).encode() for r in records]
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(raws) - 1))
        start = data.draw(st.integers(0, len(raws[at])))
        stop = start + data.draw(st.integers(0, 2))
        raws[at] = raws[at][:start] + data.draw(st.sampled_from(SPOILS)) + raws[at][stop:]
    reader, asked = RowReader(paths), sorted(paths, key=repr)
    assert read(reader, raws, asked) == read_alone(reader, raws, asked)


@given(st.lists(st.tuples(FLAT, st.sampled_from([str, str.upper, str.lower])), min_size=FEW), st.data())
@settings(max_examples=200, deadline=None)
def test_names_in_another_case_are_read_among_many_as_alone(
    records: list[tuple[dict[str, str], Any]], data: st.DataObject
) -> None:
    if data.draw(st.booleans()):
        records = [(record, records[0][1]) for record, _ in records]
    raws = [json.dumps({spell(n): v for n, v in r.items()}).encode() for r, spell in records]
    anchors = data.draw(st.sampled_from([["a"], ["日期"], ["a", "B"], []]))
    paths: list[SourcePath] = [("a",), ("B",), ("日期",)]
    reader = RowReader(paths, any_case=True, anchors=anchors)
    assert read(reader, raws, paths) == read_alone(reader, raws, paths)


WHOLE = {
    "fields left out": ['{"a":"1","b":"2"}', '{"b":"3"}', '{"a":"4"}'],
    "in any order": ['{"a":"1","b":null}', '{"b":2,"a":"3"}'],
    "blanks or none": ['{"a": "1", "b": "2"}', '{"a":"3","b":"4"}', '{"a":"5", "b": "6"}'],
    "objects within": ['{"a":{"b":"1","c":{"a":"2"}},"b":"3"}', '{"b":"4","a":{"c":{"a":"5"}}}'],
    "an object or none": ['{"a":{"b":"1"}}', '{"a":null}', '{"a":"x"}', '{"b":"2"}'],
    "empty objects": ['{"a":{},"b":"1"}', '{"b":"2","a":{"b":{}}}', '{"a":{}}'],
    "deep objects": ['{"a":' * 9 + "1" + "}" * 9, '{"b":"1"}'],
    "lists": ['{"a":[{"b":"1"},["{"]],"b":"2"}', '{"a":[],"b":"]"}', '{"b":"[","a":["3"]}'],
    "a colon first": ['{"a":":","b":"2"}', '{"a":"1"}', '{"b":":"}'],
    "escapes": [r'{"a":"\u7532","b":"\n"}', '{"a":"1"}'],
    "upper case": ['{"A":"1","B":"2"}', '{"A":"3"}'],
}


@pytest.mark.parametrize("forms", WHOLE.values(), ids=list(WHOLE))
def test_such_records_are_cut_to_the_last_one(forms: list[str]) -> None:
    raws = [form.encode() for form in forms] * FEW
    assert cut(Page(raws)) is None
    assert parted(raws) == list(range(len(raws)))
    reader = RowReader([("a",), ("b",)], any_case=True, anchors=["a", "b"])
    assert read(reader, raws, [("b",)]) == read_alone(reader, raws, [("b",)])


@pytest.mark.parametrize(
    "odd",
    [
        r'{"a":"\"","b":"2"}',
        r'{"a":"\\","b":"2"}',
        '{"a":"1","a":"2"}',
        '{"a":{"b":"1"},"a":{"c":"2"}}',
        '{"a":{"b":"1","b":"2"}}',
        '{"a":{ },"b":"2"}',
        '{"a":{"b":"2"}',
        '{"a":{}',
        '{"a":{}}}',
        '{"a":' * 10 + "1" + "}" * 10,
        '{"a" :"1"}',
        '{"a":"1" ,"b":"2"}',
        ' {"a":"1"}',
        '{"a":"1"}}',
        '{"a":{"b":"1"}',
        '{"a":["1"}',
        '{"a":"1"',
        '{"a":"1"]',
        '{"a":}',
        '{"a"}',
        "{}",
        "",
        '"a"',
        '{"' + "x" * (REACH + 1) + '":"1"}',
        '{"a":"1\n"}',
    ],
)
def test_one_odd_record_is_left_out_and_no_other(odd: str) -> None:
    raws = [b'{"a":"1"}', b'{"b":"2"}'] * FEW
    raws.insert(5, odd.encode())
    assert parted(raws) == [at for at in range(len(raws)) if at != 5]


@pytest.mark.parametrize(
    "bad", [b'{"a":nul}', b'{"a":[1,}', rb'{"a":"\x"}', b'{"z":nul}', rb'{"z":"\ud842"}']
)
def test_a_value_that_cannot_be_read_is_the_fault_of_its_record_alone(bad: bytes) -> None:
    raws = [b'{"a":"1"}', b'{"b":"2"}'] * FEW
    reader = RowReader([("a",), ("b",)])
    _, alone, fault = reader.frame([bad])
    _, places, faults = reader.frame([*raws, bad])
    assert list(places) == [*range(len(raws)), *(len(raws) for _ in alone)]
    assert list(faults.values()) == list(fault.values())


def test_bytes_that_are_no_text_are_the_fault_of_their_record_alone() -> None:
    raws = [b'{"a":"1"}', b'{"b":"\xe7\x94\xb2"}'] * FEW + [b'{"a":"\xff"}']
    assert parted(raws) == list(range(2 * FEW))
    frame, places, faults = RowReader([("a",), ("b",)]).frame(raws)
    assert (len(places), list(faults)) == (2 * FEW, [2 * FEW])
    assert list(frame.column(("b",))) == [None, "甲"] * FEW


def test_an_object_asked_for_as_a_whole_is_decoded() -> None:
    raws = [b'{"a":{"b":"1"}}', b'{"a":"x"}'] * FEW
    frame, _, _ = RowReader([("a",), ("a", "b")]).frame(raws)
    assert list(frame.column(("a",))) == [{"b": "1"}, "x"] * FEW
    assert list(frame.column(("a", "b"))) == ["1", None] * FEW


@pytest.mark.parametrize("deep", [False, True])
def test_records_of_ever_other_names_take_no_more_memory_than_their_bytes_allow(deep: bool) -> None:
    names = [f"n{number}" for number in range(600)]
    raws = [
        json.dumps({name: {other: "x"} if deep else "x"}).encode() for name in names for other in names[:2]
    ]
    assert part(Page(raws)) is None
    _, places, faults = RowReader([("n1",)]).frame(raws)
    assert (len(places), faults) == (len(raws), {})


@given(st.lists(st.sets(st.sampled_from("abcdefgh"), min_size=1), min_size=FEW))
def test_what_is_cut_is_what_decoding_gives(names: list[set[str]]) -> None:
    raws = [json.dumps({name: f"{name}{at}" for name in each}).encode() for at, each in enumerate(names)]
    found = part(Page(raws))
    assert found is not None
    columns = found[0].columns([(name,) for name in "abcdefgh"])
    decoded = [msgspec.json.decode(raw) for raw in raws]
    for name in "abcdefgh":
        assert list(columns[name,]) == [record.get(name) for record in decoded]


@pytest.mark.parametrize("odd_every", [2, 3])
def test_some_records_tell_whether_all_are_tried(odd_every: int) -> None:
    """The records looked at first are every second one here: with none of these sound, none is cut."""
    raws = [rb'{"a":"\""}' if at % odd_every == 0 else b'{"b":"x"}' for at in range(128)]
    sound = [at for at in range(128) if at % odd_every]
    assert parted(raws) == (sound if odd_every == 3 else [])
    reader = RowReader([("a",), ("b",)])
    assert read(reader, raws, [("a",), ("b",)]) == read_alone(reader, raws, [("a",), ("b",)])
