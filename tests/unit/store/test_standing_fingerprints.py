"""What stands of a stream is read in a thread, and compared with while it is read."""

from dataclasses import replace
from typing import Any

import pytest

from hub.errors import StoreError
from hub.store import runs, standing_fingerprints
from hub.store.fingerprints import FingerprintSet, pairs_of
from hub.store.standing_fingerprints import BeingRead


def _state(source: Any) -> tuple[runs.StreamState, int]:
    with source.store.engine.connect() as connection:
        source_id = runs.source_id(connection, source.name, dry=True)
        mapping_id = runs.mapping_id(connection, source.mapping, dry=True)
        return runs.stream_states(connection, source_id, [source.stream], dry=True)[source.stream], mapping_id


def test_all_that_stands_is_read_in_as_many_pieces_as_it_takes(
    source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_fingerprints, "_SPAN_ROWS", 2)
    source.send("1:A 2:B 3:C 4:D 5:E")
    source.send("2:X")
    pieces = list(BeingRead(source.store.engine, *_state(source)))
    stand = [bytes(fp) for (fp,) in source.query("SELECT raw_fp FROM case_rows")]
    assert sorted(stand) == sorted(b"".join(pieces)[at : at + 16] for at in range(0, 80, 16))
    assert len(pieces) > 1 or source.store.engine.dialect.name == "postgresql"


def test_a_reading_that_failed_is_told_to_whoever_needs_it(source: Any) -> None:
    """Not taken for a stream of which nothing stands."""
    source.send("1:A")
    state, mapping_id = _state(source)
    being_read = BeingRead(source.store.engine, replace(state, kinds={"nothing": 1}), mapping_id)
    being_read.wait()
    with pytest.raises(StoreError, match="nothing_rows"):
        FingerprintSet(being_read, all_there=False).contains(pairs_of(bytes(16)))
