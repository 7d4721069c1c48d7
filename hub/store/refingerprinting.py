"""Making the value fingerprints of a store anew, after what a fingerprint covers was changed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, tuple_, update

from hub.model.kinds import KINDS, RecordKind, personal_fields
from hub.store.preparing import row_fingerprints
from hub.store.schema import HISTORY, ROWS, has_personal, stored_fields
from hub.store.sealing import unseal

_PIECE = 5_000


def refingerprint(connection: Connection) -> int:
    """Every row and every earlier version; returns how many were looked at."""
    return sum(
        _table_anew(connection, KINDS[name], table)
        for tables in (ROWS, HISTORY)
        for name, table in tables.items()
    )


def _table_anew(connection: Connection, kind: RecordKind, table: Table) -> int:
    key = list(table.primary_key.columns)
    change = (
        update(table)
        .where(*(column == bindparam(f"at_{column.name}") for column in key))
        .values(value_fp=bindparam("made"))
    )
    after: tuple[Any, ...] | None = None
    count = 0
    while True:
        query = select(table).order_by(*key).limit(_PIECE)
        if after is not None:
            query = query.where(tuple_(*key) > tuple_(*after))
        rows = connection.execute(query).mappings().all()
        if not rows:
            return count
        made = _fingerprints(kind, rows)
        connection.execute(
            change,
            [
                {**{f"at_{c.name}": row[c.name] for c in key}, "made": fingerprint}
                for row, fingerprint in zip(rows, made, strict=True)
            ],
        )
        after = tuple(rows[-1][column.name] for column in key)
        count += len(rows)


def _fingerprints(kind: RecordKind, rows: Sequence[Any]) -> Sequence[bytes]:
    """As when the rows were written."""
    columns = {field.name: [row[field.name] for row in rows] for field in stored_fields(kind)}
    if has_personal(kind):
        opened = [unseal(kind.name, row["personal"], row["personal_key_id"]) for row in rows]
        columns |= {field.name: [one[field.name] for one in opened] for field in personal_fields(kind)}
    return row_fingerprints(kind, [row["key"] for row in rows], columns)
