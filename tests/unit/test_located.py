"""Every key of a TOML file knows its line, however it is written."""

from pathlib import Path

import pytest

from hub.errors import ConfigError
from hub.located import dotted, load_toml, parse_toml

TEXT = """\
a = 1
[streams.X]
record = "case"
"q.r".b = {x = 1, y = [1, 2]}

[[streams.X.records]]
when = { NODERESULT = ["1"] }
fields.case_no = "é"
[[streams.X.records]]
k.z = 3
arr = [ {a = 1},   # a comment
 {a = 2} ]
[streams.X.records.deep]
v = 1
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("a",), 1),
        (("streams",), 2),
        (("streams", "X"), 2),
        (("streams", "X", "record"), 3),
        (("streams", "X", "q.r", "b", "y", 1), 4),
        (("streams", "X", "records"), 6),
        (("streams", "X", "records", 0, "when", "NODERESULT"), 7),
        (("streams", "X", "records", 0, "fields", "case_no"), 8),
        (("streams", "X", "records", 1), 9),
        (("streams", "X", "records", 1, "k", "z"), 10),
        (("streams", "X", "records", 1, "arr", 1, "a"), 12),
        (("streams", "X", "records", 1, "deep", "v"), 14),
        (("streams", "X", "records", 0, "missing"), 6),
        (("nowhere",), None),
    ],
)
def test_a_key_stands_on_its_line_or_on_that_of_the_table_around_it(
    keys: tuple[str | int, ...], line: int | None
) -> None:
    assert parse_toml(TEXT.encode(), "x.toml").line(*keys) == line


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"a = 1\nb = = 2\n", 2, "valid TOML"),
        (b"a = 1\na = 2\n", 2, "overwrite"),
        (b"[t]\nx = 1\n[t]\n", 3, "twice"),
        (b"a = 1\nb = [1,", 2, "valid TOML"),
        (b"a = 1\nb = '\xff'\n", 2, "UTF-8"),
        (b"a = " + b"[" * 100_000, None, ""),
    ],
)
def test_a_broken_file_is_named_with_its_line(content: bytes, line: int | None, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_toml(content, "x.toml")
    (complaint,) = caught.value.complaints
    assert complaint.file == "x.toml"
    assert words in complaint.found
    assert line is None or complaint.line == line
    assert str(caught.value).startswith("x.toml")


def test_a_missing_file_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_toml(tmp_path / "none.toml")


def test_a_byte_order_mark_is_tolerated() -> None:
    assert parse_toml(b"\xef\xbb\xbfa = 1", "x").data == {"a": 1}


def test_paths_are_shown_as_people_write_them() -> None:
    assert dotted(("streams", "a", 0, "from")) == "streams.a[0].from"
