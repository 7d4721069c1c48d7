"""Verbs that only look at the store start without what writes it."""

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


@pytest.mark.parametrize("verb", ["status", "findings", "runs"])
def test_looking_loads_neither_numpy_nor_pyarrow(verb: str, city: Path, hub: Callable[..., Any]) -> None:
    assert hub("runs").returncode == 0  # the store is made
    said = subprocess.run(
        [sys.executable, "-c", _LOADED, verb, "--json"],
        cwd=city,
        env=CLEAN,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert said.stdout.splitlines()[-1] == "0 []", said.stderr
