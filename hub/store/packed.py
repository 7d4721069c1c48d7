"""Reading columns from PostgreSQL: it packs each into one value, so that nothing is done per row here."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection

from hub.model.instants import NO_INSTANT
from hub.store.columns import Columns, Shape, coded_pack
from hub.store.engine import tell
from hub.store.names import Names

_NULS = "string_agg(textsend(coalesce({name}, '')), '\\x00')"
_PACKS: dict[Shape, str] = {
    "integer": f"string_agg(int8send(coalesce({{name}}, ({NO_INSTANT})::bigint)), '')",
    "real": "string_agg(float8send(coalesce({name}, 'NaN')), '')",
    # Not as bytes, because text goes together in half the time; what separates may stand in a text too.
    "word": "string_agg(coalesce({name}, ''), E'\\x01')",
    "names": _NULS,
}
#: Not in parallel, because the parts would be joined in any order.
STEADY = ("max_parallel_workers_per_gather = 0", "jit = off")
_END_IN_TEXT = b"\1"
#: No text of PostgreSQL holds a NUL.
_END = b"\0"


def fetch_packed(
    connection: Connection, query: str, shapes: Mapping[str, Shape], unasked: Sequence[str], stray: str
) -> Columns:
    """The columns of a query; ``stray``: whether any row has a value in those unasked, as a column of one."""
    quote = connection.dialect.identifier_preparer.quote
    asked: list[str] = []
    if unasked:
        asked.append(f"coalesce(bool_or(num_nonnulls({', '.join(map(quote, unasked))}) > 0), false)")
    packs = [_PACKS[shape].format(name=quote(name)) for name, shape in shapes.items()]
    count, *found = _run(connection, query, [*asked, *packs])
    columns = Columns(int.from_bytes(count, "big"))
    if unasked:
        columns.numbers[stray] = np.frombuffer(found.pop(0), dtype=np.int8).astype(np.int64)
    end, packed = _END_IN_TEXT, dict(zip(shapes, found, strict=True))
    if any(packed[name].count(end) != max(columns.count - 1, 0) for name in shapes if shapes[name] == "word"):
        packs = [(_NULS if s == "word" else _PACKS[s]).format(name=quote(n)) for n, s in shapes.items()]
        end, packed = _END, dict(zip(shapes, _run(connection, query, packs)[1:], strict=True))
    for name, shape in shapes.items():
        _unpack(columns, name, shape, packed[name], end)
    return columns


def _run(connection: Connection, query: str, packs: Sequence[str]) -> list[bytes]:
    driver: Any = connection.connection.driver_connection
    tell(connection, *STEADY)
    with driver.cursor(binary=True) as cursor:
        cursor.execute(f"SELECT count(*), {', '.join(packs)} FROM ({query}) AS rows_".encode())
        return [cursor.pgresult.get_value(0, place) or b"" for place in range(len(packs) + 1)]


def _unpack(columns: Columns, name: str, shape: Shape, pack: bytes, end: bytes) -> None:
    if shape == "names":
        columns.names[name] = Names.unpacked(pack, columns.count)
    elif shape == "word" and len(pack) < columns.count:
        columns.put_absent(name, shape)  # nothing but what separates
    elif shape == "word":
        columns.words[name] = coded_pack(pack, columns.count, end)
    elif shape == "real":
        columns.numbers[name] = np.frombuffer(pack, dtype=">f8").astype(np.float64)
    else:
        columns.numbers[name] = np.frombuffer(pack, dtype=">i8").astype(np.int64)
