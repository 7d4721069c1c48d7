"""What a block's cases were reported as before is the same whichever way the cases are walked through."""

import pytest

from hub.model.instants import NO_INSTANT
from hub.store.blocks import case_blocks
from hub.store.dossiers import make_due


def case(no, **fields):
    return {"case_no": no, "item_code": f"of {no}", **fields}


def ends_before(blocks):
    """The ends told and then replaced: (item, decided, closed); each case here is of an item of its own."""
    told = []
    for block in blocks:
        if (earlier := block.children.get("earlier")) is not None:
            items = block.words["item_code"]
            whose = [items.words[items.codes[owner]] for owner in earlier.owners()]
            ends = (earlier.instants[name].tolist() for name in ("decided_at", "closed_at"))
            told += zip(whose, *ends, strict=True)
    return sorted(told)


@pytest.mark.parametrize("tellers", ["one stream", "two streams"])
def test_ends_that_a_sync_replaced_are_told_by_every_walk(town, another_town, tellers):
    engine = town.store.engine
    closings = [case("B", delivered_at=9)] if tellers == "two streams" else []
    another_town("land").send(cases=[case("A", closed_at=4)])
    another_town("land").send(cases=[case("A", closed_at=3)])
    town.send(cases=[case("A", closed_at=5), case("B", closed_at=5), case("C")], closings=closings)
    first = town.now
    assert ends_before(case_blocks(engine, source="tax")) == []
    town.send(cases=[case("A", closed_at=6), case("B", closed_at=5, decided_at=3), case("C", closed_at=5)])
    second = town.now
    town.send(cases=[case("A", closed_at=7)])
    expected = [("of A", NO_INSTANT, 5), ("of A", NO_INSTANT, 6), ("of B", NO_INSTANT, 5)]
    assert ends_before(case_blocks(engine, source="tax")) == expected
    assert ends_before(case_blocks(engine, source="tax", chunk=1)) == expected
    make_due(engine)
    assert ends_before(case_blocks(engine, source="tax", due_before=town.now)) == expected
    assert ends_before(case_blocks(engine, source="tax", known_at=first)) == []
    assert ends_before(case_blocks(engine, source="tax", known_at=second)) == [expected[0], expected[2]]
    assert ends_before(case_blocks(engine, source="tax", known_at=town.now)) == expected
    assert ends_before(case_blocks(engine)) == sorted([("of A", NO_INSTANT, 4), *expected])


def test_a_report_of_which_a_later_one_had_come_already_was_made_all_the_same(town):
    town.send(cases=[case("A", closed_at=6, data_version=2)])
    town.send(cases=[case("A", closed_at=5, data_version=1)])
    assert ends_before(case_blocks(town.store.engine)) == [("of A", NO_INSTANT, 5)]
    assert town.block().instants["closed_at"].tolist() == [6]


def test_what_is_told_again_as_it_was_told_first_is_no_other_report(town):
    for closed_at in (6, 5, 6):
        town.send(cases=[case("A", closed_at=closed_at)])
    assert ends_before(case_blocks(town.store.engine)) == [("of A", NO_INSTANT, 5)]


def test_the_end_of_a_case_that_a_snapshot_lacks_was_not_told_otherwise(town):
    rest = [case(str(n), closed_at=5) for n in range(40)]
    town.send(cases=[*rest, case("A", closed_at=5)])
    town.withdraw("cases", kept=rest)
    assert ends_before(case_blocks(town.store.engine)) == []
