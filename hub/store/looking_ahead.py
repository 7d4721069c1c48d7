"""What stands under the keys of a batch, and what follows, told while the batch before it is being stored."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from hub.model.records import Mapped
from hub.store.at_hand import AtHand
from hub.store.dialect import StandingRow
from hub.store.preparing import Prepared
from hub.store.renewal import Renewal
from hub.store.standing import Lookup


class Told(NamedTuple):
    """What follows: ``again``: which dropped records must be mapped too; what is new or changed, if plain."""

    again: list[int]
    renewal: Renewal | None


@dataclass(slots=True)
class _Look:
    """What stood under these keys, and what was told by it."""

    keys: frozenset[str]
    rows: list[StandingRow]
    told: Told | None = None


class LookingAhead:
    """Rows of one stream. One thread looks ahead while another stores; between a look and its use, no batch
    but the one being stored can have changed any row.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._looked: AtHand[Mapped, _Look] = AtHand()
        self._stored: Collection[str] | None = ()

    def look(self, mapped: Mapped, block: Prepared) -> list[StandingRow]:
        """Look up a lone block of a batch."""
        rows = self._lookup.rows(block.kind, block.keys)
        return self._looked.note(mapped, _Look(frozenset(block.keys), rows)).rows

    def tell(self, mapped: Mapped, told: Told) -> None:
        """Keep what follows from a look."""
        look = self._looked.of(mapped)
        assert look is not None, "what is told follows from a look"
        look.told = told

    def told(self, mapped: Mapped) -> Told | None:
        """What was told of a batch, where that still holds."""
        look = self._still(mapped)
        return look.told if look else None

    def rows(self, mapped: Mapped, block: Prepared) -> list[StandingRow]:
        """What stands now under the keys of a lone block, and maybe under others of its batch."""
        look = self._still(mapped)
        if look and look.keys.issuperset(block.keys):
            return look.rows
        return self._lookup.rows(block.kind, block.keys)

    def let_go(self, mapped: Mapped) -> None:
        """The batch is stored."""
        self._looked.let_go(mapped)

    def note_stored(self, keys: Collection[str] | None) -> None:
        """The rows a batch may have changed; None: any."""
        self._stored = keys

    def _still(self, mapped: Mapped) -> _Look | None:
        """The look at a batch, where what it saw stands still."""
        look = self._looked.of(mapped)
        if look is None or self._stored is None or not look.keys.isdisjoint(self._stored):
            return None
        return look
