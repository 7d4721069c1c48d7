"""How far a source had been heard, and was telling of new cases, before the Hub first saw a case."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from sqlalchemy import Connection, func, select

from hub.model.blocks import Instants
from hub.model.instants import NO_INSTANT, TICKS_PER_SECOND
from hub.store.chunks import Chunk
from hub.store.row_source import Streams
from hub.store.schema import quarantine

#: Cases seen sooner after their closing are not asked about.
_SOON = 24 * 3600 * TICKS_PER_SECOND


@dataclass(frozen=True, slots=True)
class _Hearing:
    """A sync that brought new cases. ``heard``: up to when all its streams of cases were heard before it.

    NO_INSTANT where one of them never was, or where the run asked for old things too.
    """

    started_at: int
    heard: int


def heard_before(
    connection: Connection, chunk: Chunk, told: Streams, first_seen: Instants, closed: Instants
) -> Instants:
    """Per case the instant up to which its source had been heard without it, NO_INSTANT: not asked, never.

    Only runs that brought new cases say that a source was being heard: one that could be reached and
    told of nothing may have been broken. What came by a run over old records (full, by hand, replay,
    retry), by the first run of a stream, or had lain in quarantine before, is not asked about.
    """
    heard = np.full(len(chunk), NO_INSTANT, dtype=np.int64)
    asked = (closed != NO_INSTANT) & (first_seen != NO_INSTANT)
    asked &= first_seen > np.where(asked, closed, 0) + _SOON
    if not asked.any():
        return heard
    hearings = list(_hearings(connection, chunk, told, int(closed[asked].min())))
    if hearings:
        started = np.array([each.started_at for each in hearings])
        places = np.searchsorted(started, first_seen[asked], side="right") - 1
        bounds = np.array([*(each.heard for each in hearings), NO_INSTANT])
        heard[asked] = bounds[places]
        if (heard != NO_INSTANT).any():
            _forget_quarantined(connection, chunk, first_seen, heard)
    return heard


def _hearings(connection: Connection, chunk: Chunk, told: Streams, since: int) -> Iterator[_Hearing]:
    """The runs from ``since`` on that brought new cases, in order."""
    tellers = ", ".join(map(str, map(int, told.tellers.get("case", [])))) or "NULL"
    # With each stream the first run that heard it completely.
    syncs = connection.exec_driver_sql(
        "SELECT r.run_id, r.started_at, r.kind, r.reach, s.inserted, s.bound, f.first_run "
        "FROM runs r JOIN run_streams s ON s.run_id = r.run_id LEFT JOIN ("
        "SELECT stream_id, min(run_id) AS first_run FROM run_streams "
        f"WHERE stream_id IN ({tellers}) AND bound IS NOT NULL GROUP BY stream_id"
        ") f ON f.stream_id = s.stream_id "
        f"WHERE r.source_id = {int(chunk.source_id)} AND s.stream_id IN ({tellers}) "
        f"AND r.started_at >= {int(since)} ORDER BY r.run_id"
    )
    heard = NO_INSTANT
    for run_id, group in groupby(syncs, key=lambda row: row.run_id):
        rows = list(group)
        brought = [row for row in rows if row.inserted]
        if not brought:
            continue
        known = all(row.first_run is not None and row.first_run < run_id for row in brought)
        asked = rows[0].kind == "sync" and rows[0].reach == "next" and known
        yield _Hearing(rows[0].started_at, heard if asked else NO_INSTANT)
        bounds = [row.bound for row in rows]
        if None not in bounds:
            heard = max(heard, min(bounds))


def _forget_quarantined(connection: Connection, chunk: Chunk, first_seen: Instants, heard: Instants) -> None:
    """A record that lay in quarantine had come: the Hub did see its case."""
    query = select(quarantine.c.case_no, func.min(quarantine.c.first_seen_at)).where(
        quarantine.c.source_id == chunk.source_id, chunk.condition(quarantine.c.case_no, connection)
    )
    lay = {row[0]: row[1] for row in connection.execute(query.group_by(quarantine.c.case_no))}
    if lay:
        since = np.array([lay.get(case_no, NO_INSTANT) for case_no in chunk.case_nos], dtype=np.int64)
        heard[(since != NO_INSTANT) & (since < first_seen)] = NO_INSTANT
