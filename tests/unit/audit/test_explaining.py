"""An explanation says for each limit and clock what the judge says, day by day."""

from datetime import date

from hub.audit.engine import judge
from hub.audit.explaining import explain
from hub.audit.items import ItemVersion

FACTS = {"received_at": "2024-03-04T10:00", "accepted_at": "2024-03-04T10:00"}


def told(lines: list, monitor: str) -> list:
    return [line for line in lines if line["monitor"] == monitor]


def test_each_limit_is_told_on_both_clocks_the_judging_one_first(a_bench, a_block, a_case) -> None:
    lines = explain(a_block(a_case(**FACTS, closed_at="2024-03-12")), a_bench("2024-04-01"))
    assert [(x["monitor"], x["clock"], x["verdict"]) for x in lines[:6]] == [
        ("M03", "whole_day", "none"),
        ("M03", "elapsed", "none"),
        ("M04", "whole_day", "none"),
        ("M04", "elapsed", "none"),
        ("M05", "whole_day", "none"),
        ("M05", "elapsed", "none"),
    ]
    promise = told(lines, "M04")[0]
    assert promise["due_at"] == "2024-03-13T23:59:59+08:00"
    assert promise["elapsed"] == 6
    assert [d["date"] for d in promise["days"] if d["counted"] and not d["after_deadline"]] == [
        "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08", "2024-03-11", "2024-03-12", "2024-03-13"
    ]  # fmt: skip


def test_the_source_s_own_deadline_is_told_by_the_instant(a_bench, a_block, a_case) -> None:
    case = a_case(**FACTS, due_at="2024-03-05T10:00", closed_at="2024-03-05T10:00:01")
    (line,) = told(explain(a_block(case), a_bench("2024-04-01")), "M27")
    assert (line["clock"], line["limit"], line["verdict"]) == ("instant", None, "red")
    assert line["elapsed"] == 24 * 3600 + 1


def test_what_is_undecided_says_why(a_bench, a_block, a_case) -> None:
    lines = explain(a_block(a_case(**FACTS, item_code="Z9")), a_bench("2024-04-01"))
    limits = told(lines, "M04") + told(lines, "M05")
    assert {(x["verdict"], x["reason"]) for x in limits} == {("undecided", "no_item_version")}
    held = explain(a_block(a_case(**FACTS, held=True)), a_bench("2024-04-01"))
    assert {(x["verdict"], x["reason"]) for x in held} == {("undecided", "held")}


def test_the_explanation_and_the_judge_never_differ(a_bench, a_block, a_case) -> None:
    pause = {"kind": "hearing", "started_at": "2024-03-06", "ended_at": "2024-03-08"}
    pause |= {"basis": "听证申请", "approver": "局长"}
    for close in (None, "2024-03-13", "2024-03-18", "2024-03-21", "2024-03-25"):
        block = a_block(a_case(**FACTS, closed_at=close, pauses=[pause], due_at="2024-03-19T12:00"))
        bench = a_bench("2024-03-22")
        judged = {(f.monitor, f.severity) for f in judge(block, bench).findings}
        lines = explain(block, bench)
        assert judged == {
            (x["monitor"], x["verdict"]) for x in lines if x["judges"] and x["verdict"] != "none"
        }


def test_pauses_are_numbered_from_one_and_days_name_them_so(a_bench, a_block, a_case) -> None:
    pauses = [
        {"kind": "hearing", "started_at": "2024-03-05", "ended_at": "2024-03-06"},
        {"kind": "hearing", "started_at": "2024-03-07", "ended_at": "2024-03-08"},
    ]
    lines = explain(a_block(a_case(**FACTS, closed_at="2024-03-12", pauses=pauses)), a_bench("2024-04-01"))
    promise = told(lines, "M04")[0]
    assert [pause["number"] for pause in promise["pauses"]] == [1, 2]
    named = {day["date"]: day["pause"] for day in promise["days"] if day["pause"]}
    assert named == {"2024-03-06": 1, "2024-03-08": 2}


def test_the_days_of_a_step_add_up_to_its_elapsed_time_pauses_too(a_bench, a_block, a_case) -> None:
    pause = {"kind": "hearing", "started_at": "2024-03-05", "ended_at": "2024-03-07"}
    step = {"kind": "handle", "started_at": "2024-03-04", "ended_at": "2024-03-11", "limit": 2}
    case = a_case(**FACTS, closed_at="2024-03-12", pauses=[pause], steps=[step])
    (line, _) = told(explain(a_block(case), a_bench("2024-04-01")), "M07")
    assert (line["elapsed"], line["verdict"]) == (3, "yellow")
    assert sum(day["counted"] for day in line["days"]) == 3
    assert [pause["counted"] for pause in line["pauses"]] == [2]


def test_a_pause_is_told_with_what_counted_of_it(a_bench, a_block, a_case) -> None:
    pause = {"kind": "suspended", "started_at": "2024-03-06", "ended_at": "2024-03-08"}
    lines = explain(a_block(a_case(**FACTS, pauses=[pause])), a_bench("2024-03-22"))
    assert lines[0]["pauses"] == [
        {
            "number": 1,
            "from": "2024-03-06",
            "to": "2024-03-08",
            "counted": 0,
            "reason": "not_allowed",
            "capped": False,
            "kind": "suspended",
        }
    ]


def test_a_notice_that_stands_still_like_a_pause_is_told_as_such(a_bench, a_block, a_case) -> None:
    pause = {"seq": "1", "kind": "hearing", "started_at": "2024-03-06", "ended_at": "2024-03-08"}
    notice = {"seq": "1", "issued_at": "2024-03-11T10:00", "received_at": "2024-03-12T10:00"}
    case = a_case(**FACTS, pauses=[pause], supplements=[notice])
    items = [ItemVersion("A1", date(2000, 1, 1), promised_limit=7, pause_kinds=("supplement",))]
    line = next(
        line
        for line in explain(a_block(case), a_bench("2024-03-22", items=items))
        if line["monitor"] == "M04"
    )
    assert [each["kind"] for each in line["pauses"]] == ["hearing", "supplement"]


def test_the_days_to_deliver_say_whether_they_run_from_the_decision_or_from_closing(
    a_bench, a_block, a_case
) -> None:
    granted = FACTS | {"closed_at": "2024-03-12", "result": "granted"}
    for decided, reason in ((None, "closed_undated"), ("2024-03-11", "decided")):
        lines = explain(a_block(a_case(**granted, decided_at=decided)), a_bench("2024-04-01"))
        assert {line["start_reason"] for line in told(lines, "M09")} == {reason}
