"""What an audit found becomes cards: once for ever, only on facts still as read, never removed."""

import numpy as np
import pytest
from sqlalchemy import select

from hub.errors import StoreError
from hub.model.instants import NO_INSTANT
from hub.store.audited import last_audit
from hub.store.blocks import case_blocks
from hub.store.comparing import Tally
from hub.store.engine import reading, writing
from hub.store.recording import (
    Verdicts,
    begin_audit,
    finish_audit,
    preview_audit,
    record_audit,
    record_others,
)
from hub.store.schedule import ONE_DAY, still_as_read, sweep
from hub.store.schema_audit import audits, due, finding_log, findings
from hub.store.woken import note_woken


class Auditor:
    """Runs audits whose verdicts the test gives."""

    def __init__(self, town):
        self.town = town
        self.engine = town.store.engine
        self.as_of = 5000

    def begin(self, source=None):
        self.as_of += 10
        return begin_audit(self.engine, as_of=self.as_of, now=self.as_of, scope={}, source=source)

    def audit(self, *found, judge_at=NO_INSTANT, undecided=None, monitors=None, **how):
        """One audit of all cases with these findings; returns its counts."""
        audit_id, tally = self.begin(how.get("source")), Tally()
        for block in case_blocks(self.engine, **how):
            own = [f for f in found if f.subject.dossier_id in block.dossier_ids]
            verdicts = Verdicts(own, np.full(len(block), judge_at), undecided or {}, monitors)
            tally.add(self.record(audit_id, block, verdicts))
        finish_audit(self.engine, audit_id, now=self.as_of)
        return tally

    def record(self, audit_id, block, verdicts):
        return record_audit(
            self.engine, audit_id, as_of=self.as_of, now=self.as_of, block=block, verdicts=verdicts
        )

    def rows(self, *columns):
        with reading(self.engine) as connection:
            query = select(*columns).order_by(columns[0].table.c[0])
            return [tuple(row) for row in connection.execute(query)]

    def cards(self):
        return self.rows(findings.c.monitor, findings.c.severity, findings.c.status, findings.c.supported)

    def log(self):
        return [action for (action,) in self.rows(finding_log.c.action)]


@pytest.fixture
def auditor(town):
    town.send(cases=[{"case_no": "A", "accepted_at": 1}, {"case_no": "B", "accepted_at": 2}])
    return Auditor(town)


def test_a_finding_becomes_one_card_and_stays_one(auditor, late):
    red, yellow = late(1), late(1, "M04", "yellow")
    first = auditor.audit(red, yellow)
    assert (first.judged, first.issued, first.pending, first.unchanged) == (2, 1, 1, 0)
    assert (first.by_monitor, first.by_severity) == ({"M05": 1, "M04": 1}, {"red": 1})
    again = auditor.audit(red, yellow)
    assert (again.issued, again.pending, again.unchanged, again.unsupported) == (0, 0, 2, 0)
    assert auditor.cards() == [("M05", "red", "pending", 1), ("M04", "yellow", "issued", 1)]
    assert auditor.log() == ["pending", "issued"]


def test_the_first_cards_of_all_are_written_like_those_that_come_beside_others(auditor, late):
    def of(case):
        return late(case), late(case, "M04", "yellow"), late(case, "M03", "warning", pending=True)

    names = ("monitor", "severity", "status", "supported", "limit", "due_at", "provisional", "reason")
    first = auditor.audit(*of(1))
    cards = auditor.rows(*(findings.c[name] for name in names))
    beside = auditor.audit(*of(1), *of(2))
    assert auditor.rows(*(findings.c[name] for name in names)) == cards * 2
    assert (beside.issued, beside.pending, beside.unchanged) == (first.issued, first.pending, 3)
    assert auditor.rows(findings.c.subject_key) == [("A",)] * 3 + [("B",)] * 3


def test_a_card_names_the_case_by_its_number(auditor, late):
    auditor.audit(late(2))
    assert auditor.rows(findings.c.subject_key, findings.c.source) == [("B", "tax")]


