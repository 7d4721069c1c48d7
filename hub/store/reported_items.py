"""What the sources report of items: the catalogue entries that stand in the store."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Row, Select, Table, or_, select, union_all

from hub.model.kinds import KINDS
from hub.store.engine import reading
from hub.store.fold import fold_rows
from hub.store.schema import HISTORY, ROWS, sources, streams
from hub.store.store import Store

_FIELDS = [field.name for field in KINDS["item"].fields]
_ORDER = attrgetter("item_code", "effective_from", "source_id", "rank")


def reported_items(store: Store, zone: tzinfo, known_at: int | None = None) -> list[dict[str, Any]]:
    """One entry per item and first day, folded from its rows, with the ``source`` that told it first.

    Items belong to the city, not to a source: of two sources the one the Hub knew first goes before.
    With ``known_at``, what stood then.
    """
    with reading(store.engine, "reading the items that sources report") as connection:
        # Every audit asks, and most cities' sources report none: in words that need not be composed.
        if connection.exec_driver_sql("SELECT 1 FROM item_rows LIMIT 1").first() is None:
            return []
        rows = sorted(connection.execute(_standing(known_at)).all(), key=_ORDER)
    by_version = groupby(rows, key=lambda row: (row.item_code, row.effective_from))
    return [_entry(list(told), zone) for _, told in by_version]


def _standing(known_at: int | None) -> CompoundSelect[Any]:
    rows, past = ROWS["item"], HISTORY["item"]
    if known_at is None:
        told = [_told(rows).where(rows.c.withdrawn_at.is_(None))]
    else:
        told = [
            _told(rows).where(rows.c.last_changed_at <= known_at, _stood(rows, known_at)),
            _told(past)
            .where(past.c.arrived_at <= known_at, past.c.superseded_at > known_at)
            .where(_stood(past, known_at)),
        ]
    return union_all(*told)


def _stood(table: Table, known_at: int) -> ColumnElement[bool]:
    """Not withdrawn by then."""
    return or_(table.c.withdrawn_at.is_(None), table.c.withdrawn_at > known_at)


def _told(table: Table) -> Select[Any]:
    return (
        select(*(table.c[name] for name in _FIELDS), table.c.source_id, streams.c.rank)
        .add_columns(sources.c.name.label("source"))
        .join(streams, streams.c.stream_id == table.c.stream_id)
        .join(sources, sources.c.source_id == table.c.source_id)
    )


def _entry(told: Sequence[Row[Any]], zone: tzinfo) -> dict[str, Any]:
    # Not above, because it loads what unseals, which an audit without reported items needs not.
    from hub.store.versions import plain

    values: list[Mapping[str, Any]] = [dict(row._mapping) for row in told]
    ranks = range(len(told))
    folded = fold_rows(values, _FIELDS, ranks=list(ranks), withdrawn=[False for _ in ranks])
    return {**plain("item", folded.values, zone), "source": told[0].source}
