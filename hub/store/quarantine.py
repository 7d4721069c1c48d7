"""Rejected records: kept with their reason until a good version comes or a person discards them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from hub.errors import ConfigError
from hub.model.records import KEY_SEPARATOR, Rejection
from hub.store.raw_pages import read_raw
from hub.store.rows import Head, Place, Places
from hub.store.schema import quarantine, sources, streams

_PIECE = 5_000
_OPEN = quarantine.c.status == "open"


@dataclass(slots=True)
class Held:
    """The open quarantined records of a stream, as far as a run must know them."""

    keys: set[str] = field(default_factory=set)
    digests: set[bytes] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.digests)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A rejection with the digest of its raw record."""

    rejection: Rejection
    digest: bytes


def load_held(connection: Connection, stream_id: int) -> Held:
    query = select(quarantine.c.key, quarantine.c.digest).where(_OPEN, quarantine.c.stream_id == stream_id)
    held = Held()
    for key, digest in connection.execute(query):
        held.digests.add(bytes(digest))
        if key is not None:
            held.keys.add(key)
    return held


def known_digests(connection: Connection, stream_id: int, digests: Sequence[bytes]) -> dict[bytes, str]:
    """Which of these raw records were quarantined before, and what became of them."""
    found: dict[bytes, str] = {}
    for part in _pieces(digests):
        query = select(quarantine.c.digest, quarantine.c.status).where(
            quarantine.c.stream_id == stream_id, quarantine.c.digest.in_(part)
        )
        found |= {bytes(digest): status for digest, status in connection.execute(query)}
    return found


def keep(
    connection: Connection,
    head: Head,
    rejected: Sequence[Rejected],
    known: dict[bytes, str],
    places: Places,
) -> set[str]:
    """Store rejections, each raw record once; returns the cases that are held from now on."""
    latest = {r.digest: r for r in rejected}
    for digest in latest.keys() & known.keys():
        place = places[latest[digest].rejection.index] if known[digest] == "resolved" else None
        _again(connection, head, latest[digest], place)
    fresh = [_row(head, r, places[r.rejection.index]) for d, r in latest.items() if d not in known]
    if fresh:
        connection.execute(insert(quarantine), fresh)
    opened = [r for d, r in latest.items() if known.get(d) in (None, "resolved")]
    return {_case_of(r.rejection.key) for r in opened if r.rejection.key}


def _again(connection: Connection, head: Head, rejected: Rejected, place: Place | None) -> None:
    """Renew one that is known; with a new place it is opened again: it came after what resolved it."""
    told = _told(head, rejected.rejection)
    if place is not None:
        told |= {"status": "open", "page_id": place[0], "page_index": place[1]}
        told |= {"settled_at": None, "settled_by": None, "settled_reason": None}
    same = (quarantine.c.stream_id == head.stream_id) & (quarantine.c.digest == rejected.digest)
    connection.execute(update(quarantine).where(same).values(told))


def _told(head: Head, rejection: Rejection) -> dict[str, Any]:
    """What the latest arrival says; the first one's place and time stay."""
    told: dict[str, Any] = {
        "mapping_id": head.mapping_id,
        "run_id": head.run_id,
        "reason": rejection.reason,
        "field": storable(rejection.field),
        "value": storable(rejection.value),
        "message": storable(rejection.message) or "",
        "last_seen_at": head.now,
    }
    if rejection.key:
        told |= {"key": rejection.key, "case_no": _case_of(rejection.key)}
    return told


def _row(head: Head, rejected: Rejected, place: Place) -> dict[str, Any]:
    row: dict[str, Any] = {"key": None, "case_no": None} | _told(head, rejected.rejection)
    return row | {
        "source_id": head.source_id,
        "stream_id": head.stream_id,
        "status": "open",
        "digest": rejected.digest,
        "page_id": place[0],
        "page_index": place[1],
        "first_seen_at": head.now,
    }


def storable(text: str | None) -> str | None:
    """Text of a record nobody could read may hold anything; what a database refuses is shown escaped."""
    if text is None:
        return None
    return text.replace("\x00", "\\0").encode("utf-8", "backslashreplace").decode()


def _case_of(key: str) -> str:
    return key.split(KEY_SEPARATOR, 1)[0]


def resolve(
    connection: Connection, head: Head, keys: Collection[str], digests: Collection[bytes]
) -> set[str]:
    """A good version of these came: settle what was quarantined; returns the cases set free."""
    freed: set[str] = set()
    for column, values in ((quarantine.c.key, keys), (quarantine.c.digest, digests)):
        for part in _pieces(values):
            freed |= _settle(connection, head, column.in_(part))
    return freed


def _settle(connection: Connection, head: Head, which: ColumnElement[bool]) -> set[str]:
    settled = connection.execute(
        update(quarantine)
        .where(_OPEN, quarantine.c.stream_id == head.stream_id, which)
        .values(status="resolved", settled_at=head.now, settled_by=f"run {head.run_id}")
        .returning(quarantine.c.case_no)
    )
    return {case_no for (case_no,) in settled if case_no is not None}


def _pieces(values: Collection[Any]) -> Iterator[list[Any]]:
    rest = iter(values)
    while part := list(islice(rest, _PIECE)):
        yield part


def _listed() -> Any:
    table = quarantine.join(streams, streams.c.stream_id == quarantine.c.stream_id)
    table = table.join(sources, sources.c.source_id == quarantine.c.source_id)
    names = (sources.c.name.label("source"), streams.c.name.label("stream"))
    return select(quarantine, *names).select_from(table)


def _shown(row: Row[Any]) -> dict[str, Any]:
    told = {k: v for k, v in row._mapping.items() if k not in ("digest", "source_id", "stream_id")}
    return {"id": told.pop("quarantine_id"), **told}


def list_quarantined(connection: Connection, source: str | None, status: str) -> list[dict[str, Any]]:
    query = _listed().where(quarantine.c.status == status).order_by(quarantine.c.quarantine_id)
    if source is not None:
        query = query.where(sources.c.name == source)
    return [_shown(row) for row in connection.execute(query)]


def show_quarantined(connection: Connection, quarantine_id: int) -> dict[str, Any] | None:
    """One record with its raw bytes; None when there is none of that id."""
    found = connection.execute(_listed().where(quarantine.c.quarantine_id == quarantine_id)).first()
    if found is None:
        return None
    return _shown(found) | {"raw": read_raw(connection, found.page_id, found.page_index)}


def discard(connection: Connection, quarantine_id: int, by: str, reason: str, now: int) -> Row[Any]:
    """A person decides that a record is not needed; returns its source and case."""
    done = connection.execute(
        update(quarantine)
        .where(_OPEN, quarantine.c.quarantine_id == quarantine_id)
        .values(status="discarded", settled_at=now, settled_by=by, settled_reason=reason)
        .returning(quarantine.c.source_id, quarantine.c.case_no)
    ).first()
    if done is None:
        raise ConfigError(f"no open quarantined record {quarantine_id}", remedy="see `hub quarantine list`")
    return done
