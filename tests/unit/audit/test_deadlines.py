"""M03, M04, M05: the promise, the statute, and what may and may not move them."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from hub.audit.engine import judge
from hub.audit.items import ItemVersion
from hub.audit.outcome import NEVER
from hub.clock.keeper import Timekeeper
from hub.model.instants import NO_INSTANT, isoformat, parse_iso

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "elapsed_clock_2018.json"

# 2024-03-04 is a Monday; promise 7 ends 03-13, warning from 03-09's next day on, statute 10 ends 03-18.
ACCEPTED = "2024-03-04T10:00"
ZONE = ZoneInfo("Asia/Shanghai")
ITEM = ItemVersion("A1", date(2000, 1, 1), promised_limit=7, statutory_limit=10)
DEADLINES = {"M03", "M04", "M05"}


@pytest.fixture
def late(cards: Callable) -> Callable:
    def build(as_of: str, case: dict, **given: object) -> dict:
        return {m: s for m, s in cards(as_of, case, **given).items() if m in DEADLINES}

    return build


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2024-03-08T23:59:59", {}),
        ("2024-03-11T00:00:00", {"M03": "warning"}),
        ("2024-03-13T23:59:59", {"M03": "warning"}),
        ("2024-03-14T00:00:00", {"M03": "warning", "M04": "yellow"}),
        ("2024-03-18T23:59:59", {"M03": "warning", "M04": "yellow"}),
        ("2024-03-19T00:00:00", {"M03": "warning", "M04": "yellow", "M05": "red"}),
    ],
)
def test_an_open_case_climbs_from_warning_to_red_at_midnight(late, a_case, as_of, expected) -> None:
    assert late(as_of, a_case(received_at=ACCEPTED, accepted_at=ACCEPTED)) == expected


@pytest.mark.parametrize("clock", ["whole_day", "elapsed"])
@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2024-03-09T12:00:00", {}),  # a Saturday within the pause
        ("2024-03-12T12:00:00", {}),
        ("2024-03-15T10:00:00", {}),
        ("2024-03-18T10:00:01", {"M03": "warning"}),
    ],
)
def test_no_day_of_a_pause_brings_a_promise_nearer_that_is_not_near_yet(
    late, a_case, clock, as_of, expected
) -> None:
    """Begun when exactly seven less three days were used: of the promise something is left."""
    hearing = {"kind": "hearing", "started_at": "2024-03-08T10:00", "ended_at": "2024-03-15T10:00"}
    case = a_case(received_at=ACCEPTED, accepted_at=ACCEPTED, pauses=[hearing])
    assert late(as_of, case, clock=clock) == expected


def test_a_case_closed_on_the_last_day_is_in_time(late, a_case) -> None:
    case = a_case(accepted_at=ACCEPTED, closed_at="2024-03-13T23:59:59")
    assert late("2024-06-01", case) == {}
    assert late("2024-06-01", case | {"closed_at": "2024-03-14T00:00:00"}) == {"M04": "yellow"}


def test_the_statute_looks_at_the_decision_the_promise_at_the_closing(late, a_case) -> None:
    case = a_case(accepted_at=ACCEPTED, decided_at="2024-03-18", closed_at="2024-04-30")
    assert late("2024-06-01", case) == {"M04": "yellow"}


def test_a_case_accepted_on_sunday_with_one_day_is_due_on_monday(a_judgement, a_case) -> None:
    item = ItemVersion("A1", date(2000, 1, 1), promised_limit=1)
    case = a_case(accepted_at="2024-03-10T09:00")
    found = a_judgement("2024-03-12", case, items=[item]).findings
    assert [(f.monitor, isoformat(f.due_at, ZONE)) for f in found] == [("M04", "2024-03-11T23:59:59+08:00")]


def test_without_item_version_the_case_is_visibly_undecided(a_judgement, a_case) -> None:
    judgement = a_judgement("2024-06-01", a_case(item_code="Z9", accepted_at=ACCEPTED))
    assert judgement.undecided == {0: "no_item_version"}
    assert [(f.monitor, f.reason) for f in judgement.findings] == [("M21", "item_unknown")]


def test_a_silent_item_has_twenty_days_and_forty_five_when_joint(late, a_case) -> None:
    case = a_case(accepted_at=ACCEPTED, received_at=ACCEPTED)
    single, joint = (
        ItemVersion("A1", date(2000, 1, 1)),
        ItemVersion("A1", date(2000, 1, 1), case_type="joint"),
    )
    # 20 working days after 2024-03-04: 2024-04-01; 45: 2024-05-09 (Qingming, May Day, make-ups in between)
    assert late("2024-04-01T23:00", case, items=[single]) == {}
    assert late("2024-04-02T00:00", case, items=[single]) == {"M05": "red"}
    assert late("2024-04-02T00:00", case, items=[joint]) == {}


def test_absence_is_judged_only_as_far_as_the_source_was_heard(a_judgement, a_case) -> None:
    case = a_case(received_at=ACCEPTED, accepted_at=ACCEPTED, known_until="2024-03-13T12:00")
    behind = a_judgement("2024-03-20T00:00", case, watermark=True)
    assert {f.monitor for f in behind.findings} == {"M03"}
    assert behind.undecided == {0: "source_behind"}
    assert isoformat(int(behind.judge_at[0]), ZONE) == "2024-03-14T00:00:00+08:00"
    heard = a_judgement("2024-03-20T00:00", case | {"known_until": "2024-03-14T00:00"}, watermark=True)
    assert {f.monitor for f in heard.findings} == {"M03", "M04"}
    assert heard.undecided == {0: "source_behind"}
    never = a_judgement("2024-03-20T00:00", case | {"known_until": None}, watermark=True)
    assert (never.findings, never.undecided) == ([], {0: "source_behind"})


def test_a_closed_case_needs_no_watermark_where_nothing_can_excuse_it(a_judgement, a_case) -> None:
    case = a_case(received_at=ACCEPTED, accepted_at=ACCEPTED, closed_at="2024-03-14T09:00", known_until=None)
    sends = {"hall": {"case.accepted_at", "case.closed_at"}}
    judgement = a_judgement("2024-03-20T00:00", case, watermark=True, supplies=sends)
    assert [f.monitor for f in judgement.findings if f.monitor in DEADLINES] == ["M04"]
    assert judgement.undecided == {}


def test_closed_late_is_no_card_before_the_stream_of_pauses_was_heard(a_judgement, a_case) -> None:
    case = a_case(received_at=ACCEPTED, accepted_at=ACCEPTED, closed_at="2024-03-14T09:00")
    for sent in ("pause.started_at", "extension.approved_at", "supplement.issued_at"):
        sends = {"hall": {"case.accepted_at", "case.closed_at", sent}}
        never = a_judgement("2024-03-20T00:00", case, watermark=True, supplies=sends)
        assert (never.findings, never.undecided) == ([], {0: "source_behind"})
        heard = case | {"known_until": "2024-03-14T00:00"}
        judgement = a_judgement("2024-03-20T00:00", heard, watermark=True, supplies=sends)
        assert [f.monitor for f in judgement.findings] == ["M04"]


def test_a_held_case_gets_no_card_and_is_undecided(a_judgement, a_case) -> None:
    judgement = a_judgement("2024-06-01", a_case(accepted_at=ACCEPTED, held=True))
    assert (judgement.findings, judgement.undecided) == ([], {0: "held"})


def test_events_dated_after_as_of_have_not_happened(late, a_case) -> None:
    case = a_case(received_at=ACCEPTED, accepted_at=ACCEPTED, closed_at="2024-03-14T09:00")
    assert late("2024-03-13T10:00", case) == {"M03": "warning"}


def test_judge_at_is_the_next_instant_at_which_a_verdict_changes(a_judgement, a_case) -> None:
    case = a_case(received_at=ACCEPTED, accepted_at=ACCEPTED)
    seen, at = [], parse_iso("2024-03-04T11:00", ZONE)
    for _ in range(4):
        at = int(a_judgement(at, case, rules={"M14": {"enabled": False}}).judge_at[0])
        seen.append("never" if at == NEVER else isoformat(at, ZONE)[:16])
    assert seen == ["2024-03-09T00:00", "2024-03-14T00:00", "2024-03-19T00:00", "never"]


def test_a_rule_issues_nothing_on_cases_closed_before_it(late, a_case) -> None:
    rules = {"M04": {"effective_from": 2 * 1_710_345_600_000_000 | 1}}  # 2024-03-14 00:00 +08:00
    early = a_case(accepted_at="2024-02-19T10:00", closed_at="2024-03-13T10:00")
    assert "M04" not in late("2024-06-01", early, rules=rules)
    assert "M04" in late("2024-06-01", early | {"closed_at": "2024-03-14"}, rules=rules)


def test_red_waits_for_a_person_and_yellow_does_not(a_judgement, a_case) -> None:
    found = a_judgement("2024-06-01", a_case(accepted_at=ACCEPTED)).findings
    assert {f.monitor: f.pending for f in found if f.monitor in DEADLINES} == {
        "M03": False, "M04": False, "M05": True
    }  # fmt: skip


def test_a_valid_extension_lengthens_the_limit_and_a_void_one_does_not(late, a_case) -> None:
    ext = {
        "length": 5,
        "unit": "working_day",
        "approver": "局长",
        "reason": "检验",
        "approved_at": "2024-03-12",
    }
    case = a_case(accepted_at=ACCEPTED, closed_at="2024-03-20", extensions=[ext])
    assert late("2024-06-01", case) == {}
    assert late("2024-06-01", case | {"extensions": [ext | {"reason": None}]}) == {
        "M04": "yellow",
        "M05": "red",
    }
    late_one = [ext | {"approved_at": "2024-03-14"}]
    assert late("2024-06-01", case | {"extensions": late_one}) == {"M04": "yellow"}
    without = {"M05": {"extensions": False}}
    assert late("2024-06-01", case, rules=without) == {"M05": "red"}


def test_a_hearing_stops_both_clocks_and_publicity_only_the_promise(late, a_case) -> None:
    pause = {"kind": "hearing", "started_at": "2024-03-06", "ended_at": "2024-03-13"}
    item = ItemVersion(
        "A1", date(2000, 1, 1), promised_limit=7, statutory_limit=10, pause_kinds=("publicity",)
    )
    case = a_case(accepted_at=ACCEPTED, closed_at="2024-03-20", pauses=[pause])
    assert late("2024-06-01", case, items=[item]) == {}
    public = case | {"pauses": [pause | {"kind": "publicity"}]}
    assert late("2024-06-01", public, items=[item]) == {"M05": "red"}
    assert late("2024-06-01", public) == {"M04": "yellow", "M05": "red"}


def test_the_order_of_cases_does_not_matter(a_bench, a_block, a_case) -> None:
    cases = [a_case(accepted_at=f"2024-03-{day:02}T10:00", dossier_id=day) for day in range(1, 20)]
    bench = a_bench("2024-03-20T00:00")
    there = {(f.subject.dossier_id, f.monitor) for f in judge(a_block(*cases), bench).findings}
    back = {(f.subject.dossier_id, f.monitor) for f in judge(a_block(*cases[::-1]), bench).findings}
    each = {(f.subject.dossier_id, f.monitor) for c in cases for f in judge(a_block(c), bench).findings}
    assert there == back == each


@pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are not here")
def test_the_published_vectors_hold_to_the_second(keeper, a_bench, a_block, a_case) -> None:
    around_the_clock = Timekeeper(keeper.calendar, keeper.zone, ["00:00-24:00"])
    words = {"M03": "WARN", "M04": "YELLOW", "M05": "RED"}
    for vector in (v for v in json.loads(VECTORS.read_text()) if v["kind"] == "case7/10"):
        bench = a_bench(vector["end"], clock="elapsed", keeper=around_the_clock)
        case = a_case(received_at=vector["start"], accepted_at=vector["start"])
        found = {f.monitor for f in judge(a_block(case), bench).findings} & set(words)
        assert words.get(max(found, default=""), "") == vector["expect"], vector


def test_a_date_alone_as_of_is_judged_at_its_end(late, a_case) -> None:
    case = a_case(received_at=ACCEPTED, accepted_at=ACCEPTED, closed_at="2024-03-14T09:00")
    assert late("2024-03-14", case) == {"M04": "yellow"}


def test_the_columns_not_needed_are_untouched(a_bench, a_block, a_case) -> None:
    block = a_block(a_case(accepted_at=ACCEPTED))
    before = {name: column.copy() for name, column in block.instants.items()}
    judge(replace(block), a_bench("2024-06-01"))
    assert all(np.array_equal(before[name], column) for name, column in block.instants.items())
    assert before["closed_at"][0] == NO_INSTANT


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2024-03-27T23:59:59", None), ("2024-03-28T00:00:00", "warning"), ("2024-04-03T00:00:00", "warning")],
)
def test_a_limit_of_a_month_is_warned_of_working_days_before_its_end(cards, a_case, as_of, expected) -> None:
    # due 2024-04-01, a Monday; 04-01, 03-29 and 03-28 are its last three working days
    item = ItemVersion("A1", date(2000, 1, 1), promised_limit=1, promised_unit="month")
    case = a_case(received_at="2024-03-01T10:00", accepted_at="2024-03-01T10:00")
    assert cards(as_of, case, items=[item]).get("M03") == expected
    hours = replace(item, promised_limit=8, promised_unit="hour")
    assert "M03" not in cards(as_of, case, items=[hours])


@pytest.mark.parametrize("unit", ["working_day", "month"])
def test_a_warning_before_a_provisional_deadline_carries_its_mark_and_waits(
    a_judgement, a_case, unit
) -> None:
    # seven working days end on 4 January 2027, a month on the 25th; no notice settles that year
    length = {"working_day": 7, "month": 1}[unit]
    item = ItemVersion("A1", date(2000, 1, 1), promised_limit=length, promised_unit=unit)
    case = a_case(received_at="2026-12-24T09:00", accepted_at="2026-12-24T09:00")
    as_of = {"working_day": "2027-01-01", "month": "2027-01-24"}[unit]
    (warning,) = [f for f in a_judgement(as_of, case, items=[item]).findings if f.monitor == "M03"]
    assert (warning.provisional, warning.pending) == (True, True)


def test_the_day_to_warn_of_a_limit_in_calendar_days_does_not_roll(late, a_case) -> None:
    """Five days from Thursday, kept until Tuesday: two of them are used on Saturday."""
    item = replace(ITEM, promised_limit=5, promised_unit="calendar_day")
    case = a_case(received_at="2024-12-12T02:00", accepted_at="2024-12-12T02:00")
    assert late("2024-12-14T23:59:59", case, items=[item]) == {}
    assert late("2024-12-15T00:00:00", case, items=[item]) == {"M03": "warning"}
