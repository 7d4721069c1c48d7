"""How far a source had been heard before the Hub first saw a case that was closed by then."""

from typing import Any

import pytest

from hub.model.instants import NO_INSTANT
from hub.store.blocks import case_blocks
from hub.store.store import Store

DAY = 86_400 * 2_000_000
_DOSSIERS = "SELECT case_no, dossier_id FROM dossiers"


class Windows:
    """A source that brings cases; each ``send`` is one run, a day after the last."""

    def __init__(self, store: Store, town: Any) -> None:
        self.store = store
        self.town = town
        town.now = 100 * DAY

    def send(self, *case_nos: str, closed_at: int | None = None, **how: Any) -> int:
        """One run, and the instant up to which it heard the source."""
        self.town.now += DAY - 10
        told = [{"case_no": no, "closed_at": closed_at} for no in case_nos]
        self.town.send(cases=told, **how)
        return int(self.town.now)

    def heard(self, case_no: str) -> int:
        block = self.town.block()
        with self.store.engine.connect() as connection:
            known = {row[0]: row[1] for row in connection.exec_driver_sql(_DOSSIERS)}
        place = block.dossier_ids.tolist().index(known[case_no])
        return int(block.instants["heard_before"][place])


@pytest.fixture
def windows(store: Store, town: Any) -> Windows:
    return Windows(store, town)


def test_a_case_closed_long_before_it_is_seen_tells_the_last_hearing_without_it(windows: Windows) -> None:
    windows.send("K1")
    last = windows.send("K2")
    closed = windows.town.now - DAY // 2
    windows.send("K9", closed_at=closed)
    assert windows.heard("K9") == last


def test_a_first_load_is_not_asked_about(windows: Windows) -> None:
    windows.send("K1", closed_at=windows.town.now - 40 * DAY)
    assert windows.heard("K1") == NO_INSTANT


def test_a_source_that_could_be_reached_and_told_of_nothing_was_not_heard(windows: Windows) -> None:
    last = windows.send("K1")
    windows.send()
    windows.send()
    windows.send("K9", closed_at=last - DAY)
    assert windows.heard("K9") == last


def test_a_source_that_was_down_was_not_heard(windows: Windows) -> None:
    last = windows.send("K1")
    windows.send("K2", bounds={})
    windows.send("K9", closed_at=last - DAY)
    assert windows.heard("K9") == last


@pytest.mark.parametrize("reach", ["full", "range", None])
def test_what_a_run_over_old_records_brings_is_not_asked_about(windows: Windows, reach: str | None) -> None:
    last = windows.send("K1")
    windows.send("K9", closed_at=last - DAY, reach=reach)
    assert windows.heard("K9") == NO_INSTANT


def test_the_first_run_of_another_stream_is_a_first_load(windows: Windows) -> None:
    last = windows.send("K1")
    windows.town.now += DAY
    windows.town.send(cases=[{"case_no": "K2"}], closings=[{"case_no": "K9", "closed_at": last - DAY}])
    assert windows.heard("K9") == last  # heard without rows, so far: the stream was there all along
    windows.town.streams = ("cases", "closings", "pauses", "resumes", "archive")
    windows.town.now += DAY
    windows.town.send(archive=[{"case_no": "K10", "closed_at": last - DAY}])
    assert windows.heard("K10") == NO_INSTANT
    assert windows.heard("K9") == last


def test_a_record_that_lay_in_quarantine_had_come(windows: Windows) -> None:
    last = windows.send("K1")
    windows.town.now += DAY
    windows.town.send(cases=[{"case_no": "K9", "bad": True}])
    windows.send("K2")
    windows.send("K9", closed_at=last - DAY)
    assert windows.heard("K9") == NO_INSTANT


def test_later_runs_change_nothing_of_it(windows: Windows) -> None:
    last = windows.send("K1")
    windows.send("K9", closed_at=last - DAY)
    for no in ("K10", "K11"):
        windows.send(no)
    assert windows.heard("K9") == last


def test_the_runs_of_another_source_say_nothing(windows: Windows, another_town: Any) -> None:
    other = another_town("land")
    other.now = windows.town.now
    other.send(cases=[{"case_no": "K1"}])
    other.now += 5 * DAY
    windows.send("K9", closed_at=windows.town.now - 30 * DAY)
    blocks = list(case_blocks(windows.store.engine))
    assert len(blocks) == 2
    assert not any((block.instants["heard_before"] != NO_INSTANT).any() for block in blocks)
