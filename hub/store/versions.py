"""Every version of every row of one case, and which of them were current at an instant."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from sqlalchemy import Connection, Table, select

from hub.model.instants import isoformat
from hub.model.kinds import CASE_KINDS, KINDS
from hub.model.records import shown_key
from hub.store.schema import HISTORY, ROWS, streams
from hub.store.sealing import unseal


@dataclass(frozen=True, slots=True)
class Version:
    """What a stream said of a record from one instant to another. ``until`` None: it still does.

    A version that arrived when a newer one was already known was never current: it ends as it begins.
    """

    kind: str
    key: str
    stream: str
    rank: int
    since: int
    until: int | None
    run_id: int
    first_seen_at: int
    withdrawn_at: int | None
    page_id: int
    page_index: int
    values: Mapping[str, Any]

    def is_current(self, known_at: int | None) -> bool:
        if known_at is None:
            return self.until is None
        return self.since <= known_at and (self.until is None or known_at < self.until)

    def is_withdrawn(self, known_at: int | None) -> bool:
        return self.withdrawn_at is not None and (known_at is None or self.withdrawn_at <= known_at)

    @property
    def shown_key(self) -> str:
        return shown_key(self.key)


def versions_of(connection: Connection, source_id: int, case_no: str) -> list[Version]:
    """All versions of a case's rows, kind by kind, record by record, each record's in order of arrival."""
    found = [version for kind in CASE_KINDS for version in _of_kind(connection, kind, source_id, case_no)]
    order = {kind: place for place, kind in enumerate(CASE_KINDS)}
    found.sort(key=lambda v: (order[v.kind], v.key, v.rank, v.since, v.until is None, v.until or 0))
    return found


def _of_kind(connection: Connection, kind: str, source_id: int, case_no: str) -> Iterator[Version]:
    for table, since, until in (
        (HISTORY[kind], "arrived_at", "superseded_at"),
        (ROWS[kind], "last_changed_at", None),
    ):
        own = table.c.key if kind == "case" else table.c.case_no
        query = (
            select(table, streams.c.name.label("stream_"), streams.c.rank.label("rank_"))
            .join(streams, streams.c.stream_id == table.c.stream_id)
            .where(table.c.source_id == source_id, own == case_no, _told_by(table, source_id))
        )
        for row in connection.execute(query).mappings():
            yield _version(kind, row, row[since], None if until is None else row[until])


def _told_by(table: Table, source_id: int) -> Any:
    # For the index, which begins with the stream.
    return table.c.stream_id.in_(select(streams.c.stream_id).where(streams.c.source_id == source_id))


def _version(kind: str, row: Mapping[Any, Any], since: int, until: int | None) -> Version:
    values = {f.name: row[f.name] for f in KINDS[kind].fields if f.name in row}
    if kind == "case":
        values = {"case_no": row["key"], **values}
    if "personal" in row:
        values |= unseal(kind, row["personal"], row["personal_key_id"])
    return Version(
        kind=kind,
        key=row["key"],
        stream=row["stream_"],
        rank=row["rank_"],
        since=since,
        until=until,
        run_id=row["run_id"],
        first_seen_at=row["first_seen_at"],
        withdrawn_at=row["withdrawn_at"],
        page_id=row["page_id"],
        page_index=row["page_index"],
        values=values,
    )


def plain(kind: str, values: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    """Values as they are printed: ISO instants, yuan, booleans; absent ones left out."""
    shown = {}
    for field in KINDS[kind].fields:
        value = values.get(field.name)
        if value is not None:
            shown[field.name] = _plain(field.type, value, zone)
    return shown


def _plain(type_: str, value: Any, zone: tzinfo) -> Any:
    if type_ in ("instant", "date"):
        return isoformat(value, zone)
    if type_ == "money":
        return value / 100
    return bool(value) if type_ == "boolean" else value
