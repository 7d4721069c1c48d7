"""What lacks may be on its way: no monitor speaks of an absence beyond what its source was heard to."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from hub.audit.items import ItemVersion
from hub.model.instants import parse_iso

ITEM = ItemVersion("A1", date(2000, 1, 1), promised_limit=7, fee=100.0, required_steps=("review",))
CLOSED = {
    "received_at": "2024-03-04T10:00",
    "accepted_at": "2024-03-04T11:00",
    "closed_at": "2024-03-06T11:00",
    "result": "granted",
}
AS_OF = "2024-03-15"
BEFORE = "2024-03-05"  # a stream has failed since
HEARD = "2024-03-14"


@pytest.mark.parametrize(
    ("monitor", "facts"),
    [
        ("M16", {}),  # the review is not there
        ("M23", {"fee_paid": 0}),  # nor a payment
        ("M21", {"item_code": None}),
        ("M21", {"received_at": None, "accepted_at": None}),
        ("M08", {"pauses": [{"seq": "1", "started_at": "2024-03-04T12:00", "applied_length": 1}]}),
        (
            "M07",
            {"steps": [{"step_no": "1", "kind": "review", "started_at": "2024-03-04T12:00", "limit": 1}]},
        ),
        (
            "M06",
            {
                "closed_at": None,
                "accepted_at": "2024-02-01",
                "received_at": "2024-02-01",
                "extensions": [
                    {"seq": "1", "length": 5, "approved_at": "2024-03-12", "reason": "a", "approver": "b"}
                ],
            },
        ),
    ],
)
def test_what_a_stream_not_heard_may_still_tell_accuses_nobody(a_judgement, a_case, monitor, facts) -> None:
    case = a_case(**(CLOSED | facts))
    behind = a_judgement(AS_OF, case | {"known_until": BEFORE}, items=[ITEM], watermark=True)
    assert monitor not in {f.monitor for f in behind.findings}
    assert 0 in behind.undecided
    heard = a_judgement(AS_OF, case | {"known_until": HEARD}, items=[ITEM], watermark=True)
    assert monitor in {f.monitor for f in heard.findings}


def test_a_case_that_waits_to_be_heard_is_taken_again_by_every_audit(a_judgement, a_case) -> None:
    judgement = a_judgement(AS_OF, a_case(**CLOSED, known_until=BEFORE), items=[ITEM], watermark=True)
    assert judgement.judge_at[0] == parse_iso(CLOSED["closed_at"], ZoneInfo("Asia/Shanghai"))


def test_a_lead_is_not_hasty_while_a_record_of_its_member_is_in_quarantine(a_judgement, a_case) -> None:
    lead = a_case(**CLOSED, dossier_id=1)
    member = a_case(received_at="2024-03-04T10:00", accepted_at="2024-03-04T11:00", dossier_id=2, parent=1)
    assert "M13" in {f.monitor for f in a_judgement(AS_OF, lead, member).findings}
    judgement = a_judgement(AS_OF, lead, member | {"held": True})
    assert "M13" not in {f.monitor for f in judgement.findings}
    assert judgement.undecided == {0: "member_held", 1: "held"}


def test_a_lead_closed_beyond_what_was_heard_is_undecided(a_judgement, a_case) -> None:
    lead = a_case(**CLOSED, dossier_id=1, known_until=BEFORE)
    member = a_case(accepted_at="2024-03-04T11:00", dossier_id=2, parent=1, known_until=BEFORE)
    behind = a_judgement("2024-03-07", lead, member, watermark=True)
    assert (behind.findings, 0 in behind.undecided) == ([], True)


def test_a_nought_that_the_mapping_supposes_is_not_the_source_s_word(a_judgement, a_case) -> None:
    case = a_case(**CLOSED, fee_paid=0)
    item = replace(ITEM, required_steps=())
    assert "M23" in {f.monitor for f in a_judgement(AS_OF, case, items=[item]).findings}
    supposed = {"hall": {"case.fee_paid"}}
    assert "M23" not in {f.monitor for f in a_judgement(AS_OF, case, items=[item], assumes=supposed).findings}
    taken = case | {"fee_paid": 120}
    assert "M23" in {f.monitor for f in a_judgement(AS_OF, taken, items=[item], assumes=supposed).findings}


@pytest.mark.parametrize(
    ("monitor", "facts"),
    [
        ("M13", {"parent": 1}),
        (
            "M06",
            {
                "extensions": [
                    {"seq": "1", "length": 5, "approved_at": "2027-02-08", "reason": "a", "approver": "b"}
                ]
            },
        ),
        ("M17", {"closed_at": "2027-01-04T09:00", "heard_before": "2027-01-20T09:00"}),
        (
            "M15",
            {
                "pauses": [
                    {
                        "seq": "1",
                        "kind": "hearing",
                        "started_at": "2026-12-24T10:00",
                        "ended_at": "2026-12-25T10:00",
                        "recorded_at": "2027-02-05",
                        "basis": "a",
                        "approver": "b",
                    }
                ],
            },
        ),
    ],
)
def test_whatever_rests_on_days_that_no_notice_settles_waits(a_judgement, a_case, monitor, facts) -> None:
    case = a_case(received_at="2026-12-24T09:00", accepted_at="2026-12-24T09:00", dossier_id=2)
    found = a_judgement("2027-02-10", case | facts).findings
    (finding,) = [f for f in found if f.monitor == monitor]
    assert (finding.provisional, finding.pending) == (True, True)
