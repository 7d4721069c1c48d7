"""A value fingerprint is the same whichever way the cells of a row were written side by side."""

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from xxhash import xxh3_64_digest, xxh3_128_digest

from hub.model.arrow_column import ArrowColumn
from hub.store.fingerprints import SeenKeys, value_fingerprints

#: Letters, and all that has a meaning where cells are written into lines.
TEXT = st.text('王a",;\n\r\t\x01\x02\x1e\x1f', min_size=1)
PLAIN = st.text("王a0 ", min_size=1)
NUMBER = st.integers(-(2**63), 2**63 - 1)


def rows(key: st.SearchStrategy[str], text: st.SearchStrategy[str]):
    row = st.tuples(key, *(st.none() | one for one in (text, NUMBER, st.floats(), st.binary(), text)))
    return st.lists(row, min_size=1, max_size=8)


def written(value: object) -> str:
    return "" if value is None else value.hex() if isinstance(value, bytes) else str(value)


@settings(deadline=None)
@given(rows(PLAIN, PLAIN) | rows(TEXT, PLAIN) | rows(PLAIN, TEXT), st.booleans(), st.integers(0, 7))
@example([("a\x1f1", None, 1, 0.5, b"\n", "b"), ("a\x1f2", None, None, None, None, None)], True, 1)
@example([("a\x01", '"', 1, 0.5, b"\n", "b\x1f")], False, 0)
def test_a_fingerprint_covers_the_written_cells_and_the_marks_between_them(made, as_arrays, start):
    start %= len(made)
    salt = int.from_bytes(xxh3_64_digest(b"case"), "big")
    expected = [xxh3_128_digest("\x1f".join(map(written, row)).encode(), salt) for row in made]
    columns = [list(column) for column in zip(*made, strict=True)]
    if as_arrays:
        types = (pa.string(), pa.string(), pa.int64(), pa.float64(), pa.binary(), pa.string())
        columns = [ArrowColumn(pa.array(c, t)) for c, t in zip(columns, types, strict=True)]
    parts = [column[start:] for column in columns]
    assert list(value_fingerprints("case", parts)) == expected[start:]


def test_long_columns_are_covered_row_by_row():
    keys = [f"4103{n}" for n in range(5_000)]
    titles = [None if n % 3 else f'the "{n}"' if n % 2_500 == 0 else str(n) for n in range(5_000)]
    one_by_one = [value_fingerprints("case", [[k], [t]])[0] for k, t in zip(keys, titles, strict=True)]
    assert list(value_fingerprints("case", [keys, titles])) == one_by_one


def test_a_key_is_met_again_under_its_kind_alone():
    seen = SeenKeys()
    seen.add(SeenKeys.hashes("case", ["一", "b"]))
    assert (seen.has("一", "case"), seen.has("一", "step"), seen.has("c", "case")) == (True, False, False)
