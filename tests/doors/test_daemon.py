"""hub run, the real one: syncs at its pace, judges, and stops cleanly when told to."""

import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import CLEAN, HUB

PATIENCE_S = 60.0


class Watched:
    """A running daemon and its log, line by line."""

    def __init__(self, city: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*HUB, "--config", str(city / "hub.toml"), "run", *arguments],
            env=CLEAN,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[dict[str, Any]] = []
        self.changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            with self.changed:
                self.lines.append(json.loads(line))
                self.changed.notify_all()

    def wait_for(self, event: str, times: int = 1) -> None:
        def happened() -> bool:
            return sum(line["event"] == event for line in self.lines) >= times

        with self.changed:
            assert self.changed.wait_for(happened, PATIENCE_S), self.lines

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@pytest.fixture
def daemon(city: Path) -> Iterator[Watched]:
    watched = Watched(city)
    yield watched
    if watched.process.poll() is None:
        watched.process.kill()
    watched.process.wait()
    if watched.process.stderr:
        watched.process.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_syncs_again_and_again_judges_and_stops_cleanly(
    daemon: Watched, hub: Any, city: Path, number: int
) -> None:
    daemon.wait_for("source_synced", times=2)
    daemon.wait_for("audit_done")
    assert daemon.stop(number) == 0
    assert json.loads((city / "var" / "health.json").read_text())["state"] == "stopped"
    runs = json.loads(hub("runs", "--json").stdout)["runs"]
    assert [run["status"] for run in runs] == ["ok"] * len(runs)
    assert len(runs) >= 2
    assert json.loads(hub("findings", "--monitor", "M27", "--json").stdout)["findings"]


def test_a_wrong_configuration_ends_it_at_once_with_exit_two(city: Path) -> None:
    (city / "hub.toml").write_text("[hub]\ncty = 1\n", "utf-8")
    process = subprocess.run(
        [*HUB, "--config", str(city / "hub.toml"), "run"],
        env=CLEAN,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert process.returncode == 2
    assert "hub.cty" in process.stderr
