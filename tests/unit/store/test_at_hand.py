"""What was made of a batch ahead of its turn."""

from hub.store.at_hand import AtHand


def test_it_is_found_by_the_very_object_and_not_by_an_equal_one() -> None:
    one, equal = ["a"], ["a"]
    made: AtHand[list[str], int] = AtHand()
    assert made.note(one, 1) == 1
    assert (made.of(one), made.of(equal)) == (1, None)


def test_it_is_kept_for_two_at_most_and_let_go_when_asked() -> None:
    first, second, third = [1], [2], [3]
    made: AtHand[list[int], str] = AtHand()
    for thing, word in ((first, "a"), (second, "b"), (second, "c"), (third, "d")):
        made.note(thing, word)
    assert [made.of(thing) for thing in (first, second, third)] == [None, "c", "d"]
    made.let_go(third)
    made.let_go(first)  # which is gone already
    assert [made.of(thing) for thing in (first, second, third)] == [None, "c", None]
