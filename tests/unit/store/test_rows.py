"""Every row says where its raw record is kept."""

import numpy as np
import pytest

from hub.errors import StoreError
from hub.model.records import RawBatch, RecordBlock
from hub.store.changes import Written
from hub.store.kept import places_of
from hub.store.preparing import prepare
from hub.store.rows import Head, rows_of
from hub.store.sealing import PlainCodec, Sealer

BATCH = RawBatch("cases", [b"{}", b"{}"])


def _written() -> Written:
    block = RecordBlock("case", ["1"], [1], {"case_no": ["1"]})
    return Written.of(prepare(block, Sealer(PlainCodec(), bytes(32))), [bytes(16)], np.array([7]))


def test_a_row_says_on_which_page_its_raw_record_is_kept_and_where_there() -> None:
    rows = rows_of(Head(1, 2, 3, 4, 5), _written(), places_of(BATCH, [1], 9))
    told = {**rows.constants, **{name: column[0] for name, column in rows.columns.items()}}
    assert (told["page_id"], told["page_index"]) == (9, 0)


def test_no_row_is_written_whose_raw_record_is_not_kept() -> None:
    with pytest.raises(StoreError, match="is not kept"):
        rows_of(Head(1, 2, 3, 4, 5), _written(), places_of(BATCH, [0], 9))
