"""The values that stand of a stream are read in as many pieces as it takes."""

from typing import Any

import pytest

from hub.store import runs, standing_values


def test_all_that_stands_is_read_in_as_many_pieces_as_it_takes(
    source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_values, "_SPAN_ROWS", 2)
    source.send("1:A 2:B 3:C 4:D 5:E")
    source.send("2:X")
    with source.store.engine.connect() as connection:
        source_id = runs.source_id(connection, source.name, dry=True)
        mapping_id = runs.mapping_id(connection, source.mapping, dry=True)
        state = runs.stream_states(connection, source_id, [source.stream], dry=True)[source.stream]
    pieces = list(standing_values.standing_values(source.store.engine, state, mapping_id))
    stand = [bytes(fp) for (fp,) in source.query("SELECT value_fp FROM case_rows")]
    assert sorted(stand) == sorted(b"".join(pieces)[at : at + 16] for at in range(0, 80, 16))
    assert len(pieces) > 1 or source.store.engine.dialect.name == "postgresql"
