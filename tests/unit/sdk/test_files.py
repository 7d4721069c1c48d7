"""Files: complete ones, new ones, in order; and nothing of them lost or shifted."""

import json
import os
from pathlib import Path

import openpyxl
import pytest

from hub.errors import SourceChanged, Unavailable
from hub.sdk import FilesSource
from hub.sdk.lines import lines

from .conftest import Pulled

BADINPUT = next(
    (p / "shared/badinput" for p in Path(__file__).parents if (p / "shared/badinput").is_dir()), None
)


@pytest.fixture
def drop(tmp_path: Path):
    """Put a file into the folder."""
    folder = tmp_path / "drop"
    folder.mkdir()

    def put(name: str, content: bytes | str, *, mtime: int | None = None) -> Path:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        if mtime is not None:
            os.utime(path, (mtime, mtime))
        return path

    return put


@pytest.fixture
def read(pull):
    """Pull the folder."""

    def run(settings=None, **more) -> Pulled:
        return pull("files", {"folder": "drop", **more.pop("config", {})}, settings, **more)

    return run


def records(found: Pulled) -> list:
    assert found.error is None, found.error
    return [json.loads(raw) for raw in found.raws]


def test_files_are_read_by_mtime_then_name(drop, read):
    for name, mtime in (("c.csv", 1), ("b.csv", 2), ("a.csv", 2)):
        drop(name, f"n\n{name}\n", mtime=mtime)
    assert [r["n"] for r in records(read())] == ["c.csv", "a.csv", "b.csv"]


def test_a_taken_file_is_read_again_only_when_its_content_differs(drop, read):
    drop("a.csv", "n\n1\n", mtime=1)
    first = read()
    assert list(first.marks) == ["a.csv"]
    assert read(stream={"marks": first.marks}).raws == []
    drop("a.csv", "n\n2\n", mtime=1)  # same size, same mtime, another content
    assert records(read(stream={"marks": first.marks})) == [{"n": "2"}]
    drop("a.csv", "n\n1\n", mtime=99)
    assert read(stream={"marks": first.marks}).raws == []
    assert len(read(stream={"marks": first.marks, "full": True}).raws) == 1


def test_the_mark_comes_with_the_last_record_of_its_file(drop, read):
    drop("a.csv", "n\n" + "1\n" * 5000)
    found = read()
    assert len(found.raws) == 5000
    assert len(found.marks) == 1


def test_a_file_that_grows_between_two_looks_is_left_alone(drop, read):
    path = drop("a.csv", "n\n1\n")
    drop("b.csv", "n\n2\n")

    class Slow(FilesSource):
        def pull(self, ctx, stream, window):
            ctx.files.complete("nothing")
            with path.open("a") as file:
                file.write("3\n")
            yield from super().pull(ctx, stream, window)

    found = read(source=Slow())
    assert records(found) == [{"n": "2"}]
    assert list(found.marks) == ["b.csv"]


def test_patterns_choose_files_hidden_and_partial_ones_never(drop, read):
    for name in ("cases1.CSV", "pauses.csv", ".hidden.csv", "~$x.csv", "x.csv.part", "sub/cases2.csv"):
        drop(name, "n\n" + name + "\n")
    assert [r["n"] for r in records(read({"pattern": "cases*.csv"}))] == ["cases1.CSV"]
    assert [r["n"] for r in records(read({"pattern": "*/*.csv"}))] == ["sub/cases2.csv"]
    assert len(records(read({"pattern": "*.csv"}))) == 2


def test_a_link_in_the_archive_leads_no_file_out_of_it(drop, tmp_path, read):
    class Committing(FilesSource):
        def pull(self, ctx, stream, window):
            for page in super().pull(ctx, stream, window):
                yield page
                self.committed(ctx, stream, page.marks)

    (tmp_path / "plugins").mkdir()
    (tmp_path / "done").mkdir()
    (tmp_path / "done/evil").symlink_to(tmp_path / "plugins")
    drop("evil/plugin.py", "n\n1\n")
    found = read({"pattern": "*/*", "format": "csv"}, source=Committing(), config={"archive": "done"})
    assert (len(found.raws), found.error) == (1, None)
    assert list((tmp_path / "plugins").iterdir()) == []
    assert (tmp_path / "drop/evil/plugin.py").exists()


def test_a_taken_file_goes_to_the_archive_and_overwrites_nothing(drop, tmp_path, read):
    class Committing(FilesSource):
        def pull(self, ctx, stream, window):
            marks = {}
            for page in super().pull(ctx, stream, window):
                marks |= page.marks
                yield page
            self.committed(ctx, stream, marks)

    for content in ("n\n1\n", "n\n2\n"):
        drop("a.csv", content)
        assert len(read(source=Committing(), config={"archive": "drop/done"}).raws) == 1
    assert sorted(p.read_text() for p in (tmp_path / "drop/done").iterdir()) == ["n\n1\n", "n\n2\n"]
    assert read(config={"archive": "drop/done"}).raws == []


