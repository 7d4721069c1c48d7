"""The proof names who says what, line by line, and a hostile text stays text."""

from pathlib import Path
from typing import Any

from hub.cli.proof import sections
from hub.cli.proof_page import page

DOCUMENT: dict[str, Any] = {
    "source": "tax",
    "case_no": "A<1>",
    "as_of": "2012-10-29T09:00:00+08:00",
    "calendar_version": "cn-1",
    "facts": [
        {
            "field": "accepted_at",
            "value": "2012-09-24",
            "stream": "cases",
            "run_id": 3,
            "first_seen_at": "2012-09-25",
        },
        {
            "field": "title",
            "value": "<script>alert(1)</script>",
            "stream": "cases",
            "run_id": 3,
            "first_seen_at": "x",
        },
    ],
    "limits": [
        {
            "monitor": "M05",
            "clock": "whole_day",
            "limit": 2.0,
            "limit_unit": "working_day",
            "started_at": "2012-09-28",
            "start_reason": "accepted",
            "due_at": "2012-10-08T23:59:59+08:00",
            "stopped_at": None,
            "elapsed": 3.0,
            "verdict": "red",
            "reason": "over_limit_open",
            "legal_basis": "行政许可法第42条",
            "pauses": [{"from": "2012-10-01", "to": None, "counted": 0, "reason": "not_allowed"}],
            "days": [
                {
                    "date": "2012-09-29",
                    "counted": True,
                    "reason": "make_up",
                    "notice": "国办发明电〔2011〕45号",
                },
                {"date": "2012-09-30", "counted": False, "reason": "holiday", "name": "中秋节"},
                {"date": "2012-10-08", "counted": True, "reason": "weekday"},
            ],
        }
    ],
    "findings": [
        {
            "finding_id": 7,
            "monitor": "M05",
            "severity": "red",
            "status": "issued",
            "log": [{"logged_at": "2012-10-29", "action": "confirm", "by": "李", "reason": "核实无误"}],
        }
    ],
}


def test_each_line_of_the_proof_is_said_by_someone(hub: Any) -> None:
    said = hub("explain", "tax", "A<1>", answers={"explain": DOCUMENT})
    for text in (
        "past the limit and still open",
        "行政许可法第42条",
        "from acceptance",
        "make-up working day, 国办发明电〔2011〕45号",
        "public holiday, 中秋节",
        "refused: its kind does not stop this clock",
        "confirmed",
        "核实无误",
        "Sat",
    ):
        assert text in said.out


def test_the_proof_speaks_chinese(hub: Any) -> None:
    said = hub("explain", "tax", "A<1>", answers={"explain": DOCUMENT}, lang="zh_CN")
    for text in (
        "已超过时限，仍未办结",
        "受理时间",
        "调休上班",
        "法定节假日，中秋节",
        "红牌",
        "起算",
        "周六",
    ):
        assert text in said.out


CARD = {
    "finding_id": 8,
    "monitor": "M17",
    "severity": "warning",
    "status": "issued",
    "reason": "seen_closed",
    "detail": {
        "first_seen_at": "2012-11-05T08:00:00+08:00",
        "heard_until": "2012-11-04T08:00:00+08:00",
        "faults": ["too_long", "<b>"],
        "pauses": [{"from": "2012-10-08", "signs": ["no_basis", "just_long_enough"]}],
        "without": {"due_at": "2012-10-20", "late": True},
    },
}


def test_a_card_says_why_and_names_what_it_rests_on(hub: Any) -> None:
    document = DOCUMENT | {"findings": [CARD]}
    said = " ".join(hub("explain", "tax", "A", answers={"explain": document}).out.split())
    for text in (
        "because first seen already closed, though its source had been heard well after the closing",
        "first seen by the Hub at 2012-11-05 08:00:00",
        "source heard, without this case, until 2012-11-04 08:00:00",
        "void: longer than the law allows, <b>",
        "no basis is given, just as long as the case needed to be in time",
        "without the first of them due 2012-10-20, late",
    ):
        assert text in said
    told = hub("explain", "tax", "A", answers={"explain": document}, lang="zh_CN").out
    assert "枢纽首次见到时间" in told
    assert "未写明依据" in told


def limits_said(hub: Any, lang: str = "en", **changes: Any) -> str:
    """What the one limit of the document reads like with some of it told otherwise, on one line."""
    document = DOCUMENT | {"limits": [DOCUMENT["limits"][0] | changes]}
    return " ".join(hub("explain", "tax", "A", answers={"explain": document}, lang=lang).out.split())


def test_in_time_is_only_said_of_what_is_in_time(hub: Any) -> None:
    refused = limits_said(hub, verdict="none", reason="refused")
    assert "M05, whole-day clock: no finding" in refused
    assert "in time" not in refused
    assert "M05, whole-day clock: in time" in limits_said(hub, verdict="none", reason="in_time")
    assert "M05，整日计时：不发牌" in limits_said(hub, "zh_CN", verdict="none", reason="refused")


