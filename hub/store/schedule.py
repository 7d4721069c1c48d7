"""When cases are judged again, and whether their facts are still those that were judged."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, func, select

from hub.model.blocks import CaseBlock
from hub.model.instants import NO_INSTANT, TICKS_PER_SECOND
from hub.store.bulk import append
from hub.store.chunks import among_words, lie_close, numbered, places
from hub.store.columnar import fetch
from hub.store.engine import naming_faults, reading
from hub.store.schema_audit import audits, due
from hub.store.woken import woken_beyond

#: A judge_at at or beyond this means: never again, unless facts change.
NEVER = 2**62
#: Rows deleted from which on a sweep is worth its while.
_MUCH = 50_000
ONE_DAY = 86_400 * TICKS_PER_SECOND


def still_as_read(connection: Connection, block: CaseBlock) -> NDArray[np.bool_]:
    """Which cases are known to have met no further change since the block was read."""
    return ~woken_beyond(connection, block.seen, block.dossier_ids)


def reschedule(connection: Connection, ids: NDArray[np.int64], judge_at: NDArray[np.int64]) -> int:
    """Make ``due`` say when each case is judged again, touching only what differs; rows deleted."""
    wanted = np.where((judge_at == NO_INSTANT) | (judge_at >= NEVER), NEVER, judge_at)
    query = f"SELECT dossier_id, judge_at FROM due WHERE {numbered(due.c.dossier_id, ids, connection)}"
    rows = fetch(connection, query, {"dossier_id": "integer", "judge_at": "integer"}).numbers
    current = np.full(len(ids), NEVER, dtype=np.int64)
    at, inside = places(ids, rows["dossier_id"])
    current[at[inside]] = rows["judge_at"][inside]
    changed = current != wanted
    gone = changed & (current != NEVER)
    if gone.any():
        # By range where all that lies in it goes, because naming a hundred thousand takes long.
        whole = lie_close(ids) and int(gone.sum()) == len(rows["dossier_id"])
        key = due.c.dossier_id
        named = numbered(key, ids, connection) if whole else among_words(key, ids[gone], connection)
        connection.exec_driver_sql(f"DELETE FROM due WHERE {named}")
    added = changed & (wanted != NEVER)
    if added.any():
        append(connection, due, {"dossier_id": ids[added].tolist(), "judge_at": wanted[added].tolist()})
    return int(gone.sum())


def sweep(engine: Engine, deleted: int) -> None:
    """Where an audit deleted much of ``due``: not leave it to the next, which may be of one case.

    PostgreSQL keeps deleted rows in the index until someone stumbles over them.
    """
    if deleted < _MUCH or engine.dialect.name != "postgresql":
        return
    with naming_faults("sweeping what is due"), engine.connect() as bare:
        # "Writing", because a vacuum may not stand in the read-only transaction that else begins.
        connection = bare.execution_options(isolation_level="AUTOCOMMIT", hub_writing=True)
        connection.exec_driver_sql(f"VACUUM (SKIP_LOCKED) {due.name}")


def next_due_at(engine: Engine) -> int | None:
    """When the next case is to be judged again by time alone; None when there is none.

    Not what is due already: changed cases are judged after their sync, and undecided ones stay due
    until their source is heard, which would have a daemon judge them without end.
    """
    with reading(engine, "reading what is due") as connection:
        judged = select(func.coalesce(func.max(audits.c.as_of), 0)).scalar_subquery()
        found = connection.scalar(select(func.min(due.c.judge_at)).where(due.c.judge_at > judged))
    return None if found is None else int(found)
