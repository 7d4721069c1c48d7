"""What a stream's mapping makes of raw records: columns, identities, rejections, drift."""

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.mapping.mapping import Mapping, load_mapping
from hub.mapping.stream import CHUNK
from hub.model.instants import isoformat
from hub.model.records import Mapped

ZONE = ZoneInfo("Asia/Shanghai")
Load = Callable[..., Mapping]
Raws = Callable[..., list[bytes]]

PERMITS = """
[streams.permits]
record = "case"
[streams.permits.fields]
case_no = "lsh"
item_code = { from = "sx.list.0.bm", codes = { "01" = "I-1", "02" = "I-2" } }
received_at = { from = "sbsj", as = "datetime", format = ["%Y-%m-%d %H:%M:%S", "%Y%m%d", "%Y年%m月%d日"] }
closed_at = { from = ["bjsj", "wcsj"], null_if = ["0000-00-00"] }
department = { const = "地税局" }
fee_paid = { from = "sfje", as = "money", default = "0" }
applicant_name = "sqr"
applicant_id = "zjh"
phone = "dh"
data_version = "bb"
"""
NODES = """
[[streams.nodes.records]]
record = "supplement"
when = { NODERESULT = ["1"] }
fields = { case_no = "PROJID", seq = "SN", issued_at = "S" }
[[streams.nodes.records]]
record = "pause"
when = { NODERESULT = ["2", "3"], STATE = [1] }
fields.case_no = "PROJID"
fields.seq = { digest = ["SN", "S"] }
fields.started_at = "S"
fields.ended_at = { from = "E", null_if = { same_as = "S" } }
[[streams.nodes.records]]
record = "case"
when = { NODERESULT = "3" }
fields = { case_no = "PROJID", closed_at = "E" }
"""


def only(mapped: Mapped) -> dict[str, Any]:
    """The one record that came out, by field."""
    assert not mapped.rejections, mapped.rejections
    (block,) = mapped.blocks
    return {name: column[0] for name, column in block.columns.items()}


def test_values_are_found_converted_and_defaulted(load: Load, raws: Raws) -> None:
    stream = load(PERMITS).streams["permits"]
    record = {"lsh": " A 1 ", "sx": {"list": [{"bm": "02"}]}, "sbsj": "２０１２年9月24日", "bjsj": " "}
    record |= {"wcsj": "2012-10-08T09:00:00Z", "zjh": "11010519491231002X", "bb": "3", "sqr": "张\x00三\x1f"}
    found = only(stream.apply(raws(record), [0]))
    assert found["case_no"] == "A 1"
    assert found["item_code"] == "I-2"
    assert isoformat(found["received_at"], ZONE) == "2012-09-24"
    assert isoformat(found["closed_at"], ZONE) == "2012-10-08T17:00:00+08:00"
    assert found["department"] == "地税局"
    assert found["fee_paid"] == 0
    assert found["data_version"] == 3
    assert found["applicant_name"] == "张三"
    assert found["applicant_id_valid"] == 1
    assert found["phone"] is None


def test_a_list_of_one_and_the_thing_itself_are_the_same_to_index_0(load: Load, raws: Raws) -> None:
    stream = load(PERMITS).streams["permits"]
    assert only(stream.apply(raws({"lsh": "1", "sx": {"list": {"bm": "01"}}}), [0]))["item_code"] == "I-1"


@pytest.mark.parametrize(
    ("record", "reason", "field", "value"),
    [
        ({"lsh": "1", "sx": {"list": [{"bm": "09"}]}}, "unknown_code", "item_code", "09"),
        ({"lsh": "1", "sbsj": "24.9.2012"}, "bad_value", "received_at", "24.9.2012"),
        ({"lsh": "1", "sbsj": "2012-02-30 00:00:00"}, "bad_value", "received_at", "2012-02-30 00:00:00"),
        ({"lsh": "1", "sfje": "12.345"}, "bad_value", "fee_paid", "12.345"),
        ({"lsh": "1", "sfje": True}, "bad_value", "fee_paid", "True"),
        ({"lsh": "1", "bb": 2**70}, "bad_value", "data_version", str(2**70)),
        ({"lsh": {"a": 1}}, "bad_value", "case_no", "{'a': 1}"),
        ({"lsh": "x" * 257}, "bad_value", "case_no", "x" * 199 + "…"),
        ({"lsh": "　"}, "missing_key", "case_no", None),
        ({}, "missing_key", "case_no", None),
        ({"lsh": "1", "zjh": "4103" + "9" * 400}, "bad_value", "applicant_id", "…99"),
        ({"lsh": "1", "sqr": {"n": "张三"}}, "bad_value", "applicant_name", "…'}"),
        ({"_malformed": "row 7 has 3 cells of 5", "lsh": "1"}, "malformed", None, None),
    ],
)
def test_a_bad_record_is_rejected_with_field_value_and_reason(
    load: Load, raws: Raws, record: dict[str, Any], reason: str, field: str | None, value: str | None
) -> None:
    good = {"lsh": "good", "sbsj": "20120924"}
    mapped = load(PERMITS).streams["permits"].apply(raws(good, record, good), [0, 1, 2])
    (rejection,) = mapped.rejections
    assert (rejection.index, rejection.reason, rejection.field, rejection.value) == (1, reason, field, value)
    assert rejection.message
    assert mapped.raw_keys == {0: "good", 2: "good"}
    assert list(mapped.blocks[0].indexes) == [0, 2]
    if record.get("lsh") == "1" and reason != "malformed":
        assert rejection.key == "1"


