"""A card's life: each step by someone, for a reason, only where its state allows; all of it logged."""

from datetime import UTC

import numpy as np
import pytest

from hub.errors import ConfigError
from hub.model.instants import NO_INSTANT
from hub.store.blocks import case_blocks
from hub.store.cards import LIFE, act
from hub.store.listing import Filters, cards_of_case, list_findings, unwritten
from hub.store.recording import Verdicts, begin_audit, finish_audit, record_audit


@pytest.fixture
def cards(town, late):
    """Two cases with a pending red, an issued yellow and an issued warning."""
    town.send(cases=[{"case_no": "A"}, {"case_no": "B"}])
    found = [late(1), late(1, "M04", "yellow"), late(2, "M03", "warning", department="住建委")]
    audit_id = begin_audit(town.store.engine, as_of=5000, now=5000, scope={})
    for block in case_blocks(town.store.engine):
        verdicts = Verdicts(found, np.full(len(block), NO_INSTANT), {})
        record_audit(town.store.engine, audit_id, as_of=5000, now=6000, block=block, verdicts=verdicts)
    finish_audit(town.store.engine, audit_id, now=6000)
    return town


def do(town, card, *actions):
    for action in actions:
        town.now += 10
        done = act(town.store.engine, card, action, by="李主任", reason="核实", now=town.now)
    return done["status"]


def test_a_pending_card_is_confirmed_answered_appealed_upheld_escalated_rectified_and_closed(cards):
    way = ("confirm", "answer", "appeal", "uphold", "escalate", "rectify", "close")
    assert do(cards, 1, *way) == "closed"
    (card, _) = cards_of_case(cards.store.engine, "tax", "A", UTC)
    assert [entry["action"] for entry in card["log"]] == ["pending", *way]
    assert {entry["by"] for entry in card["log"][1:]} == {"李主任"}
    assert card["answered_at"] is not None


def test_what_a_state_does_not_allow_is_refused_with_what_it_does(cards):
    with pytest.raises(ConfigError, match="card 1 is pending") as refused:
        do(cards, 1, "answer")
    assert refused.value.remedy == "possible now: confirm, revoke"
    do(cards, 1, "revoke")
    with pytest.raises(ConfigError) as refused:
        do(cards, 1, "confirm")
    assert "nothing can follow" in refused.value.remedy


@pytest.mark.parametrize("action", ["close", "rectify"])
def test_a_card_that_nobody_answered_is_not_ended_by_closing_it(cards, action):
    """Else an official who does not answer would escape the red card for that (M14)."""
    with pytest.raises(ConfigError, match="card 2 is issued") as refused:
        do(cards, 2, action)
    assert refused.value.remedy == "possible now: answer, appeal, escalate, revoke"
    assert do(cards, 2, "answer", action) in ("closed", "rectified")


@pytest.mark.parametrize(("by", "reason"), [(" ", "x"), ("x", "")])
def test_nobody_changes_a_card_without_a_name_and_a_reason(cards, by, reason):
    with pytest.raises(ConfigError, match="blank"):
        act(cards.store.engine, 1, "confirm", by=by, reason=reason, now=1)


def test_a_card_that_is_not_there_is_said_not_to_be(cards):
    with pytest.raises(ConfigError, match="no card 99"):
        do(cards, 99, "confirm")


def test_every_state_a_card_can_reach_is_known():
    reached = {state for ways in LIFE.values() for state in ways.values()}
    assert reached <= set(LIFE)


def test_to_confirm_a_card_under_appeal_upholds_it(cards):
    assert do(cards, 2, "appeal", "confirm") == "upheld"


def test_what_a_person_did_makes_the_case_due_and_stands_in_its_block(cards):
    assert list(case_blocks(cards.store.engine, due_before=9000)) == []
    do(cards, 2, "answer")
    (block,) = case_blocks(cards.store.engine, due_before=9000)
    card = block.children["card"]
    assert card.offsets.tolist() == [0, 2]
    assert [card.words["status"].word(i) for i in (0, 1)] == ["pending", "answered"]
    assert card.instants["answered_at"].tolist() == [NO_INSTANT, cards.now]
    assert card.instants["issued_at"].tolist() == [NO_INSTANT, 5000]


def test_what_a_person_did_since_the_case_was_read_leaves_it_unjudged_and_due(cards):
    engine = cards.store.engine
    audit_id = begin_audit(engine, as_of=7000, now=7000, scope={})
    block = cards.block()
    do(cards, 2, "answer")
    verdicts = Verdicts([], np.full(2, NO_INSTANT), {})
    tally = record_audit(engine, audit_id, as_of=7000, now=7000, block=block, verdicts=verdicts)
    assert (tally.judged, tally.overtaken) == (1, 1)
    finish_audit(engine, audit_id, now=7000)
    assert cards.block(due_before=9000).dossier_ids.tolist() == [1]


def test_a_card_revoked_by_a_person_stays_revoked_though_it_is_found_again(cards, late):
    do(cards, 2, "revoke")
    audit_id = begin_audit(cards.store.engine, as_of=7000, now=7000, scope={})
    block = cards.block()
    verdicts = Verdicts([late(1, "M04", "yellow")], np.full(2, NO_INSTANT), {})
    tally = record_audit(cards.store.engine, audit_id, as_of=7000, now=1, block=block, verdicts=verdicts)
    assert tally.unchanged == 1
    assert list_findings(cards.store.engine, Filters(monitor="M04"), UTC)[0]["status"] == "revoked"


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, [1, 2, 3]),
        ({"severity": "red"}, [1]),
        ({"monitor": "M03"}, [3]),
        ({"department": "住建委"}, [3]),
        ({"status": "issued"}, [2, 3]),
        ({"status": "unsupported"}, []),
        ({"source": "land"}, []),
        ({"since": 5001}, []),
        ({"since": 5000, "source": "tax", "case_no": "A"}, [1, 2]),
    ],
)
def test_the_list_holds_all_that_match(cards, filters, ids):
    listed = list_findings(cards.store.engine, Filters(**filters), UTC)
    assert [card["finding_id"] for card in listed] == ids


def test_a_listed_finding_says_all_that_was_promised(cards):
    card = list_findings(cards.store.engine, Filters(), UTC)[0]
    assert card["case_no"] == "A"
    assert (card["started_at"], card["stopped_at"]) == ("1970-01-01T00:00:00.001000+00:00", None)
    assert (card["limit"], card["limit_unit"], card["elapsed"]) == (20.0, "working_day", 21.0)
    assert (card["provisional"], card["supported"]) == (False, True)


def test_findings_that_were_not_written_read_like_those_that_were(cards, late):
    (shown,) = unwritten(cards.store.engine, [late(1)], as_of=5000, zone=UTC)
    stored = list_findings(cards.store.engine, Filters(), UTC)[0]
    ids = {"finding_id", "issued_at", "answered_at", "changed_at"}
    assert {k: v for k, v in shown.items() if k not in ids} == {
        k: v for k, v in stored.items() if k not in ids
    }
