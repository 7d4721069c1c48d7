"""What was looked up ahead of its turn counts only as long as nothing stored since may have changed it."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import pytest

from hub.model.records import Mapped
from hub.store.looking_ahead import LookingAhead, Told


class Block(NamedTuple):
    kind: str
    keys: Sequence[str]


class Rows:
    """A store that says of each row how often it was asked by then."""

    def __init__(self) -> None:
        self.asked = 0

    def rows(self, kind: str, keys: Sequence[str]) -> list[Any]:
        self.asked += 1
        return [(kind, key, self.asked) for key in keys]


TOLD = Told([], None)


@pytest.fixture
def ahead() -> Any:
    lookup: Any = Rows()
    return LookingAhead(lookup)


@pytest.fixture
def batch() -> Mapped:
    return Mapped((), {})


@pytest.mark.parametrize(("stored", "holds"), [((), True), ("3", True), ("32", False), (None, False)])
def test_a_look_holds_unless_its_rows_may_have_changed(
    ahead: Any, batch: Mapped, stored: Collection[str] | None, holds: bool
) -> None:
    """None: nobody knows which rows were changed."""
    rows = ahead.look(batch, Block("case", "12"))
    ahead.tell(batch, TOLD)
    ahead.note_stored(stored)
    assert (ahead.told(batch) is TOLD) == holds
    assert (ahead.rows(batch, Block("case", "12")) == rows) == holds


def test_keys_that_were_not_looked_up_are_looked_up_when_asked_for(ahead: Any, batch: Mapped) -> None:
    ahead.look(batch, Block("case", "1"))
    assert ahead.rows(batch, Block("case", "12")) == [("case", "1", 2), ("case", "2", 2)]


def test_nothing_is_told_of_a_batch_that_nobody_looked_at_or_that_is_stored(
    ahead: Any, batch: Mapped
) -> None:
    assert ahead.told(batch) is None
    ahead.look(batch, Block("case", "1"))
    ahead.tell(batch, TOLD)
    ahead.let_go(batch)
    assert ahead.told(batch) is None