def test_the_message_names_source_expectation_and_further_faults(load: Load, raws: Raws) -> None:
    mapped = load(PERMITS).streams["permits"].apply(raws({"lsh": "1", "sfje": "x", "bb": "y"}), [0])
    message = mapped.rejections[0].message
    assert message == "fee_paid (sfje): expected a number; also at fault: data_version"


def test_one_raw_record_may_yield_several_and_counts_once(load: Load, raws: Raws) -> None:
    stream = load(NODES).streams["nodes"]
    records = [
        {"NODERESULT": 1, "PROJID": "P", "SN": 1, "S": "2012-09-24"},
        {"NODERESULT": "3", "STATE": "1", "PROJID": "P", "SN": 2, "S": "2012-09-24", "E": "2012-09-25"},
        {"NODERESULT": "2", "STATE": 1, "PROJID": "P", "SN": 3, "S": "2012-09-24", "E": "2012-09-24"},
        {"NODERESULT": "9", "PROJID": "P", "SN": 4},
    ]
    mapped = stream.apply(raws(*records), [0, 1, 2, 3])
    assert stream.kinds == ("supplement", "pause", "case")
    assert {block.kind: list(block.indexes) for block in mapped.blocks} == {
        "supplement": [0],
        "pause": [1, 2],
        "case": [1],
    }
    pauses = mapped.blocks[1]
    assert mapped.raw_keys == {0: "P\x1f1", 1: pauses.keys[0], 2: pauses.keys[1]}
    assert pauses.columns["ended_at"][1] is None
    assert pauses.columns["ended_at"][0] is not None
    (rejection,) = mapped.rejections
    assert (rejection.reason, rejection.field, rejection.value) == ("unknown_code", "NODERESULT", "9")
    assert rejection.key == "P\x1f4"
    assert "known are 1, 2, 3" in rejection.message


def test_a_raw_whose_second_record_is_faulty_yields_nothing(load: Load, raws: Raws) -> None:
    record = {"NODERESULT": "3", "STATE": 1, "PROJID": "P", "SN": 2, "S": "2012-09-24", "E": "bad"}
    mapped = load(NODES).streams["nodes"].apply(raws(record), [0])
    assert mapped.blocks == ()
    assert mapped.raw_keys == {}
    assert len(mapped.rejections) == 1


def test_records_of_one_kind_from_two_specs_keep_the_order_of_arrival(load: Load, raws: Raws) -> None:
    text = """
    [[streams.s.records]]
    record = "case"
    when = { z = "1" }
    fields = { case_no = "n", accepted_at = "t" }
    [[streams.s.records]]
    record = "case"
    when = { z = "2" }
    fields = { case_no = "n", refused_at = "t" }
    """
    records = [{"z": str(z), "n": "k", "t": "2012-09-24"} for z in (2, 1, 2)]
    (block,) = load(text).streams["s"].apply(raws(*records), [0, 1, 2]).blocks
    assert list(block.indexes) == [0, 1, 2]
    assert [value is None for value in block.columns["accepted_at"]] == [True, False, True]
    assert [value is None for value in block.columns["refused_at"]] == [False, True, False]


def test_the_key_alone_is_the_key_of_the_whole(load: Load, raws: Raws) -> None:
    stream = load(NODES).streams["nodes"]
    records = [
        {"NODERESULT": i % 4, "STATE": 1, "PROJID": f"P{i}", "SN": i, "S": "2012-09-24"} for i in range(40)
    ]
    batch = [*raws(*records), b"{", b"[]"]
    mapped = stream.apply(batch, range(len(batch)))
    assert stream.keys(batch, range(len(batch))) == mapped.raw_keys
    assert stream.keys(batch, [5, 6]) == {i: mapped.raw_keys[i] for i in (5, 6)}


