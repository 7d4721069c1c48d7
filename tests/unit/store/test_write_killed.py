"""A writer killed at any instant loses nothing it had committed and doubles nothing."""

import random
import signal
import subprocess
import sys
from typing import Any

#: Writes batches of records whose numbers follow one another, telling each commit on stdout.
WRITER = """
import sys
from hub.model.records import Mapped, RawBatch, RecordBlock
from hub.store.store import open_store

url, size = sys.argv[1], 50
with open_store(url, upgrade=False) as store, store.begin_run("tax", "sync", ["cases"], "v1", 1) as run:
    start = int(run.cursor("cases") or 0)
    print("from", start, flush=True)
    for first in range(start, 100_000, size):
        keys = [f"{i % 120}" for i in range(first, first + size)]
        batch = RawBatch("cases", [b"%d" % i for i in range(first, first + size)], "", str(first + size))
        titles = [str(i) for i in range(first, first + size)]
        block = RecordBlock("case", keys, list(range(size)), {"case_no": keys, "title": titles})
        run.store(batch, Mapped((block,), dict(enumerate(keys))), now=first + 2)
        print("done", first + size, flush=True)
"""
KILLS = 8


def test_a_writer_killed_again_and_again_leaves_rows_history_and_cursor_of_one_mind(
    store: Any, store_url: str
) -> None:
    told = 0
    chance = random.Random(7)
    for _ in range(KILLS):
        told = max(told, killed_after(store_url, chance.randint(1, 400)))
        with store.engine.connect() as connection:
            ask = connection.exec_driver_sql
            cursor = int(ask("SELECT value FROM cursors").scalar() or 0)
            rows = ask("SELECT count(*), max(CAST(title AS INTEGER)) FROM case_rows").one()
            history = ask("SELECT count(*) FROM case_history").scalar()
            received = ask("SELECT sum(received) FROM run_streams").scalar()
            kept = ask("SELECT count(*) FROM raw_pages").scalar()
        assert cursor >= told
        assert rows == (min(cursor, 120), cursor - 1)
        assert rows[0] + history == cursor == received == kept * 50
        assert store.check() == []
    store.begin_run("tax", "sync", ["cases"], "v1", 1).finish("ok", 2)
    assert {run["status"] for run in store.runs()[1:]} == {"failed"}


def killed_after(url: str, milliseconds: int) -> int:
    """Start a writer, kill it some time after its first commit; the last commit it told of."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    lines = [writer.stdout.readline(), writer.stdout.readline()]
    try:
        writer.wait(milliseconds / 1000)
    except subprocess.TimeoutExpired:
        writer.send_signal(signal.SIGKILL)
    lines += writer.stdout.read().splitlines()
    writer.wait()
    writer.stdout.close()
    whole = [line.split() for line in lines if line.startswith("done")]
    return max(int(words[1]) for words in whole if len(words) == 2)
