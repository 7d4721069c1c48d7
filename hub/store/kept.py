"""A batch of raw records that the store itself kept, for replay and retry."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.model.records import RawBatch
from hub.store.outcomes import RowId
from hub.store.rows import Place


@dataclass(frozen=True, slots=True)
class KeptBatch(RawBatch):
    """``places``: where each raw is kept. ``rows``: the rows that stand for it. ``keys``: as was known."""

    places: Sequence[Place] = ()
    rows: Sequence[frozenset[RowId]] = ()
    keys: Sequence[str | None] = ()