def test_links_out_of_the_folder_and_things_that_are_no_files_are_not_read(drop, tmp_path, read):
    (tmp_path / "outside.csv").write_text("n\nsecret\n")
    drop("a.csv", "n\n1\n")
    (tmp_path / "drop/link.csv").symlink_to(tmp_path / "outside.csv")
    (tmp_path / "drop/inner.csv").symlink_to(tmp_path / "drop/a.csv")
    (tmp_path / "drop/broken.csv").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "drop/pipe.csv")
    (tmp_path / "drop/folder.csv").mkdir()
    assert records(read()) == [{"n": "1"}, {"n": "1"}]


def test_hostile_names_are_only_names(drop, read):
    names = ["a b.csv", "-rf.csv", "a'b\"c.csv", "新 文件.csv", "a\nb.csv", "%s{0}.csv", "$(x).csv"]
    for name in names:
        drop(name, "n\n1\n")
    Path(os.fsdecode(os.fsencode(drop("x.csv", "n\n1\n").parent) + b"/\xff\xfe.csv")).write_text("n\n1\n")
    found = read()
    assert len(records(found)) == len(names) + 2
    assert len(found.marks) == len(names) + 2
    assert all(mark.encode() for mark in found.marks)


def test_a_folder_that_is_not_there_is_unavailable(read, tmp_path):
    assert isinstance(read(config={"folder": "nowhere"}).error, Unavailable)


def test_one_broken_file_does_not_keep_the_others(drop, read):
    drop("a.json", "[{]", mtime=1)
    drop("b.json", '[{"n": 1}]', mtime=2)
    drop("c.doc", "what is this", mtime=3)
    found = read()
    assert found.raws == [b'{"n": 1}']
    assert isinstance(found.error, SourceChanged)
    assert "a.json" in found.error.message
    assert "1 more" in found.error.message
    assert list(found.marks) == ["b.json"]


def test_json_documents_and_lines(drop, read):
    drop("a.json", '{"data": {"list": [{"n": 1}]}}', mtime=1)
    drop("b.jsonl", '\ufeff{"n": 2}\r\n\n{"n": NaN}\n[3]\n{"n": "\\ud800"}\n{"n": 4', mtime=2)
    found = records(read({"records": "data.list"}))
    assert found[:3] == [{"n": 1}, {"n": 2}, {"n": "NaN"}]
    assert [(r["_line"], r["_file"]) for r in found[3:]] == [(n, "b.jsonl") for n in (4, 5, 6)]


def test_a_single_json_object_is_one_record(drop, read):
    drop("a.json", '{"n": 1}')
    assert records(read()) == [{"n": 1}]


def test_xml_records_in_any_encoding(drop, read):
    head = "<?xml version='1.0' encoding='GB18030'?>"
    text = head + "<r xmlns='u:x'><Row><名>国土局</名><e/><c>1</c><c>2</c></Row></r>"
    drop("a.xml", text.encode("gb18030"))
    drop("b.xml", "<r><g><Row id='7'><sub><k>v</k></sub></Row></g></r>")
    found = records(read({"record": "Row"}))
    assert {"名": "国土局", "e": None, "c": ["1", "2"]} in found
    assert {"@id": "7", "sub": {"k": "v"}} in found