def test_only_the_asked_records_are_mapped_under_their_own_indexes(load: Load, raws: Raws) -> None:
    batch = raws(*({"lsh": str(i)} for i in range(10)))
    mapped = load(PERMITS).streams["permits"].apply(batch, [2, 5, 9])
    assert mapped.raw_keys == {2: "2", 5: "5", 9: "9"}
    assert list(mapped.blocks[0].indexes) == [2, 5, 9]


def test_drift_is_told_in_the_order_the_fields_came(load: Load) -> None:
    (stream,) = load(PERMITS).streams.values()
    fields = [f"field{number}" for number in range(20)]
    raw = json.dumps({"lsh": "1", **dict.fromkeys(fields, "x")}).encode()
    assert list(stream.apply([raw], [0]).drift) == fields


def test_source_fields_no_one_named_are_counted_as_drift(load: Load, raws: Raws) -> None:
    stream = load(PERMITS.replace('record = "case"', 'record = "case"\nignore = ["known"]')).streams[
        "permits"
    ]
    mapped = stream.apply(raws({"lsh": "1", "known": 1, "new": 2}, {"lsh": "2", "new": 3}), [0, 1])
    assert mapped.drift == {"new": 2}


def test_names_may_be_spelled_in_either_case_record_by_record(load: Load, raws: Raws) -> None:
    text = """
    case_insensitive = true
    [streams.s]
    record = "case"
    fields = { case_no = "Sblsh", title = "Xmmc" }
    """
    records = [
        {"Sblsh": "1", "Xmmc": "a"},
        {"SBLSH": "2", "XMMC": "b"},
        {"sblsh": "3", "xmmc": "c"},
        {"x": 1},
    ]
    mapped = load(text).streams["s"].apply(raws(*records), [0, 1, 2, 3])
    assert mapped.blocks[0].columns == {"case_no": ["1", "2", "3"], "title": ["a", "b", "c"]}
    assert mapped.drift == {"x": 1}


def test_names_that_no_struct_could_have_are_read_all_the_same(load: Load, raws: Raws) -> None:
    text = """
    [streams.s]
    record = "case"
    fields = { case_no = "办件\\n编号", title = 'a"b', phone = 'c\\.d' }
    """
    mapped = load(text).streams["s"].apply(raws({"办件\n编号": "1", 'a"b': "t", "c.d": "5"}), [0])
    assert mapped.blocks[0].columns == {"case_no": ["1"], "title": ["t"], "phone": ["5"]}


def test_durations_bring_their_unit(load: Load, raws: Raws) -> None:
    text = """
    [streams.s]
    record = "pause"
    [streams.s.fields]
    case_no = "n"
    seq = "i"
    [streams.s.fields.applied_length]
    from = "l"
    as = "duration"
    unit = { from = "u", codes = { G = "working_day", "4" = "minute" } }
    [streams.t]
    record = "extension"
    fields = { case_no = "n", seq = "i", length = { from = "l", as = "duration" } }
    """
    mapping = load(text)
    records = [
        {"n": "1", "i": i, "l": length, "u": u}
        for i, (length, u) in enumerate(
            [("5", "G"), (90, 4), (None, "G"), ("5", None), ("5", "Q"), ("x", "G")]
        )
    ]
    mapped = mapping.streams["s"].apply(raws(*records), range(6))
    assert mapped.blocks[0].columns["applied_length"] == [5.0, 1.5, None]
    assert mapped.blocks[0].columns["applied_unit"] == ["working_day", "hour", None]
    assert [(r.index, r.reason, r.field) for r in mapped.rejections] == [
        (3, "bad_value", "applied_unit"),
        (4, "unknown_code", "applied_unit"),
        (5, "bad_value", "applied_length"),
    ]
    assert mapping.streams["s"].spec.names() == {"n", "i", "l", "u"}
    texts = [{"n": "1", "i": i, "l": text} for i, text in enumerate(["5个工作日", "２ 周", "24小时", "5"])]
    mapped = mapping.streams["t"].apply(raws(*texts), range(4))
    assert mapped.blocks[0].columns["length"] == [5.0, 14.0, 24.0]
    assert mapped.blocks[0].columns["unit"] == ["working_day", "calendar_day", "hour"]
    assert mapped.rejections[0].value == "5"
    assert "pause.applied_unit" in mapping.supplied


