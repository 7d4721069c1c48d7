"""Finding single dossiers, and marking cases that must be looked at again."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Engine, and_, select, true

from hub.store.chunks import among
from hub.store.engine import writing
from hub.store.schema import ROWS, dossiers, sources
from hub.store.schema_audit import due


def source_id(connection: Connection, name: str) -> int:
    """The number of a source; −1 when it never ran."""
    found = connection.scalar(select(sources.c.source_id).where(sources.c.name == name))
    return -1 if found is None else int(found)


def dossier_of(connection: Connection, source: str, case_no: str) -> tuple[int, int] | None:
    """(source_id, dossier_id) of a case, None when there is no such case."""
    found = connection.execute(
        select(dossiers.c.source_id, dossiers.c.dossier_id)
        .join(sources, sources.c.source_id == dossiers.c.source_id)
        .where(sources.c.name == source, dossiers.c.case_no == case_no)
    ).first()
    return None if found is None else (int(found.source_id), int(found.dossier_id))


def make_due(
    engine: Engine,
    *,
    source: str | None = None,
    item_codes: tuple[str, ...] | None = None,
    dossier_ids: NDArray[np.int64] | None = None,
) -> int:
    """Have cases judged at the next audit, because the catalogue, a rule or the calendar changed.

    The conditions narrow one another; without any, all cases. Returns how many.
    """
    conditions: list[ColumnElement[bool]] = [true()]
    with writing(engine, "marking cases to be judged") as connection:
        if source is not None:
            conditions.append(dossiers.c.source_id == source_id(connection, source))
        if item_codes is not None:
            conditions.append(_told_of(item_codes))
        if dossier_ids is not None:
            conditions.append(among(dossiers.c.dossier_id, dossier_ids, connection))
        wanted = select(dossiers.c.dossier_id).where(and_(*conditions))
        connection.execute(due.delete().where(due.c.dossier_id.in_(wanted)))
        made = due.insert().from_select(["dossier_id"], wanted)
        return connection.execute(made, execution_options={"preserve_rowcount": True}).rowcount


def _told_of(item_codes: tuple[str, ...]) -> ColumnElement[bool]:
    case = ROWS["case"]
    return (
        select(case.c.key)
        .where(
            case.c.source_id == dossiers.c.source_id,
            case.c.key == dossiers.c.case_no,
            case.c.item_code.in_(item_codes),
        )
        .exists()
    )
