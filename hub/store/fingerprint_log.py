"""Which raw fingerprints came to stand in a stream, and which ceased to: what stands, without reading rows.

Every transaction that changes rows notes both. An entry is 16 bytes for each row that came or went.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, text

from hub.store.engine import reading
from hub.store.fingerprints import WIDTH, FingerprintSet, alike
from hub.store.schema import ROWS, fingerprint_log

#: Entries that are always read faster than they are written anew; beyond them, one to so many rows.
_ENTRIES, _ROWS_PER_ENTRY = 1_000, 100
#: Fingerprints of an entry that is written anew.
_PIECE = 50_000
_JOINED = {
    "postgresql": "string_agg(raw_fp, ''::bytea)",
    "sqlite": "CAST(group_concat(raw_fp, '') AS BLOB)",
}


def note(connection: Connection, stream_id: int, came: bytes, gone: bytes) -> None:
    """Note the fingerprints of rows that now stand, and of rows that stand no more, one after the other."""
    if came or gone:
        row = {"stream_id": stream_id, "came": came, "gone": gone}
        connection.execute(insert(fingerprint_log), row)


def standing(engine: Engine, stream_id: int) -> FingerprintSet:
    """All that stands of a stream, under whatever mapping, in the order in which it came."""
    with reading(engine) as connection:
        came, gone = _entries(connection, stream_id)
    return FingerprintSet(came, b"".join(gone))


def is_true(connection: Connection, stream_id: int) -> bool:
    """Whether the log says of a stream exactly what its rows do."""
    came, gone = _entries(connection, stream_id)
    stand = [piece for table in ROWS.values() for piece in _of_rows(connection, table.c, stream_id)]
    return alike(came, [*stand, *gone])


def _of_rows(connection: Connection, row: Any, stream_id: int) -> Iterator[bytes]:
    query = select(row.raw_fp).where(row.stream_id == stream_id, row.withdrawn_at.is_(None))
    for piece in connection.execution_options(yield_per=_PIECE).scalars(query).partitions():
        yield b"".join(piece)


def _entries(connection: Connection, stream_id: int) -> tuple[list[bytes], list[bytes]]:
    """What came and what went, entry by entry."""
    query = f"SELECT came, gone FROM fingerprint_log WHERE stream_id = {int(stream_id)} ORDER BY log_id"
    driver: Any = connection.connection.dbapi_connection
    # Bytes as bytes, because as text they are twice as long, and written and read a digit at a time.
    as_bytes = {"binary": True} if connection.dialect.name == "postgresql" else {}
    entries = driver.execute(query, **as_bytes).fetchall()
    return [came for came, _ in entries], [gone for _, gone in entries]


def condense(connection: Connection, stream_id: int, kinds: Iterable[str]) -> None:
    """Write the log of a stream anew from its rows, once reading it costs more than that."""
    log = fingerprint_log.c
    told = select(
        func.count(),
        func.coalesce(func.sum(func.length(log.came)), 0),
        func.coalesce(func.sum(func.length(log.gone)), 0),
    ).where(log.stream_id == stream_id)
    entries, came, gone = connection.execute(told).one()
    rows = (came - gone) // WIDTH
    if gone > came - gone or entries > _ENTRIES + rows // _ROWS_PER_ENTRY:
        connection.execute(fingerprint_log.delete().where(log.stream_id == stream_id))
        for kind in sorted(kinds):
            write_anew(connection, kind, stream_id)


def write_anew(connection: Connection, kind: str, stream_id: int) -> None:
    """Note all that stands of one kind of a stream, in the order in which it came."""
    written = text(
        f"INSERT INTO {fingerprint_log.name} (stream_id, came, gone) "
        f"SELECT :stream_id, {_JOINED[connection.dialect.name]}, :nothing FROM ("
        f"SELECT raw_fp, (row_number() OVER (ORDER BY page_id, page_index) - 1) / {_PIECE} AS piece "
        f"FROM {kind}_rows WHERE stream_id = :stream_id AND withdrawn_at IS NULL) AS standing "
        "GROUP BY piece ORDER BY piece"
    )
    connection.execute(written, {"stream_id": stream_id, "nothing": b""})
