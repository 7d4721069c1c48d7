"""What a block says of cases is what the streams told, folded, whatever came first."""

import itertools
from random import Random

import numpy as np
import pytest

from hub.model.instants import NO_INSTANT
from hub.store.blocks import case_blocks
from hub.store.dossiers import make_due
from hub.store.engine import reading, writing
from hub.store.schema_audit import due, woken
from hub.store.versions import versions_of


def case(no, **fields):
    return {"case_no": no, **fields}


def pause(no, seq, **fields):
    return {"kind": "pause", "case_no": no, "seq": seq, **fields}


def test_a_block_holds_each_field_and_its_absence(town):
    town.send(cases=[case("B", accepted_at=20, item_code="A1", fee_paid=1250), case("A", received_at=10)])
    block = town.block()
    assert block.instants["received_at"].tolist() == [10, NO_INSTANT]
    assert block.instants["accepted_at"].tolist() == [NO_INSTANT, 20]
    assert block.instants["first_seen_at"].tolist() == [town.now, town.now]
    assert [block.words["item_code"].word(i) for i in (0, 1)] == [None, "A1"]
    assert np.isnan(block.numbers["fee_paid"][0])
    assert block.numbers["fee_paid"][1] == 12.5
    assert block.sources.word(1) == "tax"
    assert not block.held.any()


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_case_told_by_three_streams_is_the_same_in_any_order_of_arrival(town, order):
    told = [
        {"closings": [case("A", closed_at=90, accepted_at=21, result="granted")]},
        {"cases": [case("A", accepted_at=20, item_code="A1")]},
        {"resumes": [case("A", closed_at=91, department="地税局")]},
    ]
    first = town.now + 10
    for place in order:
        town.send(**told[place])
    block = town.block()
    assert block.instants["accepted_at"].tolist() == [20]
    assert block.instants["closed_at"].tolist() == [90]
    assert [block.words[w].word(0) for w in ("item_code", "result", "department")] == [
        "A1",
        "granted",
        "地税局",
    ]
    assert block.instants["first_seen_at"].tolist() == [first]


def test_a_pause_told_in_two_tables_is_one_pause(town):
    town.send(
        cases=[case("A", accepted_at=1), case("B", accepted_at=2)],
        pauses=[pause("A", "1", started_at=5, applied_length=3.0), pause("B", "1", started_at=6)],
        resumes=[pause("A", "1", ended_at=8, started_at=4), pause("A", "2", started_at=2)],
    )
    pauses = town.block().children["pause"]
    assert pauses.offsets.tolist() == [0, 2, 3]
    assert pauses.instants["started_at"].tolist() == [2, 5, 6]
    assert pauses.instants["ended_at"].tolist() == [NO_INSTANT, 8, NO_INSTANT]
    assert pauses.numbers["applied_length"].tolist()[1] == 3.0


def test_pauses_of_one_start_stand_in_order_of_their_key(town):
    town.send(cases=[case("A")], pauses=[pause("A", s, started_at=5, reason=s) for s in ("3", "1", "2")])
    reasons = town.block().children["pause"].words["reason"]
    assert [reasons.word(i) for i in range(3)] == ["1", "2", "3"]


def test_a_child_without_its_case_makes_a_case_of_which_nothing_is_known(town):
    town.send(pauses=[pause("A", "1", started_at=5)])
    block = town.block()
    assert len(block) == 1
    assert block.instants["first_seen_at"].tolist() == [NO_INSTANT]
    assert block.known_until.tolist() == [NO_INSTANT]


def test_absence_is_known_up_to_the_earliest_bound_of_all_streams(town):
    town.send(cases=[case("A")], bounds={"cases": 50, "closings": 40, "pauses": 60})
    assert town.block().known_until.tolist() == [NO_INSTANT]
    town.send(bounds={"resumes": 70})
    assert town.block().known_until.tolist() == [40]


def test_a_quarantined_record_holds_its_case_until_a_good_one_comes(town):
    town.send(cases=[case("A"), case("B")], closings=[case("A", closed_at=1, bad=True)])
    assert town.block().held.tolist() == [True, False]
    quarantined_at = town.now
    town.send(closings=[case("A", closed_at=2)])
    assert town.block().held.tolist() == [False, False]
    assert town.block(known_at=quarantined_at).held.tolist() == [True, False]