def test_a_mapping_tells_which_values_may_be_its_own(load: Load) -> None:
    mapping = load("""
    [streams.s]
    record = "case"
    [streams.s.fields]
    case_no = "n"
    title = "t"
    fee_paid = { from = "f", default = "0" }
    department = { const = "a" }
    """)
    assert mapping.assumed == {"case.fee_paid", "case.department"}
    assert mapping.supplied == mapping.assumed | {"case.case_no", "case.title"}
    assert "streams" not in vars(mapping)  # told by what the file says: the judge maps no record


def test_a_naive_time_is_the_wall_clock_of_the_zone_told(load: Load, raws: Raws) -> None:
    text = """
    timezone = "America/New_York"
    [streams.s]
    record = "case"
    [streams.s.fields]
    case_no = "n"
    received_at = "t"
    accepted_at = { from = "t", timezone = "UTC" }
    """
    found = only(load(text).streams["s"].apply(raws({"n": "1", "t": "2015-11-01 01:30:00"}), [0]))
    assert isoformat(found["received_at"], ZoneInfo("UTC")) == "2015-11-01T05:30:00+00:00"  # the first 01:30
    assert isoformat(found["accepted_at"], ZoneInfo("UTC")) == "2015-11-01T01:30:00+00:00"


def test_every_record_of_a_large_batch_is_accounted_for(load: Load, raws: Raws) -> None:
    stream = load(PERMITS).streams["permits"]
    size = 2 * CHUNK + 7
    batch = raws(*({"lsh": str(i), "sfje": "bad" if i % 1000 == 3 else "1.5"} for i in range(size)))
    batch[5] = b"\xff"
    mapped = stream.apply(batch, range(size))
    bad = {3 + 1000 * i for i in range(size) if 3 + 1000 * i < size} | {5}
    assert {rejection.index for rejection in mapped.rejections} == bad
    assert mapped.raw_keys == {i: str(i) for i in range(size) if i not in bad}
    assert list(mapped.blocks[0].keys) == [str(i) for i in range(size) if i not in bad]
    assert len(set(map(len, mapped.blocks[0].columns.values()))) == 1


def test_a_trace_tells_source_raw_steps_and_value(load: Load, raws: Raws) -> None:
    stream = load(PERMITS).streams["permits"]
    trace = stream.trace(raws({"lsh": "1", "sbsj": "20120924", "sfje": "x", "zzz": 1})[0])
    fields = {field.field: field for field in trace.records[0].fields}
    assert (fields["received_at"].source, fields["received_at"].raw) == ("sbsj", "20120924")
    assert fields["received_at"].value == "2012-09-24"
    assert "wall clock of Asia/Shanghai" in fields["received_at"].steps[0]
    assert fields["fee_paid"].fault == "fee_paid (sfje): expected a number"
    assert trace.rejection is not None
    assert trace.unnamed == ("zzz",)
    assert stream.trace(b"{").records == ()


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**80), 2**80), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(["lsh", "sx", "sbsj", "bjsj", "wcsj", "sfje", "sqr", "zjh", "dh", "bb", "_malformed"])


@pytest.fixture(scope="module")
def permits(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("m") / "m.toml"
    path.write_text(PERMITS, encoding="utf-8")
    return load_mapping(path, codes_dir=path.parent, zone=ZONE).streams["permits"]


@given(st.lists(st.dictionaries(NAMES, JSON, max_size=8) | st.binary(max_size=30), max_size=6))
@settings(max_examples=150, deadline=None)
def test_nothing_crashes_it_and_every_raw_is_mapped_or_rejected(permits: Any, records: list[Any]) -> None:
    batch = [
        record if isinstance(record, bytes) else json.dumps(record).encode("utf-8", "surrogatepass")
        for record in records
    ]
    mapped = permits.apply(batch, range(len(batch)))
    taken, refused = set(mapped.raw_keys), {rejection.index for rejection in mapped.rejections}
    assert taken | refused == set(range(len(batch)))
    assert not taken & refused
    one_by_one = [permits.apply(batch, [i]) for i in range(len(batch))]
    assert {i: key for one in one_by_one for i, key in one.raw_keys.items()} == mapped.raw_keys
    assert [r for one in one_by_one for r in one.rejections] == list(mapped.rejections)
    for block in mapped.blocks:
        for name, column in block.columns.items():
            assert list(column) == [one.blocks[0].columns[name][0] for one in one_by_one if one.blocks]
            for value in column:
                if isinstance(value, str):
                    assert "\x1f" not in value
                    assert "\x00" not in value
                    value.encode()
