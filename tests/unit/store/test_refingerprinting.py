"""Fingerprints made anew are those that the records had when they arrived."""

from typing import Any

from hub.store.engine import writing
from hub.store.refingerprinting import refingerprint


def test_fingerprints_made_anew_are_those_of_arrival(source: Any) -> None:
    source.send(
        [
            {"k": "1", "t": "甲\t\\", "n": 7, "v": 1, "id": "41030519500101001X"},
            {"k": "2", "p": "1"},
            {"k": "1", "s": "a", "t": "听证", "n": 1.5},
        ]
    )
    source.send([{"k": "1", "t": "乙", "v": 2}, {"k": "1", "s": "a", "n": 2}])
    tables = ("case_rows", "case_history", "pause_rows", "pause_history")
    before = {table: source.query(f"SELECT key, value_fp FROM {table} ORDER BY 1") for table in tables}
    assert all(before.values())
    with writing(source.store.engine, "forgetting") as connection:
        for table in tables:
            connection.exec_driver_sql(f"UPDATE {table} SET value_fp = raw_fp")
        assert refingerprint(connection) == 5
    assert {t: source.query(f"SELECT key, value_fp FROM {t} ORDER BY 1") for t in tables} == before