@pytest.mark.parametrize("truth", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("claim", [None, "utf-8", "GB2312", "klingon"])
def test_a_wrong_xml_declaration_is_seen_through(drop, read, truth, claim):
    head = f"<?xml version='1.0' encoding='{claim}'?>" if claim else ""
    drop("a.xml", f"{head}<r><Row><名>国土局朱镕基</名></Row></r>".encode(truth))
    assert records(read({"record": "Row"})) == [{"名": "国土局朱镕基"}]


def test_xml_before_a_fault_is_kept(drop, read):
    drop("a.xml", "<r><Row><n>1</n></Row><Row><n>2</n></Row><Row><n>3</Row></r>")
    found = read()
    assert [json.loads(raw)["n"] for raw in found.raws] == ["1", "2"]
    assert isinstance(found.error, SourceChanged)


def workbook(path: Path, rows: list[list]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_workbooks_give_dates_as_text_and_numbers_as_numbers(drop, tmp_path, read):
    from datetime import date, datetime

    drop("x", "")
    rows = [
        ["名", "day", "at", "n", "x"],
        ["国土局", date(2024, 1, 2), datetime.fromisoformat("2024-01-02T03:04:05"), 5, 1.5],
    ]
    workbook(tmp_path / "drop/a.xlsx", [[], *rows, [], [None, None, None, 0, False]])
    found = records(read({"pattern": "*.xlsx"}))
    assert found[0] == {"名": "国土局", "day": "2024-01-02", "at": "2024-01-02 03:04:05", "n": 5, "x": 1.5}
    assert found[1] == {"名": None, "day": None, "at": None, "n": 0, "x": False}


def test_a_value_beyond_the_header_of_a_workbook_is_not_dropped(drop, tmp_path, read):
    drop("x", "")
    workbook(tmp_path / "drop/a.xlsx", [["a", "b"], [1, 2, 3], [1, 2]])
    found = records(read({"pattern": "*.xlsx"}))
    assert found[0]["_malformed"] == "3 cells where the header names 2"
    assert found[0]["_line"] == 2
    assert found[1] == {"a": 1, "b": 2}


@pytest.mark.skipif(BADINPUT is None, reason="the hostile inputs are not beside this checkout")
class TestHostileInputs:
    """Every file ends in records or in an error of its own; none takes the process with it."""

    def test_csv_spectrum_is_read_as_its_authors_expect(self, pull, tmp_path):
        for path in sorted((BADINPUT / "csv-spectrum/csvs").iterdir()):
            if path.stem == "location_coordinates":  # its expectation is of another file
                continue
            expected = json.loads((BADINPUT / f"csv-spectrum/json/{path.stem}.json").read_text("utf-8"))
            found = pull("files", {"folder": str(path.parent)}, {"pattern": path.name})
            assert records(found) == expected, path.name

    def test_json_that_must_parse_does_and_json_that_must_not_is_refused(self, pull):
        folder = BADINPUT / "JSONTestSuite"
        for path in sorted(folder.glob("y_*.json")):
            error = pull("files", {"folder": str(folder)}, {"pattern": path.name}).error
            assert error is None or "no list of records" in error.message, path.name
        for path in sorted(folder.glob("n_*.json")):
            found = pull("files", {"folder": str(folder)}, {"pattern": path.name})
            words = [json.loads(raw) for raw in found.raws]
            assert found.error or not words or has_words(words), path.name

    def test_xml_bombs_and_document_types_are_refused(self, pull):
        folder = BADINPUT / "xml-defusedxml/xmltestdata"
        names = [p.name for p in folder.glob("*.xml") if p.name not in ("simple.xml", "simple-ns.xml")]
        assert names
        for name in names:
            found = pull("files", {"folder": str(folder)}, {"pattern": name})
            assert isinstance(found.error, SourceChanged), name

    @pytest.mark.parametrize("suffix", ["xlsx", "xls", "xlsb", "xlsm", "ods"])
    def test_workbooks_end_in_records_or_in_an_error_that_names_the_file(self, pull, suffix):
        folder = BADINPUT / "xlsx-calamine"
        for path in sorted(folder.glob(f"*.{suffix}")):
            found = pull("files", {"folder": str(folder)}, {"pattern": path.name}, seconds=60)
            assert found.error is None or (
                isinstance(found.error, SourceChanged) and path.name in found.error.message
            ), found.error
            assert all(isinstance(json.loads(raw), dict) for raw in found.raws)

    def test_gb18030_is_that_of_2022(self):
        folder = BADINPUT / "gb18030-big5-encoding_rs/tests/test_data"
        theirs = (folder / "gb18030_in_ref.txt").read_text("utf-8").split("\n")
        with (folder / "gb18030_in.txt").open("rb") as file:
            ours = [line.rstrip("\n") for line in lines(file, "gb18030")]
        wrong = {b for a, b in zip(ours, theirs, strict=False) if a != b}
        assert len(ours) > 23_000
        assert wrong <= {"\u3000"}  # A3A0, which only browsers take for a blank

    def test_naughty_strings_pass_through_csv_unharmed(self, drop, read, tmp_path):
        import csv

        naughty = json.loads(next(BADINPUT.glob("blns/**/blns.json")).read_text("utf-8"))
        drop("x", "")
        with (tmp_path / "drop/a.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["n", "s"], *([str(i), s] for i, s in enumerate(naughty))])
        found = records(read({"pattern": "*.csv", "encoding": "utf-8", "delimiter": ","}))
        assert [r["s"] for r in found] == naughty


def has_words(records: list) -> bool:
    """NaN and infinities are no JSON; they travel as words, or their record as malformed."""
    return any("_malformed" in r for r in records) or "N" in json.dumps(records) or "I" in json.dumps(records)