def test_a_limit_says_who_sets_it_and_what_of_it_is_an_extension(hub: Any) -> None:
    told = {"limit": 50.0, "extended": 5.0, "limit_set_by": "law"}
    said = limits_said(hub, **told, item_version="2010-01-01", item_told_by="permits")
    assert (
        "50 working days, of which 5 working days by extension (by law, because the item names none)" in said
    )
    assert "version of the item in force from 2010-01-01 (permits)" in said
    assert "limit the same day" in limits_said(hub, limit=0.0, limit_unit="calendar_day")


def test_hours_on_the_clock_of_whole_days_say_where_they_end_and_how_they_add_up(hub: Any) -> None:
    day = {"date": "2012-09-28", "counted": True, "reason": "weekday", "amount": 5400}
    said = limits_said(hub, limit_unit="working_hour", days=[day])
    assert "due 2012-10-08 23:59:59 (on the whole-day clock to the end of its day)" in said
    assert "01:30:00" in said


def test_a_pause_names_its_record_and_says_that_nothing_caps_it(hub: Any) -> None:
    pause = {"number": 1, "record": "A/7", "from": "2012-09-29", "to": None, "counted": 2, "capped": False}
    said = limits_said(hub, pauses=[{**pause, "reason": "counted"}])
    assert "taken out: its kind stops this clock; no length was applied for, so that nothing caps it" in said
    assert "A/7" in said


def test_a_clock_that_never_started_is_not_still_running(hub: Any) -> None:
    assert "still running" in limits_said(hub)
    assert "still running" not in limits_said(hub, started_at=None, due_at=None)


def test_a_word_of_no_table_is_not_taken_for_one_that_the_catalogues_know(hub: Any) -> None:
    """An extension void for being late is not "late" as a case is; a paper named "other" keeps its name."""
    late = {**CARD, "monitor": "M06", "detail": {"faults": ["late"], "new": ["red"]}}
    said = hub("explain", "tax", "A", answers={"explain": DOCUMENT | {"findings": [late]}}, lang="zh_CN").out
    assert "无效：批准时原期限已过" in said
    assert "红牌" not in said.split("监察牌")[-1]


def test_a_card_names_the_events_at_fault_and_the_parties(hub: Any) -> None:
    turned = {
        "event": "closed_at",
        "event_at": "2012-10-01",
        "before": "accepted_at",
        "before_at": "2012-10-02",
    }
    ahead = {"event": "step.ended_at", "event_at": "2099-01-01"}
    card = {**CARD, "supported": False, "detail": {"events": [turned, ahead], "members": ["M-1", "M-2"]}}
    said = hub("explain", "tax", "A", answers={"explain": DOCUMENT | {"findings": [card]}}).out
    for text in (
        "closed_at 2012-10-01 lies before accepted_at 2012-10-02",
        "step.ended_at 2099-01-01 lies in the future",
        "M-1, M-2",
        "issued, no longer supported",
    ):
        assert text in said


def test_counted_days_are_numbered_and_others_are_not() -> None:
    days = next(s for s in sections(DOCUMENT) if s.headings and s.headings[0] == "no.")
    assert [row[0] for row in days.rows] == ["1", "", "2"]


def test_a_day_list_that_was_cut_says_how_many_days_are_left_out(hub: Any, tmp_path: Path) -> None:
    cut = DOCUMENT | {"limits": [DOCUMENT["limits"][0] | {"days_left_out": 1234}]}
    assert "further days not listed" not in hub("explain", "tax", "A1", answers={"explain": DOCUMENT}).out
    said = hub("explain", "tax", "A1", answers={"explain": cut}).out.split()
    assert said[said.index("listed") + 1] == "1234"
    file = tmp_path / "proof.html"
    hub("explain", "tax", "A1", "--html", str(file), answers={"explain": cut})
    assert "<dt>further days not listed</dt><dd>1234</dd>" in file.read_text("utf-8")


def test_the_page_escapes_what_a_department_wrote_and_loads_nothing(hub: Any, tmp_path: Path) -> None:
    file = tmp_path / "proof.html"
    assert hub("explain", "tax", "A1", "--html", str(file), answers={"explain": DOCUMENT}).code == 0
    text = file.read_text("utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "A&lt;1&gt;" in text
    assert "default-src 'none'" in text
    assert "http://" not in text


def test_the_page_is_whole_in_either_language() -> None:
    assert page(sections(DOCUMENT), "zh-CN").rstrip().endswith("</html>")


def test_a_proof_with_nothing_in_it_still_prints(hub: Any) -> None:
    empty = {"source": "tax", "case_no": "A", "as_of": "x", "facts": [], "limits": [], "findings": []}
    assert hub("explain", "tax", "A", answers={"explain": empty}).code == 0
