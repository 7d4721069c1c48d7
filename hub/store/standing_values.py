"""The value fingerprints of a stream's rows, in large pieces, read in the fastest way of each engine."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine

from hub.store.engine import reading, tell
from hub.store.runs import StreamState

#: In the order in which the rows lie, which is mostly that in which they come again.
_IN_ORDER = ("synchronize_seqscans = off", "max_parallel_workers_per_gather = 0", "jit = off")
#: How many pages a table has, and whether a third or more of its rows are of one stream.
_SHARE = (
    b"SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::int, "
    b"coalesce(3 * sum(rows) FILTER (WHERE stream_id = %s) >= sum(rows), false) "
    b"FROM stream_kinds WHERE kind = %s"
)
#: Pages of a table whose fingerprints PostgreSQL joins at once.
_SPAN_PAGES = 2_048
#: Rows whose fingerprints SQLite joins at once, and rows that it hands over at once.
_SPAN_ROWS, _PIECE_ROWS = 50_000, 20_000


def standing_values(engine: Engine, state: StreamState, mapping_id: int) -> Iterator[bytes]:
    """The value fingerprints of all rows of a stream that stand under a mapping version, in pieces."""
    of_kind = _of_postgresql if engine.dialect.name == "postgresql" else _of_sqlite
    with reading(engine) as connection:
        for kind, rows in state.kinds.items():
            if rows:
                yield from of_kind(connection, kind, state.stream_id, mapping_id)


def _of_postgresql(connection: Connection, kind: str, stream_id: int, mapping_id: int) -> Iterator[bytes]:
    tell(connection, *_IN_ORDER)
    driver: Any = connection.connection.dbapi_connection
    joined = (
        f"SELECT string_agg(value_fp, ''::bytea) FROM {kind}_rows "
        "WHERE stream_id = %s AND mapping_id = %s AND withdrawn_at IS NULL"
    )
    values = (stream_id, mapping_id)
    with driver.cursor(binary=True) as cursor:
        pages, most = cursor.execute(_SHARE, (f"{kind}_rows", stream_id, kind)).fetchone()
        if not most:
            yield cursor.execute(joined.encode(), values).fetchone()[0] or b""
            return
        # Not all at once, because the driver then holds it twice.
        for start in range(0, pages, _SPAN_PAGES):
            span = f" AND ctid >= '({start},0)'::tid AND ctid < '({start + _SPAN_PAGES},0)'::tid"
            yield cursor.execute((joined + span).encode(), values).fetchone()[0] or b""


def _of_sqlite(connection: Connection, kind: str, stream_id: int, mapping_id: int) -> Iterator[bytes]:
    driver: Any = connection.connection.dbapi_connection
    values, stands = (stream_id, mapping_id), "mapping_id = ? AND withdrawn_at IS NULL"
    own, every = driver.execute(
        "SELECT total(rows) FILTER (WHERE stream_id = ?), total(rows) FROM stream_kinds WHERE kind = ?",
        (stream_id, kind),
    ).fetchone()
    # Not in the order of the key, because that reads the table's pages all across.
    if own * 3 < every:
        among = f"rowid IN (SELECT rowid FROM {kind}_rows WHERE stream_id = ?)"
        found = driver.execute(f"SELECT value_fp FROM {kind}_rows WHERE {among} AND {stands}", values)
        while piece := found.fetchmany(_PIECE_ROWS):
            yield b"".join([row[0] for row in piece])
        return
    # Joined by SQLite, which takes a third of the time, and lets other threads go on meanwhile.
    joined = f"SELECT CAST(group_concat(value_fp, '') AS BLOB) FROM {kind}_rows WHERE +stream_id = ?"
    last = driver.execute(f"SELECT coalesce(max(rowid), -1) FROM {kind}_rows").fetchone()[0]
    for start in range(0, last + 1, _SPAN_ROWS):
        span = (*values, start, start + _SPAN_ROWS - 1)
        (blob,) = driver.execute(f"{joined} AND {stands} AND rowid BETWEEN ? AND ?", span).fetchone()
        yield blob or b""
