"""Cases of one applicant in several sources, and what each source received lately: across all cases."""

from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Select, func, select

from hub.model.blocks import Coded, Instants
from hub.store.case_rows import case_rows
from hub.store.chunks import chunk_of_many
from hub.store.columnar import fetch
from hub.store.columns import Shape, coded
from hub.store.engine import reading
from hub.store.row_source import streams_of
from hub.store.schema import ROWS, dossiers, sources
from hub.store.schema_audit import due
from hub.store.surroundings import source_bound
from hub.store.woken import woken_now

_CASE = ROWS["case"].c


class SharedApplicants(NamedTuple):
    """Cases whose applicant has cases in another source too. ``applicants``: a code per person."""

    dossier_ids: NDArray[np.int64]
    case_nos: list[str]
    sources: Coded
    items: Coded
    departments: Coded
    applicants: NDArray[np.int64]
    received_at: Instants


def shared_applicants(engine: Engine, *, due_before: int | None = None) -> SharedApplicants:
    """All such cases, or those of applicants with a case that is due at or before an instant."""
    with reading(engine, "reading applicants known to several sources") as connection:
        people = _people(connection, due_before) if _several_have_cases(connection) else []
        names = {row.source_id: row.name for row in connection.execute(select(sources))} if people else {}
        return _told(connection, people, names)


#: (source_id, dossier_id, blind index of the applicant)
_Person = tuple[int, int, bytes]


def _several_have_cases(connection: Connection) -> bool:
    # One look a source, because a planner that takes them together reads every case there is.
    told = connection.exec_driver_sql("SELECT source_id FROM sources ORDER BY source_id").all()
    known = (f"SELECT EXISTS (SELECT 1 FROM dossiers WHERE source_id = {number})" for (number,) in told)
    having = (look for look in known if connection.exec_driver_sql(look).scalar_one())
    return len(list(islice(having, 2))) == 2


def _people(connection: Connection, due_before: int | None) -> list[_Person]:
    person = _CASE.applicant_id_index
    shared = select(person).where(person.is_not(None), _CASE.withdrawn_at.is_(None))
    if due_before is not None:
        shared = shared.where(person.in_(_due_people(connection, due_before)))
    shared = shared.group_by(person).having(func.min(_CASE.source_id) < func.max(_CASE.source_id))
    query = _with_dossiers(select(_CASE.source_id, dossiers.c.dossier_id, person)).where(person.in_(shared))
    return [(row[0], row[1], bytes(row[2])) for row in connection.execute(query.distinct())]


def _due_people(connection: Connection, due_before: int) -> Select[Any]:
    by_then = select(due.c.dossier_id).where(due.c.judge_at <= due_before)
    wanted = by_then.union_all(*woken_now(connection))
    people = _with_dossiers(select(_CASE.applicant_id_index))
    return people.where(dossiers.c.dossier_id.in_(wanted))


def _with_dossiers(query: Select[Any]) -> Select[Any]:
    same = (dossiers.c.source_id == _CASE.source_id) & (dossiers.c.case_no == _CASE.key)
    return query.select_from(ROWS["case"]).join(dossiers, same)


def _told(connection: Connection, people: list[_Person], names: dict[int, str]) -> SharedApplicants:
    codes = {index: code for code, index in enumerate(sorted({index for _, _, index in people}))}
    applicant_of = {dossier: codes[index] for _, dossier, index in people}
    ids: list[int] = []
    case_nos: list[str] = []
    texts: list[tuple[str, str | None, str | None]] = []
    received: list[int] = []
    for source_id in sorted({source for source, _, _ in people}):
        own = np.array(sorted({d for s, d, _ in people if s == source_id}), dtype=np.int64)
        chunk = chunk_of_many(connection, source_id, own)
        cases = case_rows(connection, chunk, streams_of(connection, source_id), None)
        item, department = cases.words["item_code"], cases.words["department"]
        ids += chunk.ids.tolist()
        case_nos += chunk.case_nos
        texts += [(names[source_id], item.word(i), department.word(i)) for i in range(len(chunk))]
        received += cases.instants["received_at"].tolist()
    sent_by, items, departments = (coded([text[place] for text in texts]) for place in range(3))
    return SharedApplicants(
        dossier_ids=np.array(ids, dtype=np.int64),
        case_nos=case_nos,
        sources=sent_by,
        items=items,
        departments=departments,
        applicants=np.array([applicant_of[dossier] for dossier in ids], dtype=np.int64),
        received_at=np.array(received, dtype=np.int64),
    )


class Sent(NamedTuple):
    """When a source's cases were received, in order, of which department and item."""

    received_at: Instants
    departments: Coded
    items: Coded


def arrivals(engine: Engine, since: int) -> dict[str, Sent]:
    """By source, its cases received from ``since`` on."""
    shapes: dict[str, Shape] = {"received_at": "integer", "department": "word", "item_code": "word"}
    found: dict[str, Sent] = {}
    with reading(engine, "reading what sources sent lately") as connection:
        for row in connection.execute(select(sources).order_by(sources.c.name)).all():
            query = select(*(_CASE[name] for name in shapes)).where(
                _CASE.source_id == row.source_id, _CASE.withdrawn_at.is_(None), _CASE.received_at >= since
            )
            rows = fetch(connection, query, shapes)
            rows = rows.take(np.argsort(rows.numbers["received_at"], kind="stable"))
            found[row.name] = Sent(
                rows.numbers["received_at"], rows.words["department"], rows.words["item_code"]
            )
    return found


def heard_until(engine: Engine) -> dict[str, int]:
    """By source, the instant up to which all its streams were heard; NO_INSTANT: one never was."""
    with reading(engine, "reading how far sources were heard") as connection:
        return {
            row.name: source_bound(connection, row.source_id)
            for row in connection.execute(select(sources).order_by(sources.c.name)).all()
        }
