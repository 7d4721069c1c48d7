"""An installation with one source of files, worked through the real command."""

import io
import logging
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from hub import i18n
from hub.cli.entry import run
from hub.cli.invocation import Invocation
from hub.new_installation import make_installation

HUB = [sys.executable, "-m", "hub"]
CLEAN = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "HUB_LANG": "en"}

TOML = """
[hub]
city = "洛阳市"
[source.permits]
plugin = "files"
mapping = "permits"
every = "1s"
[source.permits.config]
folder = "inbox/permits"
[source.permits.config.streams]
cases = { pattern = "cases*.csv" }
"""
MAPPING = """
[streams.cases]
record = "case"
[streams.cases.fields]
case_no = "no"
item_code = "item"
department = { const = "地税局" }
received_at = { from = "received", as = "datetime" }
accepted_at = { from = "accepted", as = "datetime" }
closed_at = { from = "closed", as = "datetime" }
due_at = { from = "due", as = "datetime" }
"""
CASES = """no,item,received,accepted,closed,due
A1,x,2012-09-24 09:00:00,2012-09-24 09:00:00,,2012-10-08 17:00:00
A2,x,2012-09-24 09:00:00,2012-09-24 09:00:00,2012-10-08 17:00:00,2012-10-08 17:00:00
A3,x,2012-09-24 09:00:00,not a date,,
"""

Hub = Callable[..., "Said"]


@dataclass(frozen=True)
class Said:
    """What one command line printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A new installation with a source ``permits``: a late case, one in time, one that cannot be read."""
    folder = tmp_path / "city"
    make_installation(folder)
    (folder / "hub.toml").write_text(TOML, "utf-8")
    (folder / "mappings" / "permits.toml").write_text(MAPPING, "utf-8")
    inbox = folder / "inbox" / "permits"
    inbox.mkdir()
    (inbox / "cases1.csv").write_text(CASES, "utf-8")
    return folder


@pytest.fixture
def hub(city: Path) -> Iterator[Hub]:
    """``hub("sync", "--json")`` in that installation: the whole Hub, without a process of its own."""
    root = logging.getLogger()
    handlers, level, language = root.handlers[:], root.level, os.environ.pop("LANGUAGE", None)

    def call(*arguments: str) -> Said:
        out, err = io.StringIO(), io.StringIO()
        env = {**CLEAN, "HUB_CONFIG": str(city / "hub.toml")}
        code = run(arguments, Invocation(env=env, out=out, err=err))
        return Said(code, out.getvalue(), err.getvalue())

    yield call
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    i18n.deactivate()
    os.environ.pop("LANGUAGE", None)
    if language is not None:
        os.environ["LANGUAGE"] = language
