"""Reading columns from PostgreSQL: it packs each into one value, so that nothing is done per row here."""

from typing import Any

import numpy as np
from sqlalchemy import Connection

from hub.model.instants import NO_INSTANT
from hub.store.columns import Columns, Lexicon, Shape, coded

_PACKS: dict[Shape, str] = {
    "integer": f"string_agg(int8send(coalesce({{name}}, ({NO_INSTANT})::bigint)), '')",
    "real": "string_agg(float8send(coalesce({name}, 'NaN')), '')",
    "word": "string_agg(textsend(coalesce({name}, '')), '\\x00')",
}
#: No text of PostgreSQL holds a NUL.
_TEXT_END = b"\0"


def fetch_packed(
    connection: Connection, query: str, shapes: dict[str, Shape], lexicons: dict[str, Lexicon]
) -> Columns:
    quote = connection.dialect.identifier_preparer.quote
    packs = ", ".join(_PACKS[shape].format(name=quote(name)) for name, shape in shapes.items())
    driver: Any = connection.connection.driver_connection
    # Not in parallel, because the parts would be joined in any order.
    driver.execute("SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off")
    with driver.cursor(binary=True) as cursor:
        cursor.execute(f"SELECT count(*), {packs} FROM ({query}) AS rows_".encode())
        found = cursor.pgresult
        columns = Columns(int.from_bytes(found.get_value(0, 0), "big"))
        for place, (name, shape) in enumerate(shapes.items(), 1):
            _unpack(columns, name, shape, found.get_value(0, place) or b"", lexicons.get(name))
    return columns


def _unpack(columns: Columns, name: str, shape: Shape, pack: bytes, lexicon: Lexicon | None) -> None:
    if shape == "word":
        columns.words[name] = coded(pack.split(_TEXT_END) if columns.count else [], lexicon)
    elif shape == "real":
        columns.numbers[name] = np.frombuffer(pack, dtype=">f8").astype(np.float64)
    else:
        columns.numbers[name] = np.frombuffer(pack, dtype=">i8").astype(np.int64)
