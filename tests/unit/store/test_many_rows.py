"""What SQLite is given many rows a statement it keeps as it was given."""

import sqlite3
from contextlib import closing

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.arrow_column import ArrowColumn
from hub.store.many_rows import insert_rows
from hub.store.rows import Rows
from hub.store.sealing import PlainCodec, Sealer

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1)
ROW = st.tuples(
    st.binary(min_size=16, max_size=16),
    st.binary(max_size=3),
    st.none() | TEXT,
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.binary(max_size=3),
)
NAMES = ("raw_fp", "personal", "title", "closed_at", "applicant_id_index")
TYPES = (pa.binary(), pa.binary(), pa.string(), pa.int64(), pa.binary())


@settings(max_examples=80, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=300), st.lists(st.booleans(), min_size=5, max_size=5))
def test_every_value_arrives_as_given_from_lists_and_from_arrays(given_rows, as_arrays):
    columns = {
        name: ArrowColumn(pa.array(column, type_)) if as_array else list(column)
        for name, column, type_, as_array in zip(
            NAMES, zip(*given_rows, strict=True), TYPES, as_arrays, strict=True
        )
    }
    columns["key"] = [str(n) for n in range(len(given_rows))]
    rows = Rows(
        "t", "case", len(given_rows), {"same": 7, "alike": "洛阳"}, columns, {}, Sealer(PlainCodec(), b"s")
    )
    with closing(sqlite3.connect(":memory:")) as driver:
        kinds = "same INTEGER, alike TEXT, raw_fp BLOB, personal BLOB, title TEXT, closed_at INTEGER"
        driver.execute(f"CREATE TABLE t ({kinds}, applicant_id_index BLOB, key TEXT) STRICT")
        insert_rows(driver, rows)
        kept = driver.execute("SELECT * FROM t ORDER BY rowid").fetchall()
    assert kept == [(7, "洛阳", *row, str(n)) for n, row in enumerate(given_rows)]
