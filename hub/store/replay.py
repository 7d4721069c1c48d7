"""Kept raw records, read again: rows of another mapping version, and what is quarantined."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, Engine, Select, exists, func, literal, select, union_all

from hub.store.engine import reading
from hub.store.kept import KeptBatch
from hub.store.outcomes import RowId
from hub.store.raw_pages import read_page
from hub.store.rows import Place
from hub.store.schema import ROWS, mappings, quarantine, sources, stream_kinds, streams

BATCH = 10_000
_PAGES_AT_HAND = 4


@dataclass(frozen=True, slots=True)
class _Kept:
    """A kept raw record, before its bytes are fetched."""

    place: Place
    rows: frozenset[RowId]
    key: str | None


def replay_batches(
    engine: Engine,
    source: str,
    stream: str,
    mapping_version: str,
    *,
    only_quarantined: bool = False,
    size: int = BATCH,
) -> Generator[KeptBatch]:
    """What must go through this mapping version again, in order of arrival.

    Rows made by another version first, then quarantined records that this version has not seen.
    ``only_quarantined`` (a retry): every open quarantined record, and nothing else.
    """
    with reading(engine) as connection:
        stream_id = _stream_id(connection, source, stream)
        mapping = select(mappings.c.mapping_id).where(mappings.c.version == mapping_version)
        mapping_id = connection.execute(mapping).scalar() or -1
    if stream_id is None:
        return
    if not only_quarantined:
        with (
            reading(engine) as connection,
            closing(_stale_rows(connection, stream_id, mapping_id)) as stale,
        ):
            yield from _batches(connection, stream, stale, size)
    # A view of its own: what the rows brought in has settled some of them.
    with reading(engine) as connection:
        other = None if only_quarantined else mapping_id
        yield from _batches(connection, stream, _quarantined(connection, stream_id, other), size)


def stale_streams(engine: Engine, source: str, mapping_version: str) -> list[str]:
    """The same as Store.stale_streams, by looking at every row."""
    with reading(engine) as connection:
        names = select(streams.c.name).join(sources, sources.c.source_id == streams.c.source_id)
        found = [name for (name,) in connection.execute(names.where(sources.c.name == source))]
    return [name for name in found if _is_stale(engine, source, name, mapping_version)]


def _is_stale(engine: Engine, source: str, stream: str, mapping_version: str) -> bool:
    with closing(replay_batches(engine, source, stream, mapping_version, size=1)) as batches:
        return next(batches, None) is not None


def _stream_id(connection: Connection, source: str, stream: str) -> int | None:
    query = select(streams.c.stream_id).join(sources, sources.c.source_id == streams.c.source_id)
    found = connection.execute(query.where(sources.c.name == source, streams.c.name == stream)).scalar()
    return None if found is None else int(found)


def _stale_rows(connection: Connection, stream_id: int, mapping_id: int) -> Generator[_Kept]:
    of_stream = select(stream_kinds.c.kind).where(stream_kinds.c.stream_id == stream_id)
    kinds = [kind for (kind,) in connection.execute(of_stream)]
    if not kinds:
        return
    parts = union_all(*(_stale_of_kind(kind, stream_id, mapping_id) for kind in kinds)).subquery()
    query = select(parts).order_by(parts.c.page_id, parts.c.page_index)
    # Closed whatever happens, because who only asks whether there is one leaves the rest unread.
    with closing(connection.execute(query, execution_options={"yield_per": BATCH})) as found:
        for place, rows in groupby(found, key=lambda row: (row.page_id, row.page_index)):
            told = [(row.kind, row.key, row.identity) for row in rows]
            yield _Kept(place, frozenset((kind, key) for kind, key, _ in told), told[0][2])


def _stale_of_kind(kind: str, stream_id: int, mapping_id: int) -> Select[Any]:
    c = ROWS[kind].c
    identity = func.coalesce(c.raw_key, c.key)
    # Not what this version already rejected, because it would be rejected again for ever.
    rejected = exists().where(
        quarantine.c.stream_id == c.stream_id,
        quarantine.c.key == identity,
        quarantine.c.status != "resolved",
        quarantine.c.mapping_id == mapping_id,
    )
    columns = (c.page_id, c.page_index, literal(kind).label("kind"), c.key, identity.label("identity"))
    stale = (c.stream_id == stream_id, c.mapping_id != mapping_id, c.withdrawn_at.is_(None), ~rejected)
    return select(*columns).where(*stale)


def _quarantined(connection: Connection, stream_id: int, mapping_id: int | None) -> Iterator[_Kept]:
    c = quarantine.c
    query = select(c.page_id, c.page_index, c.key).where(c.stream_id == stream_id, c.status == "open")
    if mapping_id is not None:
        query = query.where(c.mapping_id != mapping_id)
    for row in connection.execute(query.order_by(c.page_id, c.page_index)).all():
        yield _Kept((row.page_id, row.page_index), frozenset(), row.key)


def _batches(connection: Connection, stream: str, kept: Iterable[_Kept], size: int) -> Iterator[KeptBatch]:
    pages: dict[int, list[bytes]] = {}
    rest = iter(kept)
    while part := list(islice(rest, size)):
        raws = [_raw(connection, pages, one.place) for one in part]
        yield KeptBatch(
            stream,
            raws,
            "kept",
            None,
            [one.place for one in part],
            [one.rows for one in part],
            [one.key for one in part],
        )


def _raw(connection: Connection, pages: dict[int, list[bytes]], place: Place) -> bytes:
    page_id, index = place
    if page_id not in pages:
        if len(pages) >= _PAGES_AT_HAND:
            del pages[next(iter(pages))]
        pages[page_id] = read_page(connection, page_id)
    return pages[page_id][index]
