"""Wakings: the cases that a batch or a person made or changed, noted at once and settled by an audit."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, false, insert, literal_column, or_, select, text, update

from hub.model.blocks import Seen
from hub.store.schema import dossiers, sources
from hub.store.schema_audit import woken

Dossiers = NDArray[np.int64]

#: By engine, what the wakings list, and from where.
_LISTED = {
    "postgresql": ("CAST(json_array_elements_text(CAST(dossier_ids AS json)) AS bigint)", "woken"),
    "sqlite": ("value", "woken, json_each(dossier_ids)"),
}
_ids = msgspec.json.Decoder(list[int])


class _Waking(NamedTuple):
    source_id: int
    first: int
    last: int
    #: None: all of the source's between the two.
    listed: Dossiers | None


def note_woken(connection: Connection, source_id: int, first: int, last: int) -> None:
    """The source's dossiers from ``first`` to ``last`` are to be judged."""
    row = {"source_id": source_id, "first_dossier_id": first, "last_dossier_id": last}
    connection.execute(insert(woken).values(row))


def undertake(connection: Connection, audit_id: int, source: str | None) -> None:
    """This audit will judge all that was woken so far (of one source), also what another broke off."""
    if source is None:
        connection.exec_driver_sql(f"UPDATE woken SET audit_id = {int(audit_id)}")
        return
    own = select(sources.c.source_id).where(sources.c.name == source)
    connection.execute(update(woken).values(audit_id=audit_id).where(woken.c.source_id.in_(own)))


def settle_woken(connection: Connection, audit_id: int) -> None:
    """What this audit undertook is judged; what remains undecided of it has a row in ``due``."""
    connection.exec_driver_sql(f"DELETE FROM woken WHERE audit_id = {int(audit_id)}")


def seen_now(connection: Connection) -> Seen:
    """What whoever reads cases beside it has seen the effects of."""
    ended = connection.exec_driver_sql("SELECT count(*) FROM audits WHERE finished_at IS NOT NULL")
    return Seen(_numbers(connection), int(ended.scalar_one()))


def woken_beyond(connection: Connection, seen: Seen, ids: Dossiers) -> NDArray[np.bool_]:
    """Which of these dossiers, all of one source, may have been woken by more than what was seen."""
    now = seen_now(connection)
    if now.audits_ended != seen.audits_ended:
        return np.ones(len(ids), dtype=np.bool_)  # what woke them since may be settled and gone
    found = np.zeros(len(ids), dtype=np.bool_)
    # By number, not by the highest, because a batch gets its number before it commits.
    new = now.wakings - seen.wakings
    if not new or not len(ids):
        return found
    # Only those of their source, because a range of another's new cases may lie around them.
    source_id = f"(SELECT source_id FROM dossiers WHERE dossier_id = {int(ids[0])})"
    for waking in _told(connection, f"source_id = {source_id} AND woken_id IN ({', '.join(map(str, new))})"):
        within = (ids >= waking.first) & (ids <= waking.last)
        found |= within if waking.listed is None else within & np.isin(ids, waking.listed)
    return found


def _numbers(connection: Connection) -> frozenset[int]:
    return frozenset(number for (number,) in connection.exec_driver_sql("SELECT woken_id FROM woken"))


def woken_dossiers(connection: Connection) -> dict[int, Dossiers]:
    """By source, the dossiers that no audit has settled since, in order; in a range may lie strangers."""
    told = _told(connection, "true")
    return {source_id: _each_once(list(own)) for source_id, own in groupby(told, attrgetter("source_id"))}


def woken_now(connection: Connection) -> tuple[Select[Any], Select[Any]]:
    """dossier_id of all that no audit has settled since: of the ranges, and of the lists."""
    # The ranges are named, and the source is no column of an index, because a planner that joins them
    # without statistics reads every case of a source once for each.
    told = _told(connection, "dossier_ids IS NULL")
    within = [
        dossiers.c.dossier_id.between(first, last) & (dossiers.c.source_id + 0 == source_id)
        for source_id, own in groupby(told, attrgetter("source_id"))
        for first, last in _ranges(own)
    ]
    what, where = _LISTED[connection.dialect.name]
    return (
        select(dossiers.c.dossier_id).where(or_(false(), *within)),
        select(literal_column(what)).select_from(text(where)),
    )


def merged(lists: Sequence[Dossiers]) -> Dossiers:
    """All of them in order, each once. Not np.union1d, because its hashing takes a second for a million."""
    ids = np.concatenate([np.zeros(0, dtype=np.int64), *lists])
    if not (ids[1:] > ids[:-1]).all():
        ids.sort()
        ids = ids[np.append(True, ids[1:] != ids[:-1])]
    return ids


def _told(connection: Connection, which: str) -> list[_Waking]:
    """Those on record, by source and first."""
    order = "source_id, first_dossier_id, last_dossier_id"
    rows = connection.exec_driver_sql(
        f"SELECT {order}, dossier_ids FROM woken WHERE {which} ORDER BY {order}"
    )
    return [
        _Waking(by, first, last, None if listed is None else np.array(_ids.decode(listed), dtype=np.int64))
        for by, first, last, listed in rows
    ]


def _each_once(told: Sequence[_Waking]) -> Dossiers:
    ranges = _ranges(told)
    listed = merged([waking.listed for waking in told if waking.listed is not None])
    for first, last in ranges:  # a case that is new was often changed since
        listed = listed[(listed < first) | (listed > last)]
    return merged([listed, *(np.arange(first, last + 1) for first, last in ranges)])


def _ranges(told: Iterable[_Waking]) -> list[tuple[int, int]]:
    """First and last, those that touch made one; cases of other sources may lie between."""
    found: list[tuple[int, int]] = []
    for waking in told:
        if waking.listed is not None:
            continue
        if found and waking.first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(waking.last, found[-1][1]))
        else:
            found.append((waking.first, waking.last))
    return found
