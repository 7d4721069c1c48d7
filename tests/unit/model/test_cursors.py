"""A cursor is an instant or an integer as text; it sorts by value and moves back by the overlap only."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.cursors import as_instant, earlier, from_instant, is_instant, normalise, order_key

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("value", "cursor"),
    [
        ("2012-09-24 09:30:00", "2012-09-24T01:30:00+00:00"),
        ("2012/09/24 09:30:00", "2012-09-24T01:30:00+00:00"),
        ("2012-09-24", "2012-09-23T16:00:00+00:00"),
        (41, "41"),
        ("0041", "41"),
        ("-7", "-7"),
        ("", None),
        ("soon", None),
        (True, None),
        (None, None),
    ],
)
def test_what_a_source_calls_a_cursor_becomes_one_text(value: object, cursor: str | None) -> None:
    assert normalise(value, SHANGHAI) == cursor


@given(st.lists(st.integers(-(10**12), 10**12)))
def test_integers_sort_by_value_not_by_their_digits(values: list[int]) -> None:
    assert sorted(map(str, values), key=order_key) == list(map(str, sorted(values)))


def test_the_overlap_moves_a_time_back_and_leaves_an_integer_where_it_is() -> None:
    assert earlier("2012-09-24T01:30:00+00:00", 7200) == "2012-09-23T23:30:00+00:00"
    assert earlier("41", 7200) == "41"
    assert earlier("0001-01-01T00:00:00+00:00", 7200) == "0001-01-01T00:00:00+00:00"


def test_an_instant_reads_back_from_its_cursor() -> None:
    cursor = normalise("2012-09-24 09:30:00.5", UTC)
    assert cursor is not None
    assert is_instant(cursor)
    assert from_instant(as_instant(cursor)) == cursor
