"""Before all of a source is read again: whether its rows are those that the Hub noted."""

from sqlalchemy import Connection, func, select

from hub.store import alarms, fingerprint_log, runs
from hub.store.engine import reading
from hub.store.run_place import RunPlace
from hub.store.runs import StreamState
from hub.store.schema import ROWS

#: The kind of the alarm that rows of a stream are not those noted, as after somebody else took some away.
ALTERED = "rows_altered"


def reconcile(place: RunPlace, state: StreamState, now: int) -> bool:
    """Have what is noted of a stream say what its rows do, so that a record no row stands for is taken in.

    Raises an alarm where the two parted, and clears it once they agree. Returns whether the notes can be
    believed: not those that a dry run found wrong.
    """
    with reading(place.engine) as connection:
        found = {kind: _count(connection, kind, state.stream_id) for kind in ROWS}
        rows = {kind: count for kind, count in found.items() if count or kind in state.kinds}
        noted, state.kinds = state.kinds, rows
        agree = rows == noted and fingerprint_log.is_true(connection, state.stream_id)
    if place.dry:
        return agree
    name = f"{place.source}/{state.name}"
    with place.transaction(f"comparing the rows of {name} with what is noted") as connection:
        if agree:
            alarms.clear_alarm(connection, ALTERED, name, now)
            return True
        fingerprint_log.write_all_anew(connection, rows, state.stream_id)
        runs.save_kinds(connection, state)
        message = (
            f"the rows of {name} are not those noted: {sum(noted.values())} noted, {sum(rows.values())} there"
        )
        alarms.raise_alarm(connection, ALTERED, name, message, now)
    return True


def _count(connection: Connection, kind: str, stream_id: int) -> int:
    own = ROWS[kind].c.stream_id == stream_id
    return connection.execute(select(func.count()).where(own)).scalar_one()
