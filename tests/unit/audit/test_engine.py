"""The engine itself: faults, provisional days, rules not yet in force, supplements as pauses."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from hub.audit.engine import judge
from hub.audit.items import ItemVersion
from hub.audit.monitors.registry import MONITORS
from hub.model.instants import isoformat, parse_iso

ZONE = ZoneInfo("Asia/Shanghai")
ACCEPTED = {"received_at": "2024-03-04T10:00", "accepted_at": "2024-03-04T10:00"}
ITEM = ItemVersion("A1", date(2000, 1, 1), promised_limit=7, statutory_limit=10)


def broken(*_arguments: object) -> None:
    raise ZeroDivisionError("a monitor's own fault")


def test_a_monitor_that_fails_is_a_fault_and_stops_no_other(a_bench, a_block, a_case) -> None:
    monitors = MONITORS | {"M04": broken}
    judgement = judge(a_block(a_case(**ACCEPTED)), a_bench("2024-04-01"), monitors)
    assert [(fault.monitor, "own fault" in fault.error) for fault in judgement.faults] == [("M04", True)]
    assert judgement.undecided == {0: "evaluation_failed"}
    assert {"M03", "M05"} <= {f.monitor for f in judgement.findings}
    assert judgement.judge_at[0] <= parse_iso("2024-04-02", ZONE)


def test_a_card_on_provisional_days_is_marked_and_waits(a_judgement, a_case) -> None:
    case = a_case(received_at="2030-03-04T10:00", accepted_at="2030-03-04T10:00")
    found = {f.monitor: f for f in a_judgement("2030-04-01", case).findings}
    assert (found["M04"].provisional, found["M04"].pending) == (True, True)


def test_a_deadline_beyond_the_calendar_is_undecided_and_an_alarm(a_judgement, a_case) -> None:
    item = replace(ITEM, statutory_limit=10**6)
    judgement = a_judgement("2024-04-01", a_case(**ACCEPTED), items=[item])
    assert judgement.undecided == {0: "beyond_calendar"}
    assert [fault.monitor for fault in judgement.faults] == ["M05"]


def test_a_rule_not_yet_in_force_judges_nothing_until_its_day(a_judgement, a_case) -> None:
    at = parse_iso("2024-05-01", ZONE)
    rules = {monitor: {"effective_from": at} for monitor in MONITORS}
    judgement = a_judgement("2024-04-01", a_case(**ACCEPTED), rules=rules)
    assert (judgement.findings, judgement.judge_at.tolist()) == ([], [at])
    assert a_judgement("2024-05-01", a_case(**ACCEPTED), rules=rules).findings


def test_papers_asked_for_after_acceptance_stop_the_promise_where_the_item_says_so(cards, a_case) -> None:
    asked = {"issued_at": "2024-03-05T09:00", "received_at": "2024-03-11T09:00", "materials": "图纸"}
    case = a_case(**ACCEPTED, closed_at="2024-03-20", supplements=[asked])
    found = cards("2024-04-01", case)
    assert (found["M04"], found["M05"]) == ("yellow", "red")
    found = cards("2024-04-01", case, items=[replace(ITEM, pause_kinds=("supplement",))])
    assert (found.get("M04"), found["M05"]) == ("yellow", "red")
    found = cards(
        "2024-04-01", case | {"closed_at": "2024-03-19"}, items=[replace(ITEM, pause_kinds=("supplement",))]
    )
    assert (found.get("M04"), found["M05"]) == (None, "red")


def test_a_case_of_which_only_parts_have_come_is_not_judged(a_judgement, a_case) -> None:
    judgement = a_judgement("2024-04-01", a_case(item_code=None, first_seen_at=None))
    assert (judgement.findings, judgement.undecided) == ([], {0: "no_case_record"})


def test_a_block_of_no_cases_has_no_verdicts(a_bench, a_block) -> None:
    judgement = judge(a_block(), a_bench("2024-04-01", watermark=True))
    assert (judgement.findings, judgement.undecided, judgement.faults) == ([], {}, [])
    assert len(judgement.judge_at) == 0


def test_a_case_is_due_again_when_an_event_of_its_own_comes(a_judgement, a_case) -> None:
    pause = {"kind": "hearing", "started_at": "2024-03-05T09:00", "ended_at": "2024-03-06T09:00"}
    case = a_case(received_at="2024-03-04T10:00", accepted_at="2024-03-04T10:00", pauses=[pause])
    moments = ["2024-03-04T09:00", "2024-03-04T11:00", "2024-03-05T10:00"]
    seen = [a_judgement(moment, case).judge_at[0] for moment in moments]
    assert [isoformat(int(at), ZONE)[:16] for at in seen] == [
        "2024-03-04T10:00",
        "2024-03-05T09:00",
        "2024-03-06T09:00",
    ]


def test_before_its_first_event_a_case_is_no_matter(a_judgement, a_case) -> None:
    case = a_case(item_code="unknown", received_at="2024-03-04T10:00", accepted_at="2024-03-04T10:00")
    before = a_judgement("2024-03-04T09:00", case)
    assert (before.findings, before.undecided) == ([], {})
    assert [f.monitor for f in a_judgement("2024-03-04T10:00", case).findings] == ["M21"]
