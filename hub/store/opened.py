"""Cases that came new and were not judged yet, as ranges: noted by a batch, settled by an audit."""

from typing import Any

from sqlalchemy import Connection, Select, false, insert, or_, select, update

from hub.store.schema import dossiers, sources
from hub.store.schema_audit import opened


def note_opened(connection: Connection, source_id: int, after: int, last: int) -> None:
    """The source's dossiers beyond ``after``, up to ``last``, are new: they are due."""
    row = {"source_id": source_id, "first_dossier_id": after + 1, "last_dossier_id": last}
    connection.execute(insert(opened).values(row))


def undertake(connection: Connection, audit_id: int, source: str | None) -> None:
    """This audit will judge all that is new now (of one source), also what another began and broke off."""
    if source is None:
        connection.exec_driver_sql(f"UPDATE opened SET audit_id = {int(audit_id)}")
        return
    own = select(sources.c.source_id).where(sources.c.name == source)
    connection.execute(update(opened).values(audit_id=audit_id).where(opened.c.source_id.in_(own)))


def settle_opened(connection: Connection, audit_id: int) -> None:
    """What this audit undertook is judged; what remains undecided of it has a row in ``due``."""
    connection.exec_driver_sql(f"DELETE FROM opened WHERE audit_id = {int(audit_id)}")


def newly_opened(connection: Connection) -> Select[Any]:
    """dossier_id of every case that came new and was not judged yet."""
    # The ranges are named, and the source is no column of an index, because a planner that joins them
    # without statistics reads every case of a source once for each.
    within = [
        dossiers.c.dossier_id.between(first, last) & (dossiers.c.source_id + 0 == source_id)
        for source_id, first, last in opened_ranges(connection)
    ]
    return select(dossiers.c.dossier_id).where(or_(false(), *within))


def opened_ranges(connection: Connection) -> list[tuple[int, int, int]]:
    """Source, first and last, those that touch made one; cases of other sources may lie between."""
    columns = "source_id, first_dossier_id, last_dossier_id"
    found: list[tuple[int, int, int]] = []
    for source_id, first, last in connection.exec_driver_sql(
        f"SELECT {columns} FROM opened ORDER BY {columns}"
    ):
        if found and found[-1][0] == source_id and first <= found[-1][2] + 1:
            found[-1] = (source_id, found[-1][1], max(last, found[-1][2]))
        else:
            found.append((source_id, first, last))
    return found
