"""What was made of a batch ahead of its turn, until it is stored."""

from threading import Lock
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")


class AtHand(Generic[Thing, Made]):
    """Found by the very object it was made of; of two at most: that being stored, and the next one.

    One thread makes ahead while another stores.
    """

    def __init__(self) -> None:
        self._made: list[tuple[Thing, Made]] = []
        self._turn = Lock()

    def of(self, thing: Thing) -> Made | None:
        return next((made for known, made in self._made if known is thing), None)

    def note(self, thing: Thing, made: Made) -> Made:
        """Keep it in place of what was made of the same before, or of what is oldest."""
        with self._turn:
            self._made = [*self._but(thing)[-1:], (thing, made)]
        return made

    def let_go(self, thing: Thing) -> None:
        """Its memory is needed for the next ones."""
        with self._turn:
            self._made = self._but(thing)

    def _but(self, thing: Thing) -> list[tuple[Thing, Made]]:
        return [(known, made) for known, made in self._made if known is not thing]
