"""Cases that came new and were not judged yet, as ranges: noted by a batch, settled by an audit."""

from typing import Any

from sqlalchemy import Connection, Select, and_, delete, insert, select, update

from hub.store.schema import dossiers, sources
from hub.store.schema_audit import opened


def note_opened(connection: Connection, source_id: int, after: int, last: int) -> None:
    """The source's dossiers beyond ``after``, up to ``last``, are new: they are due."""
    row = {"source_id": source_id, "first_dossier_id": after + 1, "last_dossier_id": last}
    connection.execute(insert(opened).values(row))


def undertake(connection: Connection, audit_id: int, source: str | None) -> None:
    """This audit will judge all that is new now (of one source), also what another began and broke off."""
    claim = update(opened).values(audit_id=audit_id)
    if source is not None:
        claim = claim.where(
            opened.c.source_id.in_(select(sources.c.source_id).where(sources.c.name == source))
        )
    connection.execute(claim)


def settle_opened(connection: Connection, audit_id: int) -> None:
    """What this audit undertook is judged; what remains undecided of it has a row in ``due``."""
    connection.execute(delete(opened).where(opened.c.audit_id == audit_id))


def newly_opened() -> Select[Any]:
    """dossier_id of every case that came new and was not judged yet."""
    within = and_(
        dossiers.c.dossier_id.between(opened.c.first_dossier_id, opened.c.last_dossier_id),
        dossiers.c.source_id == opened.c.source_id,
    )
    return select(dossiers.c.dossier_id).select_from(opened.join(dossiers, within))
