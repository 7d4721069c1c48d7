"""Notices are read from files and from their own sentences; every fault is told with its line."""

import json
from datetime import date
from pathlib import Path

import pytest

from hub.clock.book import load_book
from hub.clock.notices import read_notice
from hub.clock.sentences import parse_sentence
from hub.errors import ConfigError
from hub.model.instants import parse_iso

CASES = Path(__file__).parents[4] / "shared" / "realdata" / "holiday_cn" / "description_parsing_cases.json"

TEXT_2027 = """国务院办公厅关于2027年
部分节假日安排的通知
国办发明电〔2026〕9号

各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2027年元旦、春节放假调休日期的具体安排通知如下。
一、元旦：1月1日至3日放假，共3天。
二、春节：2月5日（农历除夕、周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月14日（周日）上班。

国务院办公厅
2026年11月20日
"""


@pytest.mark.skipif(not CASES.exists(), reason="the sentences are not here")
def test_every_known_sentence_is_read_as_its_dates():
    cases = json.loads(CASES.read_text())
    assert len(cases) == 49
    for case in cases:
        read = {
            (day.isoformat(), not working)
            for day, working in parse_sentence(case["description"], case["year"])
        }
        assert read == {(e["date"], e["isOffDay"]) for e in case["expected"]}, case["description"]


@pytest.mark.parametrize(
    ("text", "year", "off", "worked"),
    [
        ("2018年12月30日至2019年1月1日放假调休，共3天。2018年12月29日（星期六）上班。", 2019,
         ["2018-12-30", "2018-12-31", "2019-01-01"], ["2018-12-29"]),
        ("2019年5月1日至4日放假调休，共4天。4月28日（星期日）、5月5日（星期日）上班。", 2019,
         ["2019-05-01", "2019-05-02", "2019-05-03", "2019-05-04"], ["2019-04-28", "2019-05-05"]),
        ("9月3日至5日调休放假，共3天。其中9月3日放假，9月4日调休，9月6日（星期日）上班。", 2015,
         ["2015-09-03", "2015-09-04", "2015-09-05"], ["2015-09-06"]),
        ("9月29日—30日放假。其中，9月27日（星期六）、28日（星期日）两个公休日调至9月29日、30日。", 2008,
         ["2008-09-29", "2008-09-30"], ["2008-09-27", "2008-09-28"]),
    ],
)  # fmt: skip
def test_sentences_name_days_off_and_days_worked(text, year, off, worked):
    read = parse_sentence(text, year)
    assert [str(day) for day, working in read if not working] == off
    assert [str(day) for day, working in read if working] == worked


def test_a_prolonged_holiday_adds_the_days_after_the_one_known(book, zone):
    before = book.as_known_at(parse_iso("2020-01-26", zone))
    text = "延长2020年春节假期至2月2日（农历正月初九，星期日），2月3日（星期一）起正常上班。"
    read = parse_sentence(text, 2020, before)
    assert read == [
        (date(2020, 1, 31), False),
        (date(2020, 2, 1), False),
        (date(2020, 2, 2), False),
        (date(2020, 2, 3), True),
    ]


def test_a_notice_is_read_from_its_text(tmp_path, zone):
    path = tmp_path / "2027.txt"
    path.write_text(TEXT_2027)
    notice = read_notice(path)
    assert (notice.number, notice.covers, notice.published) == (
        "国办发明电〔2026〕9号",
        2027,
        date(2026, 11, 20),
    )
    calendar = load_book(zone=zone, imported=[notice]).as_known_at()
    assert calendar.horizon == date(2027, 12, 31)
    reason = calendar.reason(date(2027, 2, 14))
    assert (reason.kind, reason.name) == ("make_up", "春节")
    assert reason.notice == "国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕9号）"
    assert (
        load_book(zone=zone, imported=[notice])
        .as_known_at(parse_iso("2026-11-19", zone))
        .is_provisional(date(2027, 1, 1))
    )


def test_a_text_without_year_or_date_is_refused_with_both_reasons(tmp_path):
    path = tmp_path / "notice.txt"
    path.write_text("5月1日放假。\n")
    with pytest.raises(ConfigError) as caught:
        read_notice(path)
    assert {c.key for c in caught.value.complaints} == {"year", "published"}


def test_a_date_that_does_not_exist_is_told_with_its_line(tmp_path):
    path = tmp_path / "notice.txt"
    path.write_text(TEXT_2027.replace("1月1日至3日", "2月30日"))
    with pytest.raises(ConfigError) as caught:
        read_notice(path)
    assert [(c.line, c.key) for c in caught.value.complaints] == [(7, "元旦")]


def test_a_schedule_of_a_whole_year_settles_it(tmp_path):
    path = tmp_path / "2027.csv"
    path.write_text(
        "date,working,name,notice,known_from\n2027-01-01,0,元旦,,2026-11-20\n2027-10-01,0,国庆节,,2026-11-20\n"
    )
    assert read_notice(path).covers == 2027
    path.write_text("date,working,name,notice,known_from\n2027-05-04,0,地方,,2026-11-20\n")
    assert read_notice(path).covers is None


