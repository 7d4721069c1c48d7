"""What is copied to PostgreSQL in its binary format is read back as it was given."""

import math
import struct

import psycopg
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.arrow_column import ArrowColumn
from hub.store.binary_copy import BEGIN, END, copy_rows

INTEGER = st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1)
ROW = st.tuples(*(st.none() | one for one in (INTEGER, st.floats(allow_nan=False), TEXT, st.binary())))
TYPES = (pa.int64(), pa.float64(), pa.string(), pa.binary())


def copied(url: str, constants, columns):
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE t (same bigint, alike text, n bigint, d float8, t text, b bytea)")
        with cursor.copy("COPY t FROM STDIN (FORMAT BINARY)") as copy:
            for block in (BEGIN, copy_rows(constants, columns), END):
                copy.write(block)
        return cursor.execute("SELECT * FROM t").fetchall()


def told_apart(rows):
    """0.0 and -0.0 are equal, but not the same."""
    return [tuple(struct.pack(">d", v) if isinstance(v, float) else v for v in row) for row in rows]


@settings(max_examples=60, deadline=None)
@given(st.tuples(INTEGER, TEXT), st.lists(ROW, min_size=1, max_size=20), st.data())
def test_every_value_arrives_as_given_from_lists_and_from_parts_of_arrays(pg_server, constants, rows, data):
    columns = list(zip(*rows, strict=True))
    if data.draw(st.booleans(), "as arrays"):
        start = data.draw(st.integers(0, len(rows) - 1))
        rows = rows[start:]
        columns = [ArrowColumn(pa.array(c, t)[start:]) for c, t in zip(columns, TYPES, strict=True)]
    expected = [(*constants, *row) for row in rows]
    assert told_apart(copied(pg_server, constants, columns)) == told_apart(expected)


def test_what_is_no_number_arrives_as_such(pg_server):
    [row] = copied(pg_server, [1, "一"], [[1], [math.nan], ["x"], [b""]])
    assert math.isnan(row[3])


def test_a_column_of_another_type_is_refused():
    with pytest.raises(TypeError, match="date32"):
        copy_rows([1], [ArrowColumn(pa.array([0], pa.date32()))])
