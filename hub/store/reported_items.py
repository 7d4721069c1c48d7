"""What the sources report of items: the catalogue entries that stand in the store."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, select

from hub.model.kinds import KINDS
from hub.store.engine import reading
from hub.store.fold import fold_rows
from hub.store.schema import ROWS, sources, streams
from hub.store.store import Store

_ROWS = ROWS["item"]
_FIELDS = [field.name for field in KINDS["item"].fields]


def reported_items(store: Store, zone: tzinfo) -> list[dict[str, Any]]:
    """One entry per item and first day, folded from its rows, with the ``source`` that told it first.

    Items belong to the city, not to a source: of two sources the one the Hub knew first goes before.
    """
    with reading(store.engine, "reading the items that sources report") as connection:
        # Every audit asks, and most cities' sources report none: in words that need not be composed.
        if connection.exec_driver_sql("SELECT 1 FROM item_rows LIMIT 1").first() is None:
            return []
        rows = connection.execute(_standing()).all()
    by_version = groupby(rows, key=lambda row: (row.item_code, row.effective_from))
    return [_entry(list(told), zone) for _, told in by_version]


def _standing() -> Select[Any]:
    return (
        select(_ROWS, streams.c.rank, sources.c.name.label("source"))
        .join(streams, streams.c.stream_id == _ROWS.c.stream_id)
        .join(sources, sources.c.source_id == _ROWS.c.source_id)
        .where(_ROWS.c.withdrawn_at.is_(None))
        .order_by(_ROWS.c.item_code, _ROWS.c.effective_from, _ROWS.c.source_id, streams.c.rank)
    )


def _entry(told: Sequence[Row[Any]], zone: tzinfo) -> dict[str, Any]:
    # Not above, because it loads what unseals, which an audit without reported items needs not.
    from hub.store.versions import plain

    values: list[Mapping[str, Any]] = [dict(row._mapping) for row in told]
    ranks = range(len(told))
    folded = fold_rows(values, _FIELDS, ranks=list(ranks), withdrawn=[False for _ in ranks])
    return {**plain("item", folded.values, zone), "source": told[0].source}
