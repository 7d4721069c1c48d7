"""What becomes of a raw record does not depend on its neighbours: cut, decoded, alone, it is the same."""

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.mapping.cutting import cut
from hub.mapping.frame import FEW
from hub.mapping.mapping import Mapping, load_mapping
from hub.mapping.page import Page
from hub.mapping.stream import StreamMapping
from hub.model.records import Mapped

CASES = """
[streams.SB]
record = "case"
[streams.SB.fields]
case_no = "lsh"
item_code = { from = ["sxbm", "bz"], as = "identifier" }
title = { from = "bz", null_if = ["-", "无"] }
applicant_id = "zj"
phone = "je"
channel = { from = "zt", codes = { "0" = "window", "1" = "online", "*" = "other" } }
result = { from = "zt", codes = { "0" = "granted", "1" = "returned" } }
received_at = { from = "sj", format = ["iso", "%Y%m%d"] }
accepted_at = { from = "sj", format = ["%Y-%m-%d %H:%M:%S", "iso"], null_if = { same_as = "bz" } }
closed_at = { from = "sj", as = "date" }
fee_paid = { from = "je", default = "0" }
fee_due = { from = "je", unit = "wan" }
data_version = "je"
"""
PARTS = """
case_insensitive = true
[[streams.SB.records]]
record = "pause"
when = { zt = ["0", ""] }
fields = { case_no = "lsh", seq = { digest = ["sj", "bz"] }, started_at = "sj", applied_length = { from = "je", as = "duration", unit = { from = "dw", codes = { "G" = "working_day", "M" = "minute" } } } }
[[streams.SB.records]]
record = "step"
when = { zt = ["0", "1"] }
fields = { case_no = "lsh", step_no = "sxbm", limit = "je", ended_at = { from = "sj", format = "epoch_ms" } }
[[streams.SB.records]]
record = "rating"
when = { zt = "评" }
fields = { case_no = "lsh", seq = "bz", score = { from = "je", as = "decimal" } }
"""  # noqa: E501 - a TOML table in one line
LINES = [
    "", " ", "甲", "é", "e\u0301", "\u0301x", "12", "-0", "0.1", "无", "-", "x" * 257, "\u3000", "𠮷",
    "\uff11\uff12",
    "a\u200bb", " lead", "2012-09-24", "2012-09-24 09:00:00", "20120924", "2012-02-30", "5个工作日",
    "410303198001011234",
]  # fmt: skip
NUMBERS = [0, 1, 2**53, 2**63, 10**30, -0.0, 1.0, 12.345, 1e300]
ODD = [None, True, ["a", None], {"v": 1}, "a\nb", "\x00", "\x1f", '"']
COLUMN = st.one_of(
    st.lists(st.sampled_from(LINES), min_size=1, max_size=4),
    st.lists(st.sampled_from([*LINES, None]), min_size=1, max_size=4),
    st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=4),
    st.lists(st.sampled_from([*LINES, *NUMBERS, *ODD]), min_size=1, max_size=4),
)
STATES = st.lists(st.sampled_from(["0", "1", "评", "", None, 0, 1]), min_size=1, max_size=3)
STYLES = st.sampled_from([(",", ":"), (", ", ": ")])
BROKEN = [b"", b"{}", b"[]", b'{"lsh":1e400}', b'{"lsh":"\xff"}', b'{"LSH":"\xff"}', b'{"lsh":"a","lsh":"b"}']


@st.composite
def batches(draw: st.DrawFn) -> list[bytes]:
    """Records of one program: a column's values recur, now and then a record is of another kind."""
    columns = {name: draw(COLUMN) for name in draw(st.permutations(["sxbm", "bz", "zj", "je", "sj", "dw"]))}
    columns = {"lsh": draw(st.just(["K1", "K2", "K3"]) | COLUMN), "zt": draw(STATES)} | columns
    spell = draw(st.sampled_from([str, str, str.upper]))
    style = draw(STYLES)
    made = []
    for i in range(draw(st.integers(FEW, FEW + 8))):
        record = {spell(name): values[i % len(values)] for name, values in columns.items()}
        made.append(json.dumps(record, ensure_ascii=False, separators=style).encode())
    for place in draw(st.lists(st.integers(0, len(made)), max_size=1)):
        made.insert(place, draw(st.sampled_from(BROKEN)))
    return made


def told(mapped: Mapped, index: int) -> Any:
    """All that a mapping says of one raw record, in a form that tells 1 from 1.0 and 0.0 from -0.0."""
    records = [
        (block.kind, block.keys[row], sorted((n, repr(c[row])) for n, c in block.columns.items()))
        for block in mapped.blocks
        for row, owner in enumerate(block.indexes)
        if owner == index
    ]
    rejected = [(r.reason, r.field, r.value, r.message, r.key) for r in mapped.rejections if r.index == index]
    return records, rejected, mapped.raw_keys.get(index)


def check_alike(stream: StreamMapping, raws: list[bytes]) -> None:
    whole = stream.apply(raws, range(len(raws)))
    keys = stream.keys(raws, range(len(raws)))
    for index, raw in enumerate(raws):
        assert told(whole, index) == told(stream.apply([raw], [0]), 0)
        assert keys.get(index) == stream.keys([raw], [0]).get(0)


@pytest.fixture(scope="module", params=[CASES, PARTS], ids=["cases", "parts"])
def stream(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> StreamMapping:
    path = tmp_path_factory.mktemp("mapping") / "m.toml"
    path.write_text(request.param, encoding="utf-8")
    return load_mapping(path, codes_dir=path.parent, zone=ZoneInfo("Asia/Shanghai")).streams["SB"]


@given(batches())
@settings(deadline=None, max_examples=150)
def test_a_record_is_mapped_alike_alone_and_among_others(stream: StreamMapping, raws: list[bytes]) -> None:
    check_alike(stream, raws)


def test_records_of_no_kind_are_told_alike_when_cut(load: Callable[..., Mapping]) -> None:
    raws = [b'{"lsh":"K1","zt":""}'] * FEW
    assert cut(Page(raws)) is not None
    (stream,) = load(PARTS.replace('["0", ""]', '"0"')).streams.values()
    check_alike(stream, raws)


@pytest.mark.parametrize("usual", ["2012-09-24 09:30:00", "2012-09-24", ""])
@pytest.mark.parametrize(
    "odd", ["昨天", "20120924", "2012-02-30", "2012-09-24T09:30:00+08:00", " ", "x" * 300]
)
def test_one_odd_time_among_many_is_told_as_alone(load: Callable[..., Mapping], usual: str, odd: str) -> None:
    (stream,) = load(CASES).streams.values()
    times = [usual] * 4 * FEW
    times[7] = odd
    check_alike(stream, [json.dumps({"lsh": f"K{n}", "sj": time}).encode() for n, time in enumerate(times)])
