"""What the last written audit judged by: kept whole, so that a change can be told from its contents."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, Engine, delete, insert

from hub.store.engine import reading
from hub.store.schema import store_meta

_PREFIX = "audited:"


class LastAudit(NamedTuple):
    """The last written audit: the instant it judged, and what it judged by, contents by name.

    No later audit may be written before ``as_of``; None and empty: there was none.
    """

    as_of: int | None
    judged_by: dict[str, bytes]


def last_audit(engine: Engine) -> LastAudit:
    with reading(engine, "reading the last audit") as connection:
        as_of = connection.exec_driver_sql("SELECT max(as_of) FROM audits").scalar()
        return LastAudit(None if as_of is None else int(as_of), _kept(connection))


def _kept(connection: Connection) -> dict[str, bytes]:
    found = connection.exec_driver_sql(
        f"SELECT name, value FROM store_meta WHERE substr(name, 1, {len(_PREFIX)}) = '{_PREFIX}'"
    )
    return {row.name.removeprefix(_PREFIX): bytes(row.value) for row in found}


def keep_judged_by(connection: Connection, contents: Mapping[str, bytes]) -> None:
    """Replace what is kept, where it differs: another audit may have kept something else meanwhile."""
    if _kept(connection) == contents:
        return
    rows = [{"name": _PREFIX + name, "value": content} for name, content in contents.items()]
    connection.execute(delete(store_meta).where(store_meta.c.name.startswith(_PREFIX)))
    connection.execute(insert(store_meta), rows)
