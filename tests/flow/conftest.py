"""A whole installation in a folder, with sources a test can feed by writing files."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.app import App, open_app
from hub.model.instants import at
from hub.settings import load_settings

ZONE = ZoneInfo("Asia/Shanghai")
ITEMS = (
    "item_code,name,department,case_type,statutory_limit,statutory_unit,promised_limit,promised_unit,"
    "pause_kinds,fee,effective_from,effective_to\n"
    "A1,建筑工程施工许可,住建委,promised,20,working_day,7,working_day,publicity,,2010-01-01,\n"
)
RULES = Path(__file__).parents[2] / "mappings" / "rules.toml"


def instant(text: str) -> int:
    """An instant on the city's wall clock."""
    return at(datetime.fromisoformat(text).replace(tzinfo=ZONE))


@dataclass
class Installation:
    """A hub.toml with one source "permits" of kind files, and a clock the test sets."""

    folder: Path
    url: str
    time: int = field(default_factory=lambda: instant("2012-10-26T18:00:00"))

    def now(self) -> int:
        return self.time

    def drop(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Drop a CSV (or JSON Lines) file into the inbox."""
        path = self.folder / "inbox" / name
        if path.suffix == ".jsonl":
            path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
            return
        names = list(dict.fromkeys(key for row in rows for key in row))
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, names)
            writer.writeheader()
            writer.writerows(rows)

    def mapping(self, text: str) -> None:
        (self.folder / "mappings" / "permits.toml").write_text(text, "utf-8")

    def app(self) -> App:
        return open_app(load_settings(self.folder / "hub.toml"))

    def sync(self, **options: Any) -> dict[str, Any]:
        """Sync, and the one run it made."""
        with self.app() as app:
            document = app.sync([], now=self.now, **options)
        assert len(document["runs"]) == 1
        return document["runs"][0]


@pytest.fixture
def installation(tmp_path: Path, store_url: str) -> Installation:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "mappings").mkdir()
    (tmp_path / "hub.toml").write_text(
        f'''
[hub]
city = "洛阳市"
region = "410300"
timezone = "Asia/Shanghai"
[store]
url = "{store_url}"
[source.permits]
plugin = "files"
mapping = "permits"
[source.permits.config]
folder = "inbox"
[source.permits.config.streams]
cases = {{ pattern = "cases*" }}
''',
        "utf-8",
    )
    (tmp_path / "mappings" / "items.csv").write_text(ITEMS, "utf-8")
    (tmp_path / "mappings" / "rules.toml").write_bytes(RULES.read_bytes())
    made = Installation(tmp_path, store_url)
    made.mapping(
        """
[streams.cases]
record = "case"
[streams.cases.fields]
case_no = "no"
item_code = "item"
received_at = "received"
accepted_at = "accepted"
closed_at = "closed"
fee_paid = { from = "fee", as = "money" }
"""
    )
    return made


@pytest.fixture
def counts() -> Callable[[Mapping[str, Any]], tuple[int, int, int, int, int]]:
    """The five counts of a run or stream, received first."""

    def take(run: Mapping[str, Any]) -> tuple[int, int, int, int, int]:
        names = ("received", "inserted", "updated", "unchanged", "quarantined")
        return tuple(run[name] for name in names)  # type: ignore[return-value]

    return take
