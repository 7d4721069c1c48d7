"""kill -9 at any instant of a sync loses nothing, doubles nothing, acknowledges nothing uncommitted."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

HUB = str(Path(sys.executable).with_name("hub"))
ROWS = 40_000
KILLS = 8


@pytest.fixture
def exchange(installation: Any) -> Path:
    """An exchange database of 40,000 new rows, polled by flag."""
    path: Path = installation.folder / "exchange.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE SB (no TEXT PRIMARY KEY, item TEXT, accepted TEXT, flag TEXT)")
        rows = ((f"K{n}", "A1", "2012-09-24 09:00:00", "0") for n in range(ROWS))
        database.executemany("INSERT INTO SB VALUES (?, ?, ?, ?)", rows)
    text = (installation.folder / "hub.toml").read_text("utf-8")
    before, _, _ = text.partition("[source.permits]")
    (installation.folder / "hub.toml").write_text(
        before
        + """[source.permits]
plugin = "table"
mapping = "permits"
[source.permits.config]
url = "sqlite:///exchange.db"
[source.permits.config.streams.SB]
delivery = "flagged"
flag = "flag"
flag_new = "0"
ack = { taken = "1", unknown = "2", rejected = "3" }
""",
        "utf-8",
    )
    installation.mapping(
        '[streams.SB]\nrecord = "case"\nignore = ["flag"]\n'
        '[streams.SB.fields]\ncase_no = "no"\nitem_code = "item"\naccepted_at = "accepted"\n'
    )
    return path


def _sync(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [HUB, "--json", "sync"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _acknowledged(path: Path) -> int:
    with sqlite3.connect(path, timeout=30) as database:
        return int(database.execute("SELECT count(*) FROM SB WHERE flag = '1'").fetchone()[0])


def _stored(installation: Any) -> int:
    with installation.app() as app:
        status = app.status(installation.now())
    return int(status["sources"][0]["cases"])


def test_a_sync_killed_anywhere_and_run_again_has_everything_once(installation: Any, exchange: Path) -> None:
    moments = random.Random(20120924)
    for _ in range(KILLS):
        process = _sync(installation.folder)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=moments.uniform(0.3, 3.0))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert _acknowledged(exchange) <= _stored(installation)
    out, err = _sync(installation.folder).communicate()
    (run,) = json.loads(out)["runs"]
    assert run["status"] == "ok", err
    assert _stored(installation) == ROWS
    assert _acknowledged(exchange) == ROWS
    with installation.app() as app:
        assert app.db_check()["problems"] == []
