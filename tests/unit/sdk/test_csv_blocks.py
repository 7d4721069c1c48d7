"""CSV: many plain lines read at once give the very records that they give one by one."""

import io
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sdk import csvlines
from hub.sdk.charsets import codec
from hub.sdk.csvblock import Blocks
from hub.sdk.csvfile import read_csv
from hub.sdk.lines import lines
from hub.sdk.pages import Stream

NEVER = 1 << 60


def read(body: bytes, encoding: str, large: int, **settings) -> list[bytes]:
    pages = read_csv(io.BytesIO(body), encoding, Stream("s", settings=settings), "csv", "f.csv", large=large)
    return [raw for page in pages for raw in page]


def same(body: bytes, encoding: str = "utf-8", chunk: int = 1 << 20, **settings) -> list[bytes]:
    """The records, after both roads gave the same; blocks as small as they can be."""
    with patch.multiple(csvlines, _MOST=64, _LEAST=16), patch("hub.sdk.lines._CHUNK", chunk):
        found = read(body, encoding, 0, **settings)
        assert found == read(body, encoding, NEVER, **settings)
    return found


PLAIN = st.sampled_from(
    ["", "1", "a b", " ", "国土局", "\u3000", "\xa0", "x" * 30, "é", "\x7f", "\ufeff", "𠀀"]
)
ODD = st.sampled_from(
    ['"', '"a\nb"', '"x,y"', '"a""b"', "\\", "\\n", "\t", "\0", "\r", "\x1c", "\x85", "\ue78d"]
)
CELLS = st.one_of(PLAIN, PLAIN, PLAIN, PLAIN, PLAIN, PLAIN, PLAIN, ODD)
ROWS = st.one_of(st.lists(CELLS, min_size=3, max_size=3), st.lists(PLAIN, min_size=3, max_size=3))
RAGGED = st.lists(CELLS, max_size=5)
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r\n", "\r", "\r\r\n", "\n\n"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    delimiter = draw(st.sampled_from([",", "\t", ";", "|"]))
    ends = ENDS if draw(st.booleans()) else st.just(draw(st.sampled_from(["\n", "\r\n", "\r"])))
    rows = draw(st.lists(st.one_of(ROWS, ROWS, ROWS, ROWS, RAGGED), max_size=40))
    head = draw(st.sampled_from([["a", "b", "c"], ["名", 'b"', "b\\"], ["a", "a", ""], ["a"]]))
    return "".join(delimiter.join(row) + draw(ends) for row in [head, *rows])


@given(
    texts(),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    st.booleans(),
    st.sampled_from([7, 64, 1 << 20]),
)
def test_any_text_gives_the_same_records_by_both_roads(text, encoding, pad, chunk):
    same(text.encode(encoding), encoding, chunk, ragged="pad" if pad else "")


@given(texts(), st.binary(min_size=1, max_size=3), st.data())
def test_bytes_that_are_no_text_give_the_same_records_by_both_roads(text, junk, data):
    body = text.encode()
    at = data.draw(st.integers(0, len(body)))
    for encoding in ("utf-8", "gb18030"):
        same(body[:at] + junk + body[at:], encoding)


@given(st.text(st.sampled_from('a,\n\r"\\ 国')), st.sampled_from([[], ["a"], ["a", "a"], ["a", "b", "c"]]))
def test_names_from_the_configuration_give_the_same_records_by_both_roads(text, names):
    same(text.encode(), delimiter=",", columns=names)


@pytest.mark.parametrize("delimiter", [",", "\t", " ", "a", "\\", "，", "\x01"])
def test_any_delimiter_gives_the_same_records_by_both_roads(delimiter):
    rows = [["1", "2", "x"], ["", "", ""], [" ", "\u3000", ""], ["b", "国", "n"]] * 20
    same("".join(delimiter.join(row) + "\n" for row in rows).encode(), delimiter=delimiter)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_plain_lines_are_read_in_blocks_and_only_those_around_a_quote_are_not(end, monkeypatch):
    taken: list[int] = []
    take = Blocks.take

    def counted(self: Blocks, names: list[str]) -> list[bytes] | None:
        found = take(self, names)
        taken.append(len(found or ()))
        return found

    monkeypatch.setattr(Blocks, "take", counted)
    rows = ["1,2,国" + end] * 1000
    rows[500] = '1,"2' + end + 'x",国' + end
    assert len(same(("a,b,c" + end + "".join(rows)).encode())) == 1000
    assert sum(taken) > 900


def test_a_line_longer_than_a_block_and_a_record_after_it_are_read():
    found = same(("a,b\n" + "1,2\n" * 50 + "x" * 500 + ",3\n" + "1,2\n" * 50).encode())
    assert len(found) == 101


def test_a_line_in_error_is_told_with_its_number_after_blocks():
    found = same(("a,b\n" + "1,2\n" * 100 + "1,2,3\n" + "1,2\n" * 100).encode())
    assert b'"_line":102' in found[100]


@given(st.text(st.sampled_from("ab\r\n国")), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
def test_the_lines_of_a_file_are_its_text_parted_after_each_line_feed(text, encoding):
    end = "\n" if "\n" in text or "\r" not in text.rstrip("\r") else "\r"
    found = list(lines(io.BytesIO(text.encode(codec(encoding))), codec(encoding)))
    assert found == [line for line in text.replace(end, end + "\0").split("\0") if line]
