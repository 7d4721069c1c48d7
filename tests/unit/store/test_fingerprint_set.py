"""A set of fingerprints answers alike whatever the order it was loaded in and is asked in."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hub.store.fingerprints import FingerprintSet, Pairs, digests, pairs_of, tally


def _of(*names: int) -> Pairs:
    return digests([str(name).encode() for name in names])


def test_what_it_holds_is_known_in_any_order() -> None:
    known = FingerprintSet(_of(*range(100)))
    for names in (range(50), range(40, 60), range(99, -1, -1), (7, 200, 8, 9), range(95, 105)):
        assert known.contains(_of(*names)).tolist() == [name < 100 for name in names]


def test_nothing_is_in_an_empty_set() -> None:
    assert not FingerprintSet([]).contains(_of(1, 2)).any()
    assert not len(FingerprintSet(_of(1)).contains(pairs_of(b"")))


def test_what_is_forgotten_is_unknown_whether_searched_for_or_met_in_order() -> None:
    known = FingerprintSet(_of(*range(10)))
    known.discard([_of(3)[0].tobytes(), _of(77)[0].tobytes()])
    assert np.flatnonzero(~known.contains(_of(*range(10)))).tolist() == [3]
    assert not known.contains(_of(3)).any()


def test_a_fingerprint_that_several_rows_share_is_forgotten_for_all_of_them() -> None:
    known = FingerprintSet(_of(1, 2, 2, 2, 3))
    known.discard([_of(2)[0].tobytes()])
    for names in ((1, 2, 2, 2, 3), (2, 3), (3, 2)):
        assert known.contains(_of(*names)).tolist() == [name != 2 for name in names]


def test_what_was_forgotten_since_is_told_apart_from_what_was_before() -> None:
    known = FingerprintSet(_of(*range(10)))
    known.discard([_of(3)[0].tobytes()])
    since = known.forgotten
    known.discard([_of(5)[0].tobytes(), _of(77)[0].tobytes()])
    assert np.flatnonzero(known.forgot(_of(*range(10)), since=since)).tolist() == [5]


NAMES = st.lists(st.integers(0, 30), max_size=30)


@given(NAMES, st.lists(st.tuples(st.booleans(), NAMES)))
def test_it_answers_as_any_set_would(held: list[int], asked: list[tuple[bool, list[int]]]) -> None:
    known, expected = FingerprintSet([_of(*held).tobytes()]), set(held)
    for forget, names in asked:
        if forget:
            known.discard([one.tobytes() for one in _of(*names)])
            expected.difference_update(names)
        else:
            assert known.contains(_of(*names)).tolist() == [name in expected for name in names]


@given(st.lists(st.tuples(NAMES, st.integers(0, 30))))
def test_what_went_is_gone_as_often_as_it_went(log: list[tuple[list[int], int]]) -> None:
    """Each time some of what stands is taken away, and all that comes is laid on top."""
    came: list[bytes] = []
    gone, expected = b"", Counter[int]()
    for names, many in log:
        left = [*expected.elements()][:many]
        expected -= Counter(left)
        gone += _of(*left).tobytes()
        came.append(_of(*names).tobytes())
        expected += Counter(names)
    known = FingerprintSet(came, gone)
    assert known.contains(_of(*range(31))).tolist() == [name in expected for name in range(31)]


def test_what_came_again_after_it_went_stands_where_it_came_last() -> None:
    """So that records which come in the order of their rows are met without searching."""
    known = FingerprintSet([_of(1, 2, 3).tobytes(), _of(9, 1).tobytes()], _of(1, 9).tobytes())
    assert known.contains(_of(2, 3, 1)).all()
    assert known._sorted is None


@given(NAMES, NAMES, NAMES)
def test_tallies_are_equal_where_each_holds_the_same_as_often(
    some: list[int], others: list[int], gone: list[int]
) -> None:
    told = tally([_of(*some).tobytes(), _of(*gone).tobytes()]) - tally([_of(*gone).tobytes()])
    assert (told == tally([b"", _of(*others).tobytes()])).all() == (sorted(some) == sorted(others))
    assert (told == tally([_of(*reversed(some)).tobytes()])).all()


@given(NAMES, NAMES, NAMES)
def test_one_holds_another_where_it_knows_all_that_the_other_does(
    some: list[int], others: list[int], forgotten: list[int]
) -> None:
    one, other = FingerprintSet([_of(*some).tobytes()]), FingerprintSet([_of(*others).tobytes()])
    other.discard([pair.tobytes() for pair in _of(*forgotten)])
    assert one.holds(other) == set(some).issuperset(set(others).difference(forgotten))
