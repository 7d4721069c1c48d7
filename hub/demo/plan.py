"""What to simulate, and when it is."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hub.demo.days import CITY_ZONE

#: A Friday evening after the holidays of 2012, when Saturday 29 September was worked.
NOW = datetime(2012, 10, 26, 18, tzinfo=CITY_ZONE)
CASES = 6_000
SEED = 20121026


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """``folder`` None: a temporary one, removed unless ``keep``.

    ``exchange_url`` is where the exchange databases are, ``store_url`` where the Hub keeps its store;
    SQLite files under the folder by default.
    """

    cases: int = CASES
    folder: Path | None = None
    keep: bool = False
    seed: int = SEED
    now: datetime = NOW
    exchange_url: str | None = None
    store_url: str | None = None
