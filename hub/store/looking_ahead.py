"""What stands under the keys of a batch, looked up while the batch before it is being stored."""

from collections.abc import Collection

from hub.model.records import Mapped
from hub.store.at_hand import AtHand
from hub.store.dialect import StandingRow
from hub.store.preparing import Prepared
from hub.store.standing import Lookup


class LookingAhead:
    """Rows of one stream. One thread looks ahead while another stores; between a look and its use, no batch
    but the one being stored can have changed any row.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._looked: AtHand[Mapped, tuple[frozenset[str], list[StandingRow]]] = AtHand()
        self._stored: Collection[str] | None = ()

    def look(self, mapped: Mapped, block: Prepared) -> list[StandingRow]:
        """Look up a lone block of a batch."""
        rows = self._lookup.rows(block.kind, block.keys)
        self._looked.note(mapped, (frozenset(block.keys), rows))
        return rows

    def holds(self, mapped: Mapped) -> bool:
        """Whether what was looked up of a batch still stands so."""
        looked = self._looked.of(mapped)
        return looked is not None and self._stand_still(looked[0])

    def rows(self, mapped: Mapped, block: Prepared) -> list[StandingRow]:
        """What stands now under the keys of a lone block, and maybe under others of its batch."""
        keys, rows = self._looked.of(mapped) or (frozenset(), [])
        if self._stand_still(keys) and keys.issuperset(block.keys):
            return rows
        return self._lookup.rows(block.kind, block.keys)

    def let_go(self, mapped: Mapped) -> None:
        """The batch is stored."""
        self._looked.let_go(mapped)

    def note_stored(self, keys: Collection[str] | None) -> None:
        """The rows a batch may have changed; None: any."""
        self._stored = keys

    def _stand_still(self, keys: frozenset[str]) -> bool:
        return self._stored is not None and keys.isdisjoint(self._stored)
