"""CSV: every line ends up in a record or in a malformed one."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import ConfigError, SourceChanged
from hub.sdk.charsets import digest_and_encoding
from hub.sdk.csvfile import read_csv
from hub.sdk.pages import Stream


def read(content: bytes | str, encoding: str = "utf-8", shape: str = "csv", **settings) -> list[dict]:
    body = content.encode() if isinstance(content, str) else content
    pages = read_csv(io.BytesIO(body), encoding, Stream("s", settings=settings), shape, "f.csv")
    return [json.loads(raw) for page in pages for raw in page]


def test_blank_lines_are_skipped_also_those_of_separators():
    assert read("\n\na,b\n\n1,2\n  \n,\n3,4\n\n") == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind(end):
    assert read(end.join(["a,b", "1,2", "3,4", ""])) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_out(delimiter):
    text = f'"x,;|\t{delimiter}"{delimiter}b{delimiter}c\n1{delimiter}2{delimiter}3\n'
    assert list(read(text)[0].values()) == ["1", "2", "3"]


def test_excels_own_hint_names_the_delimiter():
    assert read("sep=;\na;b\n1,5;2\n") == [{"a": "1,5", "b": "2"}]


def test_a_delimiter_of_several_characters_is_a_config_error():
    with pytest.raises(ConfigError):
        read("a||b\n1||2\n", delimiter="||")


def test_cells_may_hold_line_breaks_quotes_and_separators():
    assert read('a,b\n"1\n2","x ""y"", z"\r\n') == [{"a": "1\n2", "b": 'x "y", z'}]


def test_a_huge_cell_is_read():
    assert len(read("a,b\n" + "x" * 5_000_000 + ",2\n")[0]["a"]) == 5_000_000


def test_thousands_of_columns_are_read():
    head, row = ",".join(f"c{n}" for n in range(5000)), ",".join("1" for _ in range(5000))
    assert len(read(f"{head}\n{row}\n")[0]) == 5000


def test_nul_is_kept():
    assert read("a,b\n1\0x,2\n") == [{"a": "1\0x", "b": "2"}]


def test_a_header_without_or_with_repeated_names_loses_no_column():
    assert read("a,,a,a\n1,2,3,4\n") == [{"a": "1", "column_2": "2", "a#2": "3", "a#3": "4"}]


def test_a_ragged_row_is_malformed_with_all_its_cells():
    found = read("a,b\n1\n1,2,3\n1,2\n")
    assert [r.get("_malformed") for r in found] == [
        "1 cells where the header names 2",
        "3 cells where the header names 2",
        None,
    ]
    assert [r.get("_cells") for r in found] == [["1"], ["1", "2", "3"], None]
    assert [r.get("_line") for r in found] == [2, 3, None]


def test_empty_cells_too_many_are_nothing_and_too_few_may_be_padded():
    assert read("a,b\n1,2,,\n") == [{"a": "1", "b": "2"}]
    assert read("a,b\n1\n", ragged="pad") == [{"a": "1", "b": ""}]


def test_a_quote_never_closed_costs_one_line():
    found = read('a,b\n1,2\n3,"4\n5,6\n7,8\n')
    assert found[0] == {"a": "1", "b": "2"}
    assert found[1]["_line"] == 3
    assert found[1]["_text"] == '3,"4\n'
    assert found[2:] == [{"a": "5", "b": "6"}, {"a": "7", "b": "8"}]


def test_text_after_a_closing_quote_is_malformed_not_mended():
    found = read('a,b\n"1"x,2\n3,4\n')
    assert "_malformed" in found[0]
    assert found[1] == {"a": "3", "b": "4"}


def test_bytes_that_are_no_text_cost_one_record():
    found = read(b"a,b\n1,\xff\n3,4\n")
    assert "_malformed" in found[0]
    assert found[1] == {"a": "3", "b": "4"}


def test_a_file_without_a_header_line_is_named_by_the_configuration():
    assert read("1,2\n", columns=["a", "b"]) == [{"a": "1", "b": "2"}]


def test_lines_before_the_header_are_passed_over():
    assert read("Report of May\n\na,b\n1,2\n", header_row=2) == [{"a": "1", "b": "2"}]


def test_formulas_are_text():
    assert read("a\n=1+1\n@SUM(A1)\n") == [{"a": "=1+1"}, {"a": "@SUM(A1)"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "utf-16-be-bom"])
def test_the_encoding_is_found_out(tmp_path, encoding):
    text = "名称,b\n国土局,2\n"
    body = b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-bom" else text.encode(encoding)
    (tmp_path / "f").write_bytes(body)
    assert read(body, digest_and_encoding(tmp_path / "f")[1]) == [{"名称": "国土局", "b": "2"}]


def test_an_encoding_that_shows_only_at_the_end_is_found_out(tmp_path):
    body = b"a,b\n" + b"1,2\n" * 600_000 + "国土局,2\n".encode("gb18030")
    (tmp_path / "f").write_bytes(body)
    assert digest_and_encoding(tmp_path / "f")[1] == "gb18030"


def test_a_mixed_file_keeps_every_record_that_can_be_read(tmp_path):
    body = (
        "名,b\n".encode()
        + "国土局,1\n".encode() * 5
        + "地税局,2\n".encode("gb18030")
        + "国土局,3\n".encode() * 5
    )
    (tmp_path / "f").write_bytes(body)
    found = read(body, digest_and_encoding(tmp_path / "f")[1])
    assert len(found) == 11
    assert sum("_malformed" in r for r in found) == 1


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=8)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=20))
def test_what_a_writer_wrote_is_read_back(rows):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *rows])
    expected = [dict(zip("abc", row, strict=True)) for row in rows if any(map(str.strip, row))]
    assert read(out.getvalue(), delimiter=",") == expected


@given(st.text(st.sampled_from('a",\n\r;\t')))
def test_no_letter_of_any_text_is_lost(text):
    found = read("x,y\n" + text, delimiter=",")
    told = ("_malformed", "_file", "_line")
    seen = "".join(json.dumps([v for k, v in r.items() if k not in told]) for r in found)
    assert seen.count("a") == text.count("a")


def test_a_header_of_a_million_columns_is_refused_and_one_of_many_like_names_is_read_at_once():
    with pytest.raises(SourceChanged, match=r"f\.csv: a header of 1000001 columns"):
        read("a," * 1_000_000 + "\n1\n")
    names = list(read("a," * 15_999 + "a\n" + "1," * 15_999 + "1\n")[0])
    assert (names[0], names[1], names[-1], len(names)) == ("a", "a#2", "a#16000", 16_000)
