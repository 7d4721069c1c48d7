"""Rows of a database: the short road writes what the careful one writes."""

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.sdk.encoding import encode_all
from hub.sdk.rows import encode_rows

NAMES = ["a", "数", 'c"']
PLAIN = st.sampled_from(
    [
        None,
        True,
        7,
        "null",
        "NaN",
        "国",
        "",
        date(2012, 9, 1),
        datetime(2012, 9, 1, 8, 30, 0, 500, tzinfo=UTC),
    ]
)
NUMBERS = st.one_of(
    st.floats(), st.decimals(), st.sampled_from([Decimal("sNaN"), Decimal("1E+999"), Decimal("1.50")])
)
ODD = st.sampled_from([b"\xff", "\ud800", [1.5, None], {"x": float("inf")}])
VALUES = st.one_of(PLAIN, PLAIN, NUMBERS)


@given(st.lists(st.tuples(PLAIN, NUMBERS, st.one_of(VALUES, VALUES, VALUES, ODD)), max_size=12))
def test_rows_are_written_as_the_careful_road_writes_each_record(rows):
    assert encode_rows(NAMES, rows) == encode_all([dict(zip(NAMES, row, strict=True)) for row in rows])


def test_a_number_that_is_none_is_told_by_name_and_its_neighbours_stay_numbers():
    assert encode_rows(["n"], [(Decimal("1.50"),), (Decimal("NaN"),), (float("inf"),), (None,)]) == [
        b'{"n":1.50}',
        b'{"n":"NaN"}',
        b'{"n":"inf"}',
        b'{"n":null}',
    ]
