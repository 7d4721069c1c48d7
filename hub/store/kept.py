"""Where raw records are kept, and batches of those that the store itself kept, for replay and retry."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hub.model.records import RawBatch
from hub.store.outcomes import RowId
from hub.store.rows import Place, Places


@dataclass(frozen=True, slots=True)
class KeptBatch(RawBatch):
    """``places``: where each raw is kept. ``rows``: the rows that stand for it. ``keys``: as was known."""

    places: Sequence[Place] = ()
    rows: Sequence[frozenset[RowId]] = ()
    keys: Sequence[str | None] = ()


def places_of(batch: RawBatch, kept: Sequence[int], page_id: int) -> Places:
    """Where the raw records of a batch are kept: where they were, or else these, in order, on this page."""
    if isinstance(batch, KeptBatch):
        page_ids, page_indexes = np.array(batch.places, np.int64).reshape(-1, 2).T
        return Places(page_ids, page_indexes)
    made, at = Places(*np.zeros((2, len(batch.raws)), np.int64)), np.array(kept, np.intp)
    made.page_ids[at], made.page_indexes[at] = page_id, np.arange(len(kept))
    return made
