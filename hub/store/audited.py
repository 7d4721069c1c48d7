"""What the last written audit judged by: kept whole, so that a change can be told from its contents."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert

from hub.store.engine import reading, writing
from hub.store.schema import store_meta
from hub.store.store import Store

_PREFIX = "audited:"


def audited_by(store: Store) -> dict[str, bytes]:
    """The contents by name; empty before the first written audit."""
    with reading(store.engine, "reading what was judged by") as connection:
        return _kept(connection)


def _kept(connection: Connection) -> dict[str, bytes]:
    found = connection.exec_driver_sql(
        f"SELECT name, value FROM store_meta WHERE substr(name, 1, {len(_PREFIX)}) = '{_PREFIX}'"
    )
    return {row.name.removeprefix(_PREFIX): bytes(row.value) for row in found}


def keep_audited_by(store: Store, contents: Mapping[str, bytes]) -> None:
    """Replace what is kept, where it differs: another audit may have kept something else meanwhile."""
    rows = [{"name": _PREFIX + name, "value": content} for name, content in contents.items()]
    with writing(store.engine, "keeping what was judged by") as connection:
        if _kept(connection) == contents:
            return
        connection.execute(delete(store_meta).where(store_meta.c.name.startswith(_PREFIX)))
        connection.execute(insert(store_meta), rows)
