"""Personal fields come back as they were, however they were packed."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.arrow_column import ArrowColumn
from hub.store.sealing import PlainCodec, Sealer, blind_column, blind_index, unseal

TEXTS = st.text("王a0", min_size=1, max_size=300)
SEALER = Sealer(PlainCodec(), b"secret")


@settings(deadline=None)  # the first one loads what joins columns
@given(st.lists(st.tuples(TEXTS | st.none(), TEXTS), min_size=1, max_size=6))
def test_sealed_columns_are_the_sealed_rows_whether_packed_whole_or_one_by_one(
    rows: list[tuple[str | None, str]],
) -> None:
    lists = {"applicant_name": [a for a, _ in rows], "phone": [b for _, b in rows]}
    arrays = {name: ArrowColumn(pa.array(column, pa.string())) for name, column in lists.items()}
    one_by_one = SEALER.columns("case", lists, len(rows))
    whole = SEALER.columns("case", arrays, len(rows))
    assert {name: list(column) for name, column in whole.items()} == one_by_one
    for sealed, (name, phone) in zip(whole["personal"], rows, strict=True):
        opened = unseal("case", sealed, 0)
        assert (opened["applicant_name"], opened["phone"], opened["applicant_id"]) == (name, phone, None)


IDENTIFIERS = st.lists(st.text("aX1ß王ı", min_size=1) | st.none(), min_size=1)
OF_ONE_SIZE = st.lists(st.text("aX1\0", min_size=3, max_size=3), min_size=1)


@settings(deadline=None)
@given(IDENTIFIERS | OF_ONE_SIZE, st.integers(0, 3))
def test_an_identifier_is_found_by_its_index_however_its_column_was_made(
    identifiers: list[str | None], start: int
) -> None:
    expected = [None if one is None else blind_index(one, SEALER.secret) for one in identifiers][start:]
    array = ArrowColumn(pa.array(identifiers, pa.string())[start:])
    assert list(blind_column(array, SEALER.secret)) == expected
    assert list(blind_column(identifiers[start:], SEALER.secret)) == expected
