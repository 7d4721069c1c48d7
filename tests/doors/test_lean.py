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


def _ran(code: str, *arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=cwd, env=CLEAN, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("verb", ["status", "findings", "runs"])
def test_looking_loads_neither_numpy_nor_pyarrow(verb: str, city: Path, hub: Callable[..., Any]) -> None:
    assert hub("runs").returncode == 0  # the store is made
    said = _ran(_LOADED, verb, "--json", cwd=city)
    assert said.stdout.splitlines()[-1] == "0 []", said.stderr


_ORDER = """
import sys
order = []
def hook(event, told):
    if event == "subprocess.Popen" or event == "import" and told[0] in ("sqlalchemy", "numpy"):
        order.append(event if event != "import" else told[0])
sys.addaudithook(hook)
from hub.cli.entry import run
from hub.cli.invocation import Invocation
code = run(sys.argv[1:], Invocation())
print(code, *dict.fromkeys(order))
"""


def test_the_departments_processes_are_started_before_what_maps_and_writes_is_loaded(city: Path) -> None:
    said = _ran(_ORDER, "sync", "--json", cwd=city)
    assert said.stdout.splitlines()[-1] == "0 subprocess.Popen sqlalchemy numpy", said.stderr