def test_a_card_whose_facts_support_it_no_more_is_marked_and_kept_and_may_be_supported_again(auditor, late):
    auditor.audit(late(1))
    gone = auditor.audit()
    assert (gone.unsupported, gone.unchanged) == (1, 0)
    assert auditor.cards() == [("M05", "red", "pending", 0)]
    assert auditor.audit().unsupported == 0
    back = auditor.audit(late(1))
    assert (back.unchanged, back.pending) == (1, 0)
    assert auditor.cards() == [("M05", "red", "pending", 1)]
    assert auditor.log() == ["pending", "unsupported", "supported"]


def test_an_undecided_case_keeps_its_cards_as_they_are(auditor, late):
    auditor.audit(late(1))
    tally = auditor.audit(undecided={0: "behind"})
    assert (tally.undecided, tally.unsupported, tally.unchanged) == (1, 0, 1)


def test_monitors_that_did_not_judge_leave_their_cards_alone(auditor, late):
    auditor.audit(late(1), late(1, "M04", "yellow"))
    assert auditor.audit(monitors={"M04"}).unsupported == 1
    assert auditor.cards() == [("M05", "red", "pending", 1), ("M04", "yellow", "issued", 0)]


def test_a_lower_card_of_the_same_monitor_stays_supported_under_a_higher_one(auditor, late):
    auditor.audit(late(1, "M08", "yellow"))
    tally = auditor.audit(late(1, "M08", "red"))
    assert (tally.pending, tally.unchanged, tally.unsupported) == (1, 1, 0)


def test_a_warning_of_nearness_lapses_when_the_case_closes(auditor, late):
    auditor.audit(late(1, "M03", "warning"))
    tally = auditor.audit()
    assert (tally.lapsed, tally.unsupported) == (1, 0)
    assert auditor.log() == ["issued", "lapsed"]


def test_a_changed_deadline_restates_the_card_without_another(auditor, late):
    auditor.audit(late(1))
    assert auditor.audit(late(1, due_at=3500, stopped_at=3600)).unchanged == 1
    assert auditor.rows(findings.c.due_at, findings.c.stopped_at) == [(3500, 3600)]
    assert auditor.log() == ["pending", "restated"]


def test_a_card_that_waited_for_the_calendar_is_issued_when_it_is_known(auditor, late):
    auditor.audit(late(1, "M04", "yellow", pending=True, provisional=True))
    assert auditor.audit(late(1, "M04", "yellow", pending=False, provisional=False)).issued == 1
    assert auditor.cards() == [("M04", "yellow", "issued", 1)]
    assert auditor.log() == ["pending", "issued"]


def test_a_commit_between_reading_and_writing_leaves_the_case_due_and_unjudged(auditor, town, late):
    block = town.block()
    audit_id = auditor.begin()
    town.send(cases=[{"case_no": "A", "accepted_at": 9}])
    verdicts = Verdicts([late(1), late(2)], np.full(2, NO_INSTANT), {})
    tally = auditor.record(audit_id, block, verdicts)
    assert (tally.judged, tally.overtaken, tally.pending) == (1, 1, 1)
    assert auditor.rows(findings.c.dossier_id) == [(2,)]
    finish_audit(town.store.engine, audit_id, now=1)
    assert town.block(due_before=0).dossier_ids.tolist() == [1]


def test_an_audit_that_a_later_one_overtook_writes_no_verdict_on_facts_of_before(auditor, town, late):
    """The later one has removed what told of the change."""
    slow, block = auditor.begin(), town.block()
    town.send(cases=[{"case_no": "A", "accepted_at": 9}])
    auditor.audit(due_before=0)
    tally = auditor.record(slow, block, Verdicts([late(1)], np.full(2, NO_INSTANT), {}))
    finish_audit(town.store.engine, slow, now=1)
    assert (tally.judged, tally.overtaken, auditor.cards()) == (0, 2, [])
    assert town.block(due_before=0).dossier_ids.tolist() == [1, 2]


