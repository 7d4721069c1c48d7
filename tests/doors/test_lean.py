"""What a verb does not need, or not yet, is not loaded before."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CLEAN = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "HUB_LANG": "en"}
_LOADED = """
import sys
from hub.cli.entry import run
from hub.cli.invocation import Invocation
code = run(sys.argv[1:], Invocation())
print(code, sorted({"numpy", "pyarrow"} & set(sys.modules)))
"""
_WHEN_READ = """
import sys
from hub.store import beginning
read = beginning.BeingRead
def noting(*place):
    print(sorted({"numpy", "pyarrow"} & set(sys.modules)), file=sys.stderr)
    return read(*place)
beginning.BeingRead = noting
"""


def _ran(code: str, *arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=cwd, env=CLEAN, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("verb", ["status", "findings", "runs"])
def test_looking_loads_neither_numpy_nor_pyarrow(verb: str, city: Path, hub: Callable[..., Any]) -> None:
    assert hub("runs").returncode == 0  # the store is made
    said = _ran(_LOADED, verb, "--json", cwd=city)
    assert said.stdout.splitlines()[-1] == "0 []", said.stderr


def test_what_stands_is_being_read_while_numpy_and_pyarrow_are_loaded(
    city: Path, hub: Callable[..., Any]
) -> None:
    """A sync that is sent everything again; a catalogue of items is read before, with numpy."""
    (city / "mappings" / "items.csv").unlink()
    assert hub("sync").returncode == 0
    said = _ran(_WHEN_READ + _LOADED, "sync", "--full", "--json", cwd=city)
    assert said.stderr.splitlines()[0] == "[]"
    assert said.stdout.splitlines()[-1] == "0 ['numpy', 'pyarrow']", said.stderr
