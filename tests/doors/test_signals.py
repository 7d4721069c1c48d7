"""A signal to hub sync: asked once it ends its batch, asked twice it ends at once."""

import signal
import subprocess
from pathlib import Path

import pytest

from .conftest import CLEAN, HUB

HANGS = '''
"""Waits for ever."""
import time
from hub.sdk import Source, hookimpl

class Hangs(Source):
    def pull(self, ctx, stream, window):
        time.sleep(3600)
        yield

@hookimpl
def hub_source():
    return Hangs
'''
MANIFEST = """
[plugin]
name = "hangs"
title = "Hangs"
contract = 1
kind = "code"
[streams.cases]
delivery = "changes"
"""


@pytest.fixture
def hanging(city: Path) -> Path:
    plugin = city / "plugins" / "hangs"
    plugin.mkdir(parents=True)
    (plugin / "plugin.toml").write_text(MANIFEST, "utf-8")
    (plugin / "plugin.py").write_text(HANGS, "utf-8")
    (city / "hub.toml").write_text('[source.hangs]\nplugin = "hangs"\nmapping = "permits"\n', "utf-8")
    return city


def test_the_second_signal_ends_a_sync_that_waits_for_its_plugin(hanging: Path) -> None:
    process = subprocess.Popen(
        [*HUB, "--config", str(hanging / "hub.toml"), "-v", "sync"],
        env=CLEAN,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        _wait_for_store(hanging, process)
        process.send_signal(signal.SIGINT)
        line = next(line for line in process.stderr if "once more" in line)
        assert line
        process.send_signal(signal.SIGINT)
        assert process.wait(30) in (1, 130)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def _wait_for_store(city: Path, process: subprocess.Popen[str]) -> None:
    """The store's file is there once the run is about to begin, which is after the handlers are set."""
    while not (city / "var" / "hub.db").exists():
        assert process.poll() is None
