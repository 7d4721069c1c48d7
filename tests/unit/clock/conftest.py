"""Keepers that every test of the clock reads from."""

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.clock.book import CalendarBook, load_book
from hub.clock.keeper import Timekeeper

# The builders and the reference walk beside the tests are plain modules.
sys.path.append(str(Path(__file__).parent))

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="session")
def zone() -> ZoneInfo:
    return SHANGHAI


@pytest.fixture(scope="session")
def book() -> CalendarBook:
    return load_book(zone=SHANGHAI)


@pytest.fixture(scope="session")
def keeper(book: CalendarBook) -> Timekeeper:
    return Timekeeper(book.as_known_at(), SHANGHAI, ["08:30-12:00", "14:00-17:30"])


@pytest.fixture(scope="session")
def round_the_clock(book: CalendarBook) -> Timekeeper:
    return Timekeeper(book.as_known_at(), SHANGHAI, ["00:00-24:00"])
