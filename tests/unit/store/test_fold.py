"""The fold in columns and the fold of one record agree, whatever the order of arrival."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.instants import NO_INSTANT
from hub.store.fold import Folding, fold_rows
from hub.store.fold import given as given_in

ROWS = st.lists(
    st.tuples(
        st.integers(0, 4),  # the case
        st.integers(0, 3),  # the rank of its stream
        st.booleans(),  # withdrawn
        st.one_of(st.none(), st.integers(1, 9)),
    ),
    max_size=30,
    unique_by=lambda row: row[:2],
)


def folded_in_columns(rows: list[tuple[int, int, bool, int | None]]) -> list[int | None]:
    cases, ranks, withdrawn = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(3))
    values = np.array([NO_INSTANT if row[3] is None else row[3] for row in rows], dtype=np.int64)
    live = withdrawn == 0
    fold, _ = Folding.of(cases, ranks, live, 5).reviving(cases, ranks)
    column = fold.first(values, given_in(values, NO_INSTANT), NO_INSTANT)
    return [None if value == NO_INSTANT else value for value in column.tolist()]


@given(ROWS, st.randoms())
@settings(deadline=None)
def test_any_order_of_arrival_gives_the_same_case(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert folded_in_columns(rows) == folded_in_columns(shuffled)


@given(ROWS)
@settings(deadline=None)
def test_columns_fold_as_single_records_do(rows):
    for case, value in enumerate(folded_in_columns(rows)):
        own = [row for row in rows if row[0] == case]
        told = fold_rows(
            [{"closed_at": row[3]} for row in own],
            ["closed_at"],
            ranks=[row[1] for row in own],
            withdrawn=[row[2] for row in own],
        )
        assert told.values.get("closed_at") == value


def test_the_first_given_value_in_order_of_authority_wins_and_says_which_row_gave_it():
    rows = [{"a": None, "b": 2}, {"a": 1, "b": 1}, {"a": 5}]
    told = fold_rows(rows, ["a", "b", "c"], ranks=[2, 1, 0], withdrawn=[False, False, True])
    assert told.values == {"a": 1, "b": 1}
    assert told.givers == {"a": 1, "b": 1}
    assert not told.withdrawn


def test_a_record_withdrawn_by_all_keeps_its_last_values_and_says_so():
    told = fold_rows([{"a": 3}], ["a"], ranks=[0], withdrawn=[True])
    assert (told.values, told.withdrawn) == ({"a": 3}, True)


def test_what_was_first_seen_is_the_least_of_the_rows_that_count():
    groups, ranks = np.array([0, 0, 2]), np.array([1, 0, 0])
    fold = Folding.of(groups, ranks, np.array([True, True, True]), 3)
    assert fold.least(np.array([7, 9, 4]), NO_INSTANT).tolist() == [7, NO_INSTANT, 4]