def test_no_batch_comes_between_a_look_at_the_facts_and_the_verdicts_on_them(auditor, town, monkeypatch):
    if town.store.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer")
    audit_id, block, looks = auditor.begin(), town.block(), []

    def store_a_batch():
        with writing(auditor.engine, "storing a batch") as another:
            another.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            note_woken(another, 1, 1, 1)

    def look(connection, block):
        with pytest.raises(StoreError, match="lock timeout"):
            store_a_batch()
        looks.append(still_as_read(connection, block))
        return looks[0]

    monkeypatch.setattr("hub.store.recording.still_as_read", look)
    auditor.record(audit_id, block, Verdicts([], np.full(2, NO_INSTANT), {}))
    assert [look.tolist() for look in looks] == [[True, True]]


def test_what_came_new_stays_due_until_an_audit_of_it_has_ended_well(auditor, town):
    broken_off = auditor.begin()
    auditor.record(broken_off, town.block(), Verdicts([], np.full(2, NO_INSTANT), {}))
    assert town.block(due_before=0).dossier_ids.tolist() == [1, 2]
    auditor.audit(due_before=0)
    assert list(case_blocks(town.store.engine, due_before=0)) == []


def test_what_comes_new_while_an_audit_runs_is_left_to_the_next_one(auditor, another_town, town):
    audit_id = auditor.begin()
    another_town("land").send(cases=[{"case_no": "N"}])
    auditor.record(audit_id, town.block(source="tax"), Verdicts([], np.full(2, NO_INSTANT), {}))
    finish_audit(town.store.engine, audit_id, now=1)
    assert [b.dossier_ids.tolist() for b in case_blocks(town.store.engine, due_before=0)] == [[3]]


def test_each_case_is_due_again_when_its_verdict_could_change(auditor, town):
    auditor.audit(judge_at=7000)
    assert auditor.rows(due.c.dossier_id, due.c.judge_at) == [(1, 7000), (2, 7000)]
    assert list(case_blocks(town.store.engine, due_before=6999)) == []
    auditor.audit(due_before=7000)
    assert auditor.rows(due.c.dossier_id) == []
    auditor.audit(judge_at=2**63 - 1)
    assert auditor.rows(due.c.dossier_id) == []


def test_a_preview_counts_alike_and_writes_nothing(auditor, town, late):
    auditor.audit(late(1))
    before = auditor.rows(finding_log.c.action)
    verdicts = Verdicts([late(2)], np.full(2, NO_INSTANT), {1: "behind"})
    tally = preview_audit(town.store.engine, block=town.block(), verdicts=verdicts)
    assert (tally.pending, tally.unsupported, tally.undecided) == (1, 1, 1)
    assert auditor.rows(finding_log.c.action) == before


def test_the_last_written_audit_bounds_the_next(auditor, town):
    assert last_audit(town.store.engine) == (None, {})
    auditor.audit()
    assert last_audit(town.store.engine) == (auditor.as_of, {})


def test_what_an_audit_judged_by_is_kept_when_it_finishes_and_not_when_it_breaks_off(auditor, town):
    for law in (b"old", b"old", b"new"):
        finish_audit(town.store.engine, auditor.begin(), now=auditor.as_of, judged_by={"items.csv": law})
        assert last_audit(town.store.engine) == (auditor.as_of, {"items.csv": law})
    auditor.begin()
    assert last_audit(town.store.engine) == (auditor.as_of, {"items.csv": b"new"})


def test_a_store_whose_findings_all_vanish_is_suspicious(auditor, town, late):
    auditor.audit(late(1))
    audit_id = auditor.begin()
    verdicts = Verdicts([], np.full(2, NO_INSTANT), {})
    auditor.record(audit_id, town.block(), verdicts)
    assert "1 were" in str(finish_audit(town.store.engine, audit_id, now=1))
    assert auditor.audit() is not None
    assert auditor.rows(audits.c.standing) == [(1,), (0,), (0,)]


