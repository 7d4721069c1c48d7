"""Check digits of persons and bodies."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.arrow_column import ArrowColumn
from hub.model.identifiers import check, check_organisation, check_person, check_uscc, validity_column

#: All invented or published as examples of their standards.
VALID = [
    "11010519491231002X",  # GB 11643's own example
    "440524188001010014",  # likewise
    "91110000600037341L",
    "110105491231002",
    "12345678-8",
    "D2143569-X",
    "D2143569X",
]


@pytest.mark.parametrize("identifier", VALID)
def test_a_valid_identifier_holds(identifier: str) -> None:
    verdict = check(identifier)
    assert verdict.ok, verdict.why
    assert check(identifier.lower()).ok


@pytest.mark.parametrize(
    ("identifier", "why"),
    [
        ("110105194912310021", "check character"),
        ("11010519490231002X", "date of birth"),
        ("99010519491231002X", "no such province"),
        ("91110000600037341M", "check character"),
        ("91110000600037341O", "alphabet"),
        ("110105491331002", "date of birth"),
        ("123456789", "organisation code: check character"),
        ("5", "no known identifier"),
        ("", "no known identifier"),
        ("１１０１０５４９１２３１００２", "no known identifier"),
    ],
)
def test_an_invalid_one_says_why(identifier: str, why: str) -> None:
    verdict = check(identifier)
    assert not verdict.ok
    assert why in verdict.why


def test_letters_may_begin_a_credit_code() -> None:
    body = "N2410300MF1234567"
    good = [c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if check_uscc(body + c).ok]
    assert len(good) == 1
    assert check(body + good[0]).ok


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_a_wrong_digit_is_always_noticed(body: str, place: int, shift: int) -> None:
    wrong = body[:place] + str((int(body[place]) + shift) % 10) + body[place + 1 :]
    for test, alphabet in ((check_uscc, "0123456789ABCDEFGHJKLMNPQRTUWXY"), (check_person, "0123456789X")):
        last = [c for c in alphabet if test(body + c).ok]
        assert not last or not test(wrong + last[0]).ok
    right = [c for c in "0123456789X" if check_organisation(body[:8] + c).ok]
    assert len(right) == 1


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.sampled_from(VALID),
            st.text("0123456789XABY", max_size=19),
            st.text("甲0", min_size=6, max_size=6),
        ),
        max_size=40,
    )
)
@settings(max_examples=200)
def test_a_column_is_judged_as_each_alone(identifiers: list[str | None]) -> None:
    alone = [None if text is None else int(check(text).ok) for text in identifiers]
    assert validity_column(identifiers) == alone
    told = ArrowColumn(pa.array([text or None for text in identifiers], pa.string()))
    assert list(validity_column(told)) == [ok if text else None for text, ok in zip(told, alone, strict=True)]
