"""Collections of hostile inputs: nothing crashes, nothing that is no JSON object comes through."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.mapping.mapping import Mapping

FOLDER = Path(os.environ.get("HUB_TEST_BADINPUT", Path(__file__).parents[4] / "shared" / "badinput"))
SUITE, STRINGS = FOLDER / "JSONTestSuite", FOLDER / "blns" / "blns.json"
Load = Callable[..., Mapping]

TEXT = """
[streams.s]
record = "case"
[streams.s.fields]
case_no = "n"
title = "v"
certificate_no = "v"
"""
DATED = TEXT + 'closed_at = "v"\nfee_paid = "v"\nresult = { from = "v", codes = { "1" = "x" } }\n'


@pytest.mark.skipif(not SUITE.is_dir(), reason="the JSON test suite is not beside this checkout")
def test_json_that_must_fail_is_rejected_and_what_may_pass_is_mapped_or_rejected(load: Load) -> None:
    stream = load(TEXT).streams["s"]
    for path in sorted(SUITE.glob("*.json")):
        whole = path.read_bytes()
        # The suite's values are mostly no objects: tried as they are, and as a field's value.
        for raw in (whole, b'{"n": "1", "v": ' + whole + b"}"):
            mapped = stream.apply([raw, b'{"n": "good"}'], [0, 1])
            assert mapped.raw_keys[1] == "good"
            assert (0 in mapped.raw_keys) != bool(mapped.rejections), path.name
            if path.name.startswith("n_") and path.name not in EMBEDDABLE:
                assert 0 not in mapped.raw_keys, path.name


#: Broken alone, but whole once something stands around them.
EMBEDDABLE = {"n_structure_no_data.json", "n_single_space.json"}


@pytest.mark.skipif(not STRINGS.is_file(), reason="the list of naughty strings is not beside this checkout")
def test_naughty_strings_come_through_clean_or_are_rejected(load: Load) -> None:
    strings: list[Any] = json.loads(STRINGS.read_text(encoding="utf-8"))
    for text, batch in ((TEXT, strings), (DATED, strings)):
        stream = load(text).streams["s"]
        raws = [json.dumps({"n": str(i), "v": value}).encode() for i, value in enumerate(batch)]
        mapped = stream.apply(raws, range(len(raws)))
        assert len(mapped.raw_keys) + len(mapped.rejections) == len(raws)
        for block in mapped.blocks:
            for value in block.columns["title"]:
                assert value is None or (value == value.strip() and value)
                assert not any(c in (value or "") for c in "\x00\x1f\x7f")
    rejections = load(TEXT).streams["s"].apply(raws, range(len(raws))).rejections
    assert all("at most 256 characters" in rejection.message for rejection in rejections)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{",
        b'{"n": "1"}{"n": "2"}',
        b'{"n": "1"},{"n": "2"}',
        b'\xef\xbb\xbf{"n": "1"}',
        b'{"n": "\xff"}',
        b'{"n": "\\ud800"}',
        b'{"n": "\xed\xa0\x80"}',
        b'{"n": NaN}',
        b'{"n": 1e999}',
        b'{"n": "1", "v": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"n": "1", "zzz": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"<html><body>502 Bad Gateway</body></html>",
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_bytes_that_are_not_one_json_object_are_malformed(load: Load, raw: bytes) -> None:
    mapped = load(TEXT).streams["s"].apply([b'{"n": "a"}', raw, b'{"n": "b"}'], [0, 1, 2])
    assert mapped.raw_keys == {0: "a", 2: "b"}
    (rejection,) = mapped.rejections
    assert (rejection.index, rejection.reason) == (1, "malformed")


def test_of_a_field_named_twice_the_last_counts(load: Load) -> None:
    mapped = load(TEXT).streams["s"].apply([b'{"n": "1", "n": "2"}'], [0])
    assert mapped.raw_keys == {0: "2"}


def test_huge_numbers_are_texts_or_refused_never_errors(load: Load) -> None:
    stream = load(TEXT).streams["s"]
    mapped = stream.apply([b'{"n": %s}' % (b"9" * size) for size in (19, 40, 300, 4000)], range(4))
    assert mapped.raw_keys == {0: "9" * 19, 1: "9" * 40}
    assert [rejection.index for rejection in mapped.rejections] == [2, 3]