def test_standing_cards_are_carried_along_and_counted_after_an_audit_that_broke_off(auditor, town, late):
    auditor.audit(late(1))
    audit_id = auditor.begin()
    tally = auditor.record(audit_id, town.block(), Verdicts([late(1), late(2)], np.full(2, NO_INSTANT), {}))
    assert finish_audit(town.store.engine, audit_id, now=1, gained=tally.gained) is None
    broken_off = auditor.begin()
    auditor.record(broken_off, town.block(), Verdicts([late(1)], np.full(2, NO_INSTANT), {}))
    assert finish_audit(town.store.engine, auditor.begin(), now=1, gained=0) is None
    assert auditor.rows(audits.c.standing) == [(1,), (2,), (None,), (1,)]


def test_a_count_carried_along_hides_no_store_whose_findings_all_vanish(auditor, town, late):
    auditor.audit(late(1), late(2))
    audit_id = auditor.begin()
    tally = auditor.record(audit_id, town.block(), Verdicts([], np.full(2, NO_INSTANT), {}))
    assert "2 were" in str(finish_audit(town.store.engine, audit_id, now=1, gained=tally.gained))
    assert auditor.rows(audits.c.standing) == [(2,), (0,)]


def test_a_sweep_of_what_is_due_leaves_every_row_that_stands(auditor, town):
    auditor.audit(judge_at=7000)
    before = auditor.rows(due.c.dossier_id, due.c.judge_at)
    sweep(town.store.engine, deleted=10**6)
    assert auditor.rows(due.c.dossier_id, due.c.judge_at) == before != []


def test_subjects_that_are_no_cases_have_cards_too(auditor, town, late):
    from hub.model.verdicts import Subject

    def record(*found):
        how = {"as_of": auditor.as_of, "now": auditor.as_of, "monitors": {"M20"}}
        return record_others(town.store.engine, auditor.begin(), findings_=found, **how)

    silent = late(None, "M20", "warning", subject=Subject("source", "tax", "tax"))
    auditor.audit(late(1))
    assert record(silent).issued == 1
    assert record(silent).unchanged == 1
    assert record().lapsed == 1
    assert auditor.rows(findings.c.subject_kind, findings.c.supported) == [("case", 1), ("source", 0)]


def test_a_hundred_thousand_characters_of_odd_text_survive(auditor, late):
    odd = "一\t二\\N\n三'\"%s" * 1000
    auditor.audit(late(1, department=odd, reason=odd))
    assert auditor.rows(findings.c.department, findings.c.reason) == [(odd, odd)]
    assert auditor.audit(late(1, department=odd, reason=odd)).unchanged == 1
    assert auditor.log() == ["pending"]


@pytest.mark.parametrize("crowd", [1, 1000])
def test_an_audit_of_one_source_leaves_what_is_due_and_found_in_another(
    auditor, another_town, town, late, monkeypatch, crowd
):
    monkeypatch.setattr("hub.store.chunks.CROWD", crowd)
    land = another_town("land")
    for i in range(4):
        land.send(cases=[{"case_no": f"L{i}"}])
        town.send(cases=[{"case_no": f"T{i}"}])
    auditor.audit(*(late(i) for i in range(1, 11)), source="land")
    others = {1, 2, 4, 6, 8, 10}
    left = case_blocks(town.store.engine, due_before=0)
    assert {i for block in left for i in block.dossier_ids.tolist()} == others
    assert {i for (i,) in auditor.rows(findings.c.dossier_id)} == set(range(1, 11)) - others
    auditor.audit(source="tax", judge_at=7000)
    assert auditor.rows(due.c.judge_at) == [(7000,)] * 6
    assert {supported for *_, supported in auditor.cards()} == {1}


def test_a_case_that_got_a_yellow_card_is_looked_at_again_a_day_later(auditor, late):
    auditor.audit(late(1, "M04", "yellow"), late(2, "M04", "yellow", pending=True))
    assert auditor.rows(due.c.dossier_id, due.c.judge_at) == [(1, auditor.as_of + ONE_DAY)]
    auditor.audit(late(1, "M04", "yellow"), late(2, "M04", "yellow", pending=True), judge_at=9)
    assert {at for (at,) in auditor.rows(due.c.judge_at)} == {9}