def test_a_withdrawn_case_stays_visible_and_its_absence_is_not_judged(town):
    many = [case(f"C{i:03}", accepted_at=i) for i in range(60)]
    town.send(cases=many)
    town.withdraw("cases", kept=many[1:])
    block = town.block()
    assert block.instants["accepted_at"][0] == 0
    assert block.known_until[0] == NO_INSTANT
    assert block.known_until[1] == town.now


def test_a_row_withdrawn_from_one_stream_leaves_what_the_other_says(town):
    many = [case(f"C{i:03}", accepted_at=i + 1, received_at=i + 1) for i in range(60)]
    town.send(cases=many, closings=[case("C000", accepted_at=77)])
    town.withdraw("cases", kept=many[1:])
    block = town.block()
    assert block.instants["accepted_at"][0] == 77
    assert block.instants["received_at"][0] == NO_INSTANT


def test_known_at_gives_the_facts_as_they_were_known_then(town):
    town.send(cases=[case("A", closed_at=5)], pauses=[pause("A", "1", started_at=1)])
    first = town.now
    town.send(cases=[case("A", closed_at=6), case("B")])
    second = town.now
    town.send(cases=[case("A", closed_at=7)], pauses=[pause("A", "1", started_at=2)])
    assert town.block(known_at=first).instants["closed_at"].tolist() == [5]
    assert town.block(known_at=second - 1).instants["closed_at"].tolist() == [5]
    assert town.block(known_at=second).instants["closed_at"].tolist() == [6, NO_INSTANT]
    assert town.block(known_at=second).children["pause"].instants["started_at"].tolist() == [1]
    assert town.block(known_at=town.now).instants["closed_at"].tolist() == [7, NO_INSTANT]
    assert list(case_blocks(town.store.engine, known_at=first - 1)) == []


def test_members_of_a_joint_approval_name_the_dossier_of_their_lead(town):
    town.send(cases=[case("A"), case("B", parent_case_no="A"), case("C", parent_case_no="nowhere")])
    block = town.block()
    assert block.parents.tolist()[:2] == [-1, block.dossier_ids[0]]


def test_a_lead_of_which_only_a_pause_has_come_is_no_case_yet(town):
    town.send(cases=[case("B", parent_case_no="A")], pauses=[pause("A", "1", started_at=1)])
    at = town.now
    assert town.block().parents.tolist() == [-1, -1]
    town.send(cases=[case("A")])
    block = town.block()
    assert block.parents.tolist() == [-1, block.dossier_ids[0]]
    assert town.block(known_at=at).parents.tolist() == [-1]


def test_a_lead_is_told_which_of_its_members_lie_in_quarantine(town):
    town.send(
        cases=[case("L"), case("M1", parent_case_no="L"), case("M2", parent_case_no="L")],
        closings=[case("M2", closed_at=1, bad=True)],
    )
    at = town.now
    assert town.block().children["member"].numbers["held"].tolist() == [0, 1]
    town.send(closings=[case("M2", closed_at=2)])
    assert town.block().children["member"].numbers["held"].tolist() == [0, 0]
    assert town.block(known_at=at).children["member"].numbers["held"].tolist() == [0, 1]


def test_chunks_cut_at_any_size_hold_the_same_cases(town, another_town):
    town.send(
        cases=[case(f"C{i % 7}{i}", accepted_at=i) for i in range(25)],
        pauses=[pause(f"C{i % 7}{i}", "1", started_at=i) for i in range(0, 25, 2)],
    )
    another_town("land").send(cases=[case("C11", accepted_at=99)])
    for size in (1, 4, 25, 100):
        blocks = list(case_blocks(town.store.engine, chunk=size))
        assert all(len(block) <= size for block in blocks)
        assert sum(len(block) for block in blocks) == 26
        assert sum(len(block.children["pause"]) for block in blocks) == 13
        for block in blocks:
            owners = block.children["pause"].owners()
            starts = block.children["pause"].instants["started_at"]
            assert starts.tolist() == block.instants["accepted_at"][owners].tolist()


