"""One case with everything the store knows of it: facts and where each came from, rows, versions, raw."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import Connection, select

from hub.model.blocks import CaseBlock
from hub.model.instants import isoformat
from hub.model.kinds import KINDS
from hub.model.records import shown_key
from hub.store.blocks import build_block
from hub.store.chunks import chunk_of
from hub.store.dossiers import dossier_of
from hub.store.engine import reading
from hub.store.fold import Folded, fold_rows
from hub.store.raw_pages import read_raw
from hub.store.schema import raw_pages
from hub.store.store import Store
from hub.store.versions import Version, plain, versions_of


@dataclass(frozen=True, slots=True)
class OneCase:
    """A case as it was known at an instant (``known_at`` None: as it is known now)."""

    source: str
    case_no: str
    block: CaseBlock
    versions: tuple[Version, ...]
    known_at: int | None

    def current(self) -> list[Version]:
        return [version for version in self.versions if version.is_current(self.known_at)]

    def folded(self) -> Iterator[tuple[str, str, Folded, Sequence[Version]]]:
        """Each record (kind, key) folded from its rows, with the rows."""
        for (kind, key), group in groupby(self.current(), key=lambda v: (v.kind, v.key)):
            rows = list(group)
            fields = [field.name for field in KINDS[kind].fields]
            folded = fold_rows(
                [row.values for row in rows],
                fields,
                ranks=[row.rank for row in rows],
                withdrawn=[row.is_withdrawn(self.known_at) for row in rows],
            )
            yield kind, key, folded, rows


def one_case(store: Store, source: str, case_no: str, *, known_at: int | None = None) -> OneCase | None:
    """Read a case; None when there is none (or the Hub did not know it then)."""
    with reading(store.engine, f"reading case {case_no} of {source}") as connection:
        found = dossier_of(connection, source, case_no)
        if found is None:
            return None
        block = build_block(connection, chunk_of(connection, *found), known_at)
        if not len(block):
            return None
        versions = versions_of(connection, found[0], case_no)
        return OneCase(source, case_no, block, tuple(versions), known_at)


def facts(case: OneCase, zone: tzinfo) -> list[dict[str, Any]]:
    """Every fact of a case: value, the stream and run that brought it, and when it was first seen so.

    Facts of steps, pauses and so on are named ``kind.field`` and carry the record's ``key``. ``raw``
    is the place of the raw record.
    """
    listed = []
    for kind, key, folded, rows in case.folded():
        for field, value in plain(kind, folded.values, zone).items():
            origin = _first_saying(case, rows[folded.givers[field]], field)
            listed.append(
                {
                    "field": field if kind == "case" else f"{kind}.{field}",
                    "value": value,
                    "stream": origin.stream,
                    "run_id": origin.run_id,
                    "first_seen_at": isoformat(origin.since, zone),
                    "kind": kind,
                    "key": shown_key(key),
                    "raw": {"page_id": origin.page_id, "index": origin.page_index},
                    "withdrawn": folded.withdrawn,
                }
            )
    return listed


def _first_saying(case: OneCase, row: Version, field: str) -> Version:
    """The version that first gave the value a row has now, and has had ever since."""
    value, origin = row.values.get(field), row
    same = (row.kind, row.key, row.stream)
    for version in reversed(case.versions):
        told = (version.kind, version.key, version.stream) == same and version.since < origin.since
        if not told or version.until == version.since:
            continue
        if version.values.get(field) != value:
            break
        origin = version
    return origin


def superseded(case: OneCase, zone: tzinfo) -> list[dict[str, Any]]:
    """What was reported and then replaced: each value, when it stood, the runs that told and replaced it.

    Not what never stood, because what follows it had come already.
    """
    listed = []
    for version, heir in pairwise(v for v in case.versions if v.until is None or v.until > v.since):
        same = (version.kind, version.key, version.stream) == (heir.kind, heir.key, heir.stream)
        if not same or (case.known_at is not None and (version.until or 0) > case.known_at):
            continue
        heirs = plain(heir.kind, heir.values, zone)
        for field, value in plain(version.kind, version.values, zone).items():
            if heirs.get(field) != value:
                listed.append(
                    {
                        "field": field if version.kind == "case" else f"{version.kind}.{field}",
                        "value": value,
                        "replaced_by": heirs.get(field),
                        "kind": version.kind,
                        "key": version.shown_key,
                        "stream": version.stream,
                        "run_id": version.run_id,
                        "from": isoformat(version.since, zone),
                        "to": isoformat(heir.since, zone),
                        "replaced_by_run": heir.run_id,
                    }
                )
    return listed


def case_document(case: OneCase, zone: tzinfo, *, history: bool) -> dict[str, Any]:
    """The document of ``hub case``: the record, the rows it is folded from, and with history all versions."""
    children: dict[str, list[dict[str, Any]]] = {}
    record: dict[str, Any] = {}
    for kind, _, told, _ in case.folded():
        shown = plain(kind, told.values, zone) | {"withdrawn": told.withdrawn}
        if kind == "case":
            record = shown
        else:
            children.setdefault(kind, []).append(shown)
    return {
        "source": case.source,
        "case_no": case.case_no,
        "record": record,
        "children": children,
        "rows": [_row(row, zone) for row in case.current()],
        "versions": [_told(version, zone) for version in (case.versions if history else case.current())],
    }


def _row(version: Version, zone: tzinfo) -> dict[str, Any]:
    withdrawn = version.withdrawn_at
    return {
        "kind": version.kind,
        "key": version.shown_key,
        "stream": version.stream,
        "run_id": version.run_id,
        "first_seen_at": isoformat(version.first_seen_at, zone),
        "last_changed_at": isoformat(version.since, zone),
        "withdrawn_at": None if withdrawn is None else isoformat(withdrawn, zone),
        "values": plain(version.kind, version.values, zone),
    }


def _told(version: Version, zone: tzinfo) -> dict[str, Any]:
    return {
        "kind": version.kind,
        "key": version.shown_key,
        "stream": version.stream,
        "from": isoformat(version.since, zone),
        "to": None if version.until is None else isoformat(version.until, zone),
        "run_id": version.run_id,
        "values": plain(version.kind, version.values, zone),
        "withdrawn": version.withdrawn_at is not None,
    }


def raw_record(store: Store, page_id: int, index: int) -> dict[str, Any]:
    """A raw record as it came: its text, where from, and when it was stored (an instant)."""
    with reading(store.engine, "reading a raw record") as connection:
        text = read_raw(connection, page_id, index).decode("utf-8", "replace")
        return {"text": text, **_page(connection, page_id)}


def _page(connection: Connection, page_id: int) -> dict[str, Any]:
    query = select(raw_pages.c.origin, raw_pages.c.stored_at, raw_pages.c.run_id)
    found = connection.execute(query.where(raw_pages.c.page_id == page_id)).mappings().one()
    return dict(found)
