"""Every fault of a mapping file is told at once, each with its line and what to do."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.errors import Complaint, ConfigError
from hub.mapping.mapping import check_mapping, load_mapping

ZONE = ZoneInfo("Asia/Shanghai")
DOZEN = """\
colour = "red"
timezone = "Mars/Olympus"

[streams.a]
record = "case"
speed = 3
[streams.a.fields]
item_code = { from = "x", codes = "nowhere" }
recieved_at = "sbsj"
accepted_at = { from = "slsj", format = "%Y-%q" }
closed_at = { from = "bjsj", as = "money" }
fee_paid = { form = "je" }
title = { from = "t", const = "c" }
due_at = { from = "d", format = [] }
result = { from = "r", codes = { "1" = ["x"] } }
region = 7

[[streams.b.records]]
record = "pauze"
when = {}
fields.case_no = "n"
fields.seq = "s"
fields.applied_length = { from = "l", as = "duration", unit = { from = "u", codes = { G = "fortnight" } } }
[[streams.b.records]]
record = "pause"
fields.case_no = "n"
fields.seq = "s"
fields.applied_length = { from = "l", as = "duration", unit = "u" }
fields.applied_unit = "u"
"""


def complaints(tmp_path: Path, text: str, **lists: str) -> list[Complaint]:
    (tmp_path / "m.toml").write_text(text, encoding="utf-8")
    for name, content in lists.items():
        (tmp_path / f"{name}.toml").write_text(content, encoding="utf-8")
    return check_mapping(tmp_path / "m.toml", codes_dir=tmp_path, zone=ZONE)


def test_all_faults_of_a_file_come_at_once_each_with_its_line(tmp_path: Path) -> None:
    found = complaints(tmp_path, DOZEN)
    assert [(c.line, c.key.removeprefix("streams.")) for c in found] == [
        (1, "colour"),
        (2, "timezone"),
        (6, "a.speed"),
        (7, "a.fields.case_no"),
        (8, "a.fields.item_code.codes"),
        (9, "a.fields.recieved_at"),
        (10, "a.fields.accepted_at.format"),
        (11, "a.fields.closed_at.as"),
        (12, "a.fields.fee_paid.form"),
        (12, "a.fields.fee_paid"),
        (13, "a.fields.title"),
        (14, "a.fields.due_at.format"),
        (15, "a.fields.result.codes.1"),
        (16, "a.fields.region"),
        (19, "b.records[0].record"),
        (20, "b.records[0].when"),
        (23, "b.records[0].fields.applied_length.unit.codes.G"),
        (29, "b.records[1].fields.applied_unit"),
    ]
    assert all(c.file.endswith("m.toml") and c.found and c.remedy for c in found)
    assert "received_at" in found[5].remedy


def test_loading_refuses_with_the_same_complaints(tmp_path: Path) -> None:
    found = complaints(tmp_path, DOZEN)
    with pytest.raises(ConfigError) as caught:
        load_mapping(tmp_path / "m.toml", codes_dir=tmp_path, zone=ZONE)
    assert list(caught.value.complaints) == found


CASE = '[streams.a]\nrecord = "case"\n[streams.a.fields]\ncase_no = "n"\n'


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('[streams.a]\nrecord = "case"\n', "case_no: is missing"),
        ("", "names no stream"),
        ("streams = 3", "write a table"),
        ('[streams.a]\nfields = { case_no = "n" }', "name the kind"),
        (CASE + 'fee_paid = { from = "f", default = "free" }', "must be a number"),
        (CASE + 'result = { from = "f", codes = { "1" = "x" }, default = "2" }', "one of the codes"),
        (CASE + 'result = { from = "f", codes = {} }', "empty code list"),
        (CASE + 'result = { from = "f", codes = { " 1" = "x", "1" = "y" } }', "listed twice"),
        (CASE + 'title = { const = "" }', "is blank"),
        (CASE + 'title = { const = "t", default = "u" }', "beside const"),
        (CASE + "title = { digest = [] }", "name a source field"),
        (CASE + 'closed_at = { digest = ["x"] }', "cannot hold a digest"),
        (CASE + 'title = { from = "t", format = "iso" }', "only times have a format"),
        (CASE + 'closed_at = { from = "t", format = "%H:%M" }', "year, month and day"),
        (CASE + 'closed_at = { from = "t", format = "%Y-%m-%d %I:%M" }', "%I and %p"),
        (CASE + 'closed_at = { from = "t", as = "duration" }', "is instant, not duration"),
        (CASE + 'closed_at = { from = "t", as = "tiem" }', "not known"),
        (CASE + 'title = { from = "t", unit = "fen" }', "no meaning here"),
        (CASE + 'fee_due = { from = "t", unit = "dollar" }', "unit of money"),
        (CASE + 'title = { from = "t", required = "yes" }', "true or false"),
        (CASE + 'title = { from = "t", null_if = { like = "x" } }', "option 'like'"),
        (CASE + 'title = { from = "t", null_if = [""] }', "blank always is"),
        (CASE + 'title = { from = ["t", 3] }', "name a source field"),
        (CASE + 'title = { from = "t", timezone = "x/y" }', "no time zone"),
        ("[streams.a]\nrecords = []", "once per record"),
        (CASE.replace("[streams.a.f", "when = { X = [] }\n[streams.a.f"), "lists no value"),
        ('case_insensitive = "yes"\n' + CASE, "true or false"),
        (CASE + "[streams.a.ignore]\nx = 1", "list the source fields"),
        (
            '[streams.a]\nrecords = [{ record = "case", fields = { case_no = "n" } },'
            ' { record = "case", when = { x = "1" }, fields = { case_no = "n" } }]',
            "can yield the same case",
        ),
    ],
)
def test_a_single_fault_is_told_in_words(tmp_path: Path, line: str, words: str) -> None:
    (found,) = complaints(tmp_path, line)
    assert words in str(found)
    assert found.line is not None or not line


def test_faults_of_a_code_list_name_the_list_and_its_line(tmp_path: Path) -> None:
    text = CASE.replace("case", "pause", 1) + 'seq = "s"\napplied_unit = { from = "u", codes = "units" }\n'
    (found,) = complaints(tmp_path, text, units='"G" = "working_day"\n"X" = "fortnight"\n')
    assert (Path(found.file).name, found.line, found.key) == ("units.toml", 2, "X")
    (broken,) = complaints(tmp_path, text, units="= 3")
    assert (Path(broken.file).name, broken.line) == ("units.toml", 1)


def test_the_version_is_of_the_content_code_lists_and_zone_included(tmp_path: Path) -> None:
    text = CASE + 'result = { from = "r", codes = "results" }\n'

    def version(text: str, codes: str, zone: ZoneInfo = ZONE) -> str:
        assert complaints(tmp_path, text, results=codes) == []
        return load_mapping(tmp_path / "m.toml", codes_dir=tmp_path, zone=zone).version

    first = version(text, '"1" = "granted"')
    assert version("# a comment\n" + text, '"1" = "granted" # another') == first
    assert version(text, '"1" = "denied"') != first
    assert version(text + 'title = "t"', '"1" = "granted"') != first
    assert version(text, '"1" = "granted"', ZoneInfo("UTC")) != first
