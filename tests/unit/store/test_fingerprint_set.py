"""A set of fingerprints answers alike whatever the order it was loaded in and is asked in."""

from collections.abc import Iterator, Sequence

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from hub.store.fingerprints import FingerprintSet, Pairs, digests, pairs_of


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


def _pieces(taken: list[int], *pieces: Sequence[int]) -> Iterator[bytes]:
    """Pieces of a set; notes which of them were waited for."""
    for number, names in enumerate(pieces):
        taken.append(number)
        yield _of(*names).tobytes()


def test_no_more_is_waited_for_than_is_asked_for_in_its_order() -> None:
    taken: list[int] = []
    known = FingerprintSet(_pieces(taken, range(8), range(8, 16), range(16, 24)), all_there=False)
    assert (known.contains(_of(*range(6))).all(), taken) == (True, [0])
    assert np.flatnonzero(~known.contains(_of(6, 7, 8, 99, 10))).tolist() == [3]
    assert taken == [0, 1]
    assert known.contains(_of(23, 1, 99)).tolist() == [True, True, False]
    assert taken == [0, 1, 2]


def test_what_comes_after_its_end_is_unknown() -> None:
    known = FingerprintSet(_pieces([], range(3)), all_there=False)
    assert known.contains(_of(0, 1, 2, 3, 4)).tolist() == [True] * 3 + [False] * 2
    assert not known.contains(_of(5)).any()


@given(st.lists(NAMES), st.lists(st.tuples(st.booleans(), NAMES)))
@example([[1, 2], [3, 4]], [(False, [1, 2]), (True, [3]), (False, [3, 4])])
def test_what_is_still_on_its_way_is_never_taken_for_what_it_is_not(
    pieces: list[list[int]], asked: list[tuple[bool, list[int]]]
) -> None:
    """Few may be told unknown that are known, as long as nothing was forgotten; none the other way round."""
    known, expected = FingerprintSet(_pieces([], *pieces), all_there=False), {n for p in pieces for n in p}
    forgot = False
    for forget, names in asked:
        if forget:
            known.discard([one.tobytes() for one in _of(*names)])
            expected.difference_update(names)
            forgot = forgot or bool(names)
            continue
        told, exact = known.contains(_of(*names)).tolist(), [name in expected for name in names]
        assert not any(said and not is_so for said, is_so in zip(told, exact, strict=True))
        assert told == exact or (not forgot and 4 * (len(told) - sum(told)) <= len(told))
