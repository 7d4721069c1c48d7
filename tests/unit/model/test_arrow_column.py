"""A column outside of Python says of itself what its values, one by one, would say."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from hub.model.arrow_column import ArrowColumn

TEXT = st.sampled_from(["洛阳", "洛", "阳洛", "ab", "abab"])
COLUMN = st.one_of(
    st.lists(TEXT | st.none(), max_size=6).map(lambda v: pa.array(v, pa.string())),
    st.lists(st.integers(1, 2) | st.none(), max_size=6).map(lambda v: pa.array(v, pa.int64())),
    st.lists(st.floats(1, 2) | st.none(), max_size=6).map(lambda v: pa.array(v, pa.float64())),
    st.lists(st.binary(max_size=2) | st.none(), max_size=6).map(lambda v: pa.array(v, pa.binary())),
)


@given(COLUMN, st.integers(0, 3))
def test_it_is_alike_where_every_row_has_the_same_text_or_number(array, start):
    values = array[start:].to_pylist()
    alike = len(set(values)) == 1 and isinstance(values[0], str | int)
    assert ArrowColumn(array[start:]).alike == alike
    assert ArrowColumn(array[start:]).values == values


@given(COLUMN, st.integers(0, 3))
def test_it_has_a_width_where_all_are_bytes_of_one_size(array, start):
    values = array[start:].to_pylist()
    sizes = {len(value) if isinstance(value, bytes) else 0 for value in values}
    assert ArrowColumn(array[start:]).width == (sizes.pop() if len(sizes) == 1 else 0)
