"""Calendar notices that were imported, kept whole; the built-in ones are not here."""

import msgspec
from sqlalchemy import delete, insert, select

from hub.clock.rules import Notice
from hub.store.engine import reading, writing
from hub.store.schema_audit import calendars
from hub.store.store import Store


def import_notice(store: Store, notice: Notice, now: int) -> None:
    """Keep a notice; one imported again under the same citation replaces the earlier reading of it."""
    body = msgspec.json.encode(notice.to_json()).decode()
    with writing(store.engine, "importing a calendar notice") as connection:
        connection.execute(delete(calendars).where(calendars.c.notice == notice.cited))
        connection.execute(insert(calendars), {"notice": notice.cited, "imported_at": now, "body": body})


def imported_notices(store: Store) -> list[Notice]:
    """All imported notices in order of import."""
    with reading(store.engine, "reading calendar notices") as connection:
        bodies = connection.scalars(select(calendars.c.body).order_by(calendars.c.calendar_id))
        return [Notice.from_json(msgspec.json.decode(body)) for body in bodies]