def test_every_fault_of_every_overlay_is_told_at_once(tmp_path, zone):
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("date,working\n2024-02-30,1\n2024-03-01,maybe\n2024-03-02,1\n2024-03-02,0\n")
    two.write_text("day,working\n2024-03-01,1\n")
    with pytest.raises(ConfigError) as caught:
        load_book("moon", zone=zone, overlays=[one, two, tmp_path / "three.csv"])
    told = [(Path(c.file).name, c.line, c.key) for c in caught.value.complaints]
    assert told == [
        ("hub.toml", None, "calendar.base"),
        ("one.csv", 2, "date"),
        ("one.csv", 3, "working"),
        ("one.csv", 5, "date"),
        ("two.csv", 1, "date"),
        ("two.csv", 1, "day"),
        ("three.csv", None, "file"),
    ]


def test_a_bare_sentence_saved_by_an_office_program_is_read(tmp_path):
    path = tmp_path / "sentence.txt"
    text = "元旦：2018年12月30日至2019年1月1日放假调休，共3天。2018年12月29日（星期六）上班。"
    path.write_bytes(text.encode("gb18030"))
    notice = read_notice(path, published=date(2018, 12, 6))
    assert (notice.covers, notice.published, len(notice.days)) == (None, date(2018, 12, 6), 4)
    assert {rule.name for rule in notice.days} == {"元旦"}
    assert {rule.known_from for rule in notice.days} == {date(2018, 12, 6)}


@pytest.mark.parametrize("numbering", ["一、", "1. ", ""])
def test_items_are_named_however_they_are_numbered(tmp_path, numbering):
    path = tmp_path / "notice.txt"
    path.write_text(
        f"2012年放假\n{numbering}中秋节、国庆节：9月30日至10月7日放假调休，共8天。9月29日（星期六）上班。\n"
    )
    days = read_notice(path, published=date(2011, 12, 6)).days
    assert {rule.name for rule in days} == {"中秋节、国庆节"}
    assert len(days) == 9


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "notice.txt"
    path.write_bytes(b"\xff\xff\x00")
    with pytest.raises(ConfigError):
        read_notice(path)
    with pytest.raises(ConfigError):
        read_notice(tmp_path)


def test_a_notice_as_copied_from_a_page_is_read(tmp_path, book):
    path = tmp_path / "2012.txt"
    path.write_text(
        """国务院办公厅关于2012年
部分节假日安排的通知
国办发明电〔2011〕45号
各省、自治区、直辖市人民政府,国务院各部委、各直属机构:
现将2012年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦:
2012年1月1日至3日放假调休,共3天。2011年12月31日(星期六)上班。
二、春节:1月22日至28日放假调休,共7天。1月21日(星期六)、1月29日(星期日)上班。
三、清明节:4月2日至4日放假调休,共3天。
3月31日(星期六)、4月1日(星期日)上班。
四、劳动节:4月29日至5月1日放假调休,共3天。4月28日(星期六)上班。
五、端午节:6月22日至24日放假公休,共3天。
六、中秋节、国庆节:9月30日至10月7日放假调休,共8天。9月29日(星期六)上班。
节假日期间,各地区、各部门要妥善安排好值班和安全、保卫等工作。
国务院办公厅
二〇一一年十二月五日
"""
    )
    read = read_notice(path)
    (shipped,) = [n for n in book.notices if n.covers == 2012]
    assert (read.title, read.number, read.covers) == (shipped.title, shipped.number, 2012)
    assert read.published == date(2011, 12, 5)
    assert {(r.day, r.working) for r in read.days} == {(r.day, r.working) for r in shipped.days}
    assert [r.name for r in read.days if r.day == date(2012, 4, 1)] == ["清明节"]


def test_a_local_notice_keeps_its_title_and_number(tmp_path):
    path = tmp_path / "local.txt"
    path.write_text(
        "市人民政府办公厅关于2024年古尔邦节放假的通知\n洛政办明电〔2024〕11号\n6月17日放假。\n2024年5月1日\n"
    )
    notice = read_notice(path)
    assert (notice.title, notice.number) == (
        "市人民政府办公厅关于2024年古尔邦节放假的通知",
        "洛政办明电〔2024〕11号",
    )
    assert (notice.covers, [str(rule.day) for rule in notice.days]) == (None, ["2024-06-17"])


def test_an_overlay_as_a_spreadsheet_exports_it_is_read(tmp_path, zone):
    path = tmp_path / "local.csv"
    path.write_bytes('\ufeffdate,working,name,,\r\n2024-06-17,0,"古尔邦节,放假",,\r\n,,,,\r\n'.encode())
    calendar = load_book(zone=zone, overlays=[path]).as_known_at()
    assert calendar.reason(date(2024, 6, 17)).name == "古尔邦节,放假"


def test_a_cell_without_end_is_a_complaint_not_a_crash(tmp_path, zone):
    path = tmp_path / "local.csv"
    path.write_text('date,working\n2024-06-17,"' + "0" * 200_000)
    with pytest.raises(ConfigError) as caught:
        load_book(zone=zone, overlays=[path])
    assert [c.key for c in caught.value.complaints] == ["file"]
