"""Columns are read whole: what is never filled is not asked for, and what once is filled is not missed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.blocks import CaseBlock
from hub.store.blocks import case_blocks
from hub.store.columns import coded, coded_pack
from hub.store.names import Names


def case(no, **fields):
    return {"case_no": no, **fields}


def cases_of(blocks: list[CaseBlock]):
    """What the blocks say of each case in order, field by field."""
    for block in blocks:
        for i in range(len(block)):
            instants = {name: int(column[i]) for name, column in block.instants.items()}
            words = {name: column.word(i) for name, column in block.words.items()}
            numbers = {name: repr(float(column[i])) for name, column in block.numbers.items()}
            yield block.dossier_ids[i], instants, words, numbers, block.applicant_id_valid[i]


@pytest.mark.parametrize("filled", ["department", "delivered_at", "fee_due"])
def test_a_field_first_filled_late_in_the_walk_is_read_from_there_on(town, filled):
    value = "land" if filled == "department" else 700
    town.send(cases=[case(f"C{n}", accepted_at=n, **({filled: value} if n == 5 else {})) for n in range(9)])
    whole = list(cases_of(list(case_blocks(town.store.engine, chunk=100))))
    assert list(cases_of(list(case_blocks(town.store.engine, chunk=2)))) == whole


def test_a_child_field_first_filled_late_in_the_walk_is_read_from_there_on(town):
    pauses = [{"kind": "pause", "case_no": f"C{n}", "seq": "1", "started_at": n} for n in range(6)]
    pauses[4] |= {"applied_length": 3.0, "basis": "law"}
    town.send(cases=[case(f"C{n}") for n in range(6)], pauses=pauses)
    blocks = list(case_blocks(town.store.engine, chunk=1))
    lengths = [float(block.children["pause"].numbers["applied_length"][0]) for block in blocks]
    assert np.array_equal(lengths, [np.nan] * 4 + [3.0, np.nan], equal_nan=True)
    assert [block.children["pause"].words["basis"].word(0) for block in blocks] == [None] * 4 + ["law", None]


def test_a_text_with_a_control_character_is_one_text(town):
    town.send(cases=[case("A", department="a\x01b", item_code="I"), case("B"), case("C", department="c")])
    block = town.block()
    assert [block.words["department"].word(i) for i in range(3)] == ["a\x01b", None, "c"]
    assert [block.words["item_code"].word(i) for i in range(3)] == ["I", None, None]


def test_a_lead_named_by_the_first_stream_stands_though_another_stream_names_one_of_this_chunk(town):
    town.send(
        cases=[case("A"), case("M", parent_case_no="Z"), case("Z")],
        closings=[case("M", parent_case_no="A", closed_at=7)],
    )
    by_lead = [len(block.children["member"]) for block in case_blocks(town.store.engine, chunk=1)]
    assert by_lead == [0, 0, 1]


WORD = st.sampled_from(("", "a", "aa", "局", "乙\t\n")) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0\1")
)


@given(st.lists(WORD) | st.builds(lambda word, count: [word] * count, WORD, st.integers(0, 9)))
def test_words_in_one_piece_have_the_codes_of_words_one_by_one(words):
    whole = coded_pack("\1".join(words).encode(), len(words), b"\1")
    apart = coded(words)
    assert (whole.codes.tolist(), whole.words) == (apart.codes.tolist(), apart.words)
    assert whole.codes.dtype == apart.codes.dtype


@pytest.mark.parametrize("packed", [False, True])
def test_names_are_found_at_their_places_and_strangers_nowhere(packed):
    def names(*texts):
        return Names.unpacked("\0".join(texts).encode(), len(texts)) if packed else Names(texts)

    known = names("甲1", "乙2", "c")
    assert known.places(names("c", "x", "", "甲1", "c")).tolist() == [2, -1, -1, 0, 2]
    assert known.places(names("甲1", "乙2", "c")).tolist() == [0, 1, 2]
    assert known.only(np.array([True, False, True])).texts == ("甲1", "c")
    assert names().places(names("c")).tolist() == [-1]
    assert known.places(names()).tolist() == []
    assert names("c", "").given().tolist() == [True, False]


NAME = st.sampled_from(("甲1", "乙2", "丙12", "a", "abcd")) | st.text(st.sampled_from("ab甲\x01"), max_size=4)


@given(st.sets(NAME), st.lists(NAME), st.sampled_from((None, 1, 4)))
def test_names_in_one_piece_are_found_where_names_one_by_one_are(known, sought, size):
    if size is not None:
        known = {name for name in known if len(name.encode()) == size}
        sought = [name for name in sought if len(name.encode()) == size]
    ordered = sorted(name.encode() for name in known)
    wanted = [name.encode() for name in sought]
    packed = Names.unpacked(b"\0".join(ordered), len(ordered))
    found = packed.places(Names.unpacked(b"\0".join(wanted), len(wanted)))
    apart = Names(ordered).places(Names(wanted))
    assert (found.tolist(), found.dtype) == (apart.tolist(), apart.dtype)
