"""Alarms: what a person must see, raised once per (kind, key) until it is cleared."""

from typing import Any

from sqlalchemy import Connection, update

from hub.store.bulk import add_unless_there
from hub.store.schema import alarms


def raise_alarm(connection: Connection, kind: str, key: str, message: str, now: int) -> bool:
    """Raise or renew an alarm; True when it was not open before."""
    same = (alarms.c.kind == kind) & (alarms.c.key == key) & alarms.c.cleared_at.is_(None)
    renewed = connection.execute(
        update(alarms).where(same).values(message=message, last_seen_at=now, times=alarms.c.times + 1)
    )
    if renewed.rowcount:
        return False
    row = {"kind": kind, "key": key, "message": message, "raised_at": now, "last_seen_at": now}
    return add_unless_there(connection, alarms, row)  # a watch and an audit may find it at once


def clear_alarm(connection: Connection, kind: str, key: str, now: int) -> bool:
    """Clear an open alarm; False when there was none."""
    same = (alarms.c.kind == kind) & (alarms.c.key == key) & alarms.c.cleared_at.is_(None)
    return connection.execute(update(alarms).where(same).values(cleared_at=now)).rowcount > 0


def open_alarms(connection: Connection) -> list[dict[str, Any]]:
    columns = ", ".join(alarms.c.keys())
    found = connection.exec_driver_sql(
        f"SELECT {columns} FROM alarms WHERE cleared_at IS NULL ORDER BY alarm_id"
    )
    return [dict(row) for row in found.mappings()]
