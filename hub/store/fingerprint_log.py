"""Which fingerprints came to stand in a stream, and which ceased to: what stands, without reading its rows.

Every transaction that changes rows notes both. An entry is 32 bytes for each row that came or went.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, Engine, func, insert, select, text

from hub.store.engine import reading
from hub.store.fingerprints import WIDTH, FingerprintSet, Hashes, tally
from hub.store.schema import ROWS, fingerprint_log

#: The fingerprints of some rows, one after the other: of their raw bytes, and of their values.
Fingerprints = tuple[bytes, bytes]
#: Which of the two.
Of = Literal["raw", "value"]

#: Entries that are always read faster than they are written anew; beyond them, one to so many rows.
_ENTRIES, _ROWS_PER_ENTRY = 1_000, 100
#: Fingerprints of an entry that is written anew.
_PIECE = 50_000

#: By engine, both columns of fingerprints of some rows as two values, NULL where there are no rows.
JOINED = {
    "postgresql": "string_agg(raw_fp, ''::bytea), string_agg(value_fp, ''::bytea)",
    "sqlite": "CAST(group_concat(raw_fp, '') AS BLOB), CAST(group_concat(value_fp, '') AS BLOB)",
}


@dataclass(slots=True)
class Entry:
    """What one transaction makes of the rows of a stream."""

    came: list[Fingerprints] = field(default_factory=list)
    gone: list[Fingerprints] = field(default_factory=list)

    def columns(self) -> dict[str, bytes]:
        """As they are noted."""
        return {
            f"{name}_{of}": b"".join([one[at] for one in some])
            for name, some in (("came", self.came), ("gone", self.gone))
            for at, of in enumerate(("raw", "value"))
        }


def note(connection: Connection, stream_id: int, mapping_id: int, entry: Entry) -> None:
    """Note what stands now, under this mapping, and what stands no more, under whatever mapping it did."""
    if entry.came or entry.gone:
        row = {"stream_id": stream_id, "mapping_id": mapping_id, **entry.columns()}
        connection.execute(insert(fingerprint_log), row)


def standing(engine: Engine, stream_id: int, *, believed: bool = True) -> FingerprintSet:
    """Of the raw bytes of all that stands in a stream, in the order in which it came.

    ``believed``: as the log says; else as the rows do, in any order.
    """
    with reading(engine) as connection:
        if believed:
            return FingerprintSet(*_log(connection, stream_id, "raw"))
        return FingerprintSet(raw for raw, _ in _standing_rows(connection, stream_id))


def standing_values(engine: Engine, stream_id: int, mapping_id: int) -> FingerprintSet:
    """Of the values of what stands under a mapping, also without some of it: where the same values ceased
    to stand under another mapping.
    """
    with reading(engine) as connection:
        return FingerprintSet(*_log(connection, stream_id, "value", mapping_id))


def is_true(connection: Connection, stream_id: int) -> bool:
    """Whether the log says of a stream exactly what its rows do."""
    stand: dict[Of, Hashes] = {"raw": tally(()), "value": tally(())}
    for raws, values in _standing_rows(connection, stream_id):
        stand["raw"] += tally([raws])
        stand["value"] += tally([values])
    return all((told == _tally(connection, stream_id, of)).all() for of, told in stand.items())


def _tally(connection: Connection, stream_id: int, of: Of) -> Hashes:
    """Of what stands, as the log says."""
    came, gone = _log(connection, stream_id, of)
    return tally(came) - tally([gone])


def _standing_rows(connection: Connection, stream_id: int) -> Iterator[Fingerprints]:
    """What the rows themselves say, page by page: joined by the database, in half the time of row by row."""
    joined = JOINED[connection.dialect.name]
    for kind in ROWS:
        of_stream = f"FROM {kind}_rows WHERE stream_id = {int(stream_id)} AND withdrawn_at IS NULL"
        yield from _pieces(connection, f"SELECT {joined} {of_stream} GROUP BY page_id")


def _log(
    connection: Connection, stream_id: int, of: Of, mapping_id: int | None = None
) -> tuple[Iterator[bytes], bytes]:
    """What came, entry by entry, and all that went. ``mapping_id``: came under it; None: under any."""
    of_stream = f"FROM fingerprint_log WHERE stream_id = {int(stream_id)}"
    under = "" if mapping_id is None else f"AND mapping_id = {int(mapping_id)}"
    gone = b"".join(piece for (piece,) in _pieces(connection, f"SELECT gone_{of} {of_stream}"))
    came = _pieces(connection, f"SELECT came_{of} {of_stream} {under} ORDER BY log_id")
    return (piece for (piece,) in came), gone


def _pieces(connection: Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """One at a time, because a driver that has them all holds each twice."""
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        yield from driver.execute(query)
        return
    with driver.cursor() as cursor:
        # Bytes as bytes, because as text they are twice as long, and written and read a digit at a time.
        yield from cursor.stream(query, binary=True)


def condense(connection: Connection, stream_id: int, kinds: Iterable[str]) -> None:
    """Write the log of a stream anew from its rows, once reading it costs more than that."""
    log = fingerprint_log.c
    sizes = (func.coalesce(func.sum(func.length(size)), 0) for size in (log.came_raw, log.gone_raw))
    told = select(func.count(), *sizes).where(log.stream_id == stream_id)
    entries, came, gone = connection.execute(told).one()
    if 2 * gone > came or entries > _ENTRIES + (came - gone) // (WIDTH * _ROWS_PER_ENTRY):
        write_all_anew(connection, kinds, stream_id)


def write_all_anew(connection: Connection, kinds: Iterable[str], stream_id: int) -> None:
    """Have the log of a stream say what its rows of these kinds do."""
    connection.execute(fingerprint_log.delete().where(fingerprint_log.c.stream_id == stream_id))
    for kind in sorted(kinds):
        write_anew(connection, kind, stream_id)


def write_anew(connection: Connection, kind: str, stream_id: int) -> None:
    """Note all that stands of one kind of a stream, in the order in which it came."""
    written = text(
        "INSERT INTO fingerprint_log (stream_id, mapping_id, came_raw, came_value, gone_raw, gone_value) "
        f"SELECT :stream_id, mapping_id, {JOINED[connection.dialect.name]}, "
        ":nothing, :nothing FROM (SELECT raw_fp, value_fp, mapping_id, "
        f"(row_number() OVER (ORDER BY page_id, page_index) - 1) / {_PIECE} AS piece "
        f"FROM {kind}_rows WHERE stream_id = :stream_id AND withdrawn_at IS NULL) AS standing "
        "GROUP BY piece, mapping_id ORDER BY piece, mapping_id"
    )
    connection.execute(written, {"stream_id": stream_id, "nothing": b""})
