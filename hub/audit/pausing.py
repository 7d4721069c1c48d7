"""Which pauses may stop which clock: Art. 45 kinds both, the item's own kinds the promised one only."""

import numpy as np

from hub.audit.catalogue import Catalogue, Days
from hub.clock.columns import PauseColumns
from hub.model.blocks import CaseBlock, Children, Coded


def pauses_for(
    block: CaseBlock, catalogue: Catalogue, version: Days, *, promised: bool
) -> PauseColumns | None:
    """The pauses of every case, those flagged that may stop this clock; None where there are none."""
    rows = block.children.get("pause")
    if rows is None or not len(rows):
        return None
    kinds = kinds_of(rows)
    allowed = catalogue.pause_kinds(version[rows.owners()], kinds, promised=promised)
    return PauseColumns.of(block, allowed)


def kinds_of(rows: Children) -> Coded:
    """The kinds of rows; all absent where the source names none."""
    found = rows.words.get("kind")
    return Coded(np.full(len(rows), -1, dtype=np.int32), ()) if found is None else found
