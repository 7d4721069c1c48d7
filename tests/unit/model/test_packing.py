"""A block arrives in another process as it was sent, without anything personal; garbage is named."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.blocks import CaseBlock, Children, Coded
from hub.model.instants import NO_INSTANT
from hub.model.opinions import Verdict, in_columns, opinion_columns, opinion_of
from hub.model.packing import Column, block_columns, block_of, packed, unpacked

INSTANTS = st.integers(-(2**63), 2**63 - 1)
WORDS = st.lists(st.text(), min_size=1)


def _coded(draw: st.DrawFn, n: int) -> Coded:
    words = draw(WORDS)
    codes = draw(st.lists(st.integers(-1, len(words) - 1), min_size=n, max_size=n))
    return Coded(np.array(codes, dtype=np.int32), words)


@st.composite
def blocks(draw: st.DrawFn) -> CaseBlock:
    n = draw(st.integers(0, 4))
    counts = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    rows = sum(counts)

    def column(size: int) -> np.ndarray:
        return np.array(draw(st.lists(INSTANTS, min_size=size, max_size=size)), dtype=np.int64)

    pauses = Children(
        offsets=np.cumsum([0, *counts], dtype=np.int64),
        instants={"started_at": column(rows)},
        numbers={"applied_length": column(rows).astype(np.float64)},
        words={"kind": _coded(draw, rows)},
    )
    return CaseBlock(
        dossier_ids=column(n),
        sources=_coded(draw, n),
        instants={"closed_at": column(n), "received_at": column(n)},
        words={"item_code": _coded(draw, n)},
        numbers={"fee_paid": column(n).astype(np.float64)},
        known_until=column(n),
        held=column(n) > 0,
        applicant_id_valid=np.zeros(n, dtype=np.int8),
        parents=column(n),
        children={"pause": pauses},
    )


def sent(block: CaseBlock) -> CaseBlock:
    heads, pieces = packed(block_columns(block))
    return block_of(unpacked(heads, b"".join(pieces)))


def flat(block: CaseBlock) -> dict[Any, list[Any]]:
    return {place: list(column) for place, column in block_columns(block).items()}


@given(blocks())
def test_a_block_arrives_as_it_was_sent(block: CaseBlock) -> None:
    assert flat(sent(block)) == flat(block)


@given(blocks())
def test_personal_fields_stay_here(block: CaseBlock) -> None:
    named = Coded(np.zeros(len(block), dtype=np.int32), ["王小明"])
    leaky = replace(block, words={**block.words, "applicant_name": named, "phone": named})
    _, pieces = packed(block_columns(leaky))
    assert "王小明".encode() not in b"".join(pieces)
    assert flat(sent(leaky)) == flat(block)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (Column(("a",), "<i8", 8), b"1234"),
        (Column(("a",), "<i8", -8), b""),
        (Column(("a",), "<i8", 4), b"1234"),
        (Column(("a",), "|O", 8), b"12345678"),
        (Column(("a",), "words", 4), b"\xc1\xff\xff\xff"),
        (Column(("a",), "words", 2), b"\x91\x07"),
    ],
)
def test_bytes_that_are_no_columns_are_a_value_error(head: Column, body: bytes) -> None:
    with pytest.raises(ValueError, match=r"column|type|texts|size"):
        unpacked([head], body)


def test_verdicts_arrive_as_they_were_said() -> None:
    said = [Verdict(1, "无证", severity="red", due_at=8), Verdict(0, "later", severity="none", judge_at=9)]
    said.append(Verdict(2, "无证", undecided=True))
    heads, pieces = packed(opinion_columns(in_columns(said)))
    opinion = opinion_of(unpacked(heads, b"".join(pieces)), 3)
    assert opinion.cases.tolist() == [1, 0, 2]
    assert [opinion.reasons.word(row) for row in range(3)] == ["无证", "later", "无证"]
    assert opinion.severity.tolist() == [3, 0, -1]
    assert opinion.undecided.tolist() == [False, False, True]
    assert opinion.due_at.tolist() == [8, NO_INSTANT, NO_INSTANT]
    assert opinion.judge_at.tolist() == [NO_INSTANT, 9, NO_INSTANT]


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(3, "no such case"),
        Verdict(-1, "no such case"),
        Verdict(1.5, "no such case"),  # type: ignore[arg-type]
        Verdict(0, ""),
        Verdict(0, "two\nlines"),
        Verdict(0, "nul\0"),
        Verdict(0, "x" * 301),
        Verdict(0, 7),  # type: ignore[arg-type]
        Verdict(0, "x", severity="purple"),  # type: ignore[arg-type]
        Verdict(0, "x", due_at=2**62),
        Verdict(0, "x", judge_at=-(2**62)),
        Verdict(0, "x", due_at=2**70),
        "no verdict",
    ],
)
def test_what_cannot_be_a_verdict_is_refused(verdict: Any) -> None:
    with pytest.raises((ValueError, TypeError, OverflowError)):
        opinion_of(opinion_columns(in_columns([verdict])), 3)


@given(st.dictionaries(st.sampled_from(["cases", "severity", "undecided"]), st.binary(max_size=16)))
def test_columns_that_are_missing_or_of_another_type_are_a_value_error(columns: dict[str, bytes]) -> None:
    arrays = {(name,): np.frombuffer(piece, dtype="|i1") for name, piece in columns.items()}
    with pytest.raises(ValueError, match="no column"):
        opinion_of(arrays, 3)