def test_only_what_is_due_is_read_unless_all_is_asked_for(town, another_town):
    town.send(cases=[case(f"C{i}") for i in range(40)])
    another_town("land").send(cases=[case("X")])
    with writing(town.store.engine, "test") as connection:
        connection.execute(woken.delete())
        every = [{"dossier_id": i, "judge_at": 500} for i in range(1, 42)]
        connection.execute(due.insert(), every)
        connection.execute(due.update().where(due.c.dossier_id == 3).values(judge_at=400))

    def cases_read(**how):
        return sum(len(block) for block in case_blocks(town.store.engine, chunk=30, **how))

    assert cases_read(due_before=399) == 0
    assert cases_read(due_before=400) == 1
    assert cases_read(due_before=500) == 41
    assert cases_read(due_before=500, source="land") == 1
    assert cases_read() == 41
    assert cases_read(source="nobody") == 0
    town.send(cases=[case("C7", closed_at=3)])
    assert cases_read(due_before=400) == 2


def test_cases_of_changed_items_can_be_made_due(town):
    town.send(cases=[case("A", item_code="A1"), case("B", item_code="A2")])
    with writing(town.store.engine, "test") as connection:
        connection.execute(due.delete())
        connection.execute(woken.delete())
    assert make_due(town.store.engine, item_codes=("A2", "A3")) == 1
    assert town.block(due_before=0).words["item_code"].word(0) == "A2"
    assert make_due(town.store.engine) == 2


def test_every_version_is_kept_with_its_span(town):
    first = town.send(cases=[case("A", closed_at=5)])
    at = town.now
    town.send(cases=[case("A", closed_at=6)])
    with reading(town.store.engine) as connection:
        old, new = versions_of(connection, 1, "A")
    assert (old.since, old.until, old.run_id, old.values["closed_at"]) == (at, town.now, first, 5)
    assert (new.since, new.until, new.values["closed_at"]) == (town.now, None, 6)


def test_a_lead_case_has_its_members_as_children_though_streams_tell_them_in_parts(town):
    town.send(
        cases=[case("L"), case("M1", parent_case_no="L"), case("M2", parent_case_no="L"), case("X")],
        closings=[case("M1", closed_at=7), case("L", closed_at=9), case("X", closed_at=8)],
    )
    for size in (1, 10):
        blocks = list(case_blocks(town.store.engine, chunk=size))
        members = blocks[0].children["member"]
        assert members.instants["closed_at"].tolist() == [7, NO_INSTANT]
        assert [members.words["case_no"].word(i) for i in range(2)] == ["M1", "M2"]
        assert sum(len(block.children["member"]) for block in blocks) == 2


@pytest.mark.parametrize("seed", range(4))
def test_a_whole_town_reads_the_same_whatever_the_order_of_arrival(another_town, seed):
    random = Random(seed)
    told = [
        (stream, case(f"C{no}", **{field: random.randrange(9) for field in random.sample(FIELDS, 2)}))
        for no in range(12)
        for stream in random.sample(("cases", "closings", "resumes"), random.randrange(1, 4))
    ]
    told += [
        (stream, pause(f"C{no}", seq, **{field: random.randrange(3) for field in random.sample(SPAN, 2)}))
        for no in range(12)
        for seq in ("1", "2")
        for stream in random.sample(("pauses", "resumes"), random.randrange(3))
    ]
    seen = []
    for name in ("one", "other"):
        town = another_town(name)
        for stream, record in random.sample(told, len(told)):
            town.send(**{stream: [record]})
        seen.append(as_values(town.block(source=name)))
    assert seen[0] == seen[1]


FIELDS = ("received_at", "accepted_at", "decided_at", "closed_at", "delivered_at")
SPAN = ("started_at", "ended_at", "recorded_at")


def as_values(block):
    """Everything a block says, but when it was first seen."""
    parts = [block.instants, *(children.instants for children in block.children.values())]
    times = [{name: c.tolist() for name, c in part.items() if name != "first_seen_at"} for part in parts]
    return times, [children.offsets.tolist() for children in block.children.values()]
