"""What writes a run, put together; all that takes long to load is loaded with it."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from hub.store import runs
from hub.store.beginning import Beginning, Intent
from hub.store.engine import reading
from hub.store.fingerprints import mapping_seed
from hub.store.intake import Intake
from hub.store.landing import Landing
from hub.store.quarantine import load_held
from hub.store.reconciling import reconcile
from hub.store.run_place import RunPlace
from hub.store.run_writer import RunWriter
from hub.store.schema import ROWS


def assemble(place: RunPlace, intent: Intent, beginning: Beginning) -> RunWriter:
    believed = {
        name: intent.reach != "full" or reconcile(place, state, intent.now)
        for name, state in beginning.states.items()
    }
    with reading(place.engine) as connection:
        intakes = _intakes(connection, intent, beginning, believed)
        landing = Landing(
            place.dialect,
            place.source_id,
            fresh_source=not runs.dossier_count(connection, place.source_id),
            has_parents=_has_parents(connection, place.source_id),
        )
    return RunWriter(place, intakes, landing)


def _intakes(
    connection: Connection, intent: Intent, beginning: Beginning, believed: Mapping[str, bool]
) -> dict[str, Intake]:
    seed = mapping_seed(intent.mapping_version)
    return {
        name: Intake(
            state,
            seed,
            load_held(connection, state.stream_id),
            tracked=intent.tracks(name),
            whole=name in beginning.whole,
            believed=believed[name],
        )
        for name, state in beginning.states.items()
    }


def _has_parents(connection: Connection, source_id: int) -> bool:
    """Whether any case of the source has a lead case.

    Asked in the order of the index of those that have, else a database may rather look at every case.
    """
    cases = ROWS["case"].c
    parent = cases.parent_case_no
    query = select(parent).where(cases.source_id == source_id, parent.is_not(None)).order_by(parent).limit(1)
    return connection.execute(query).first() is not None
