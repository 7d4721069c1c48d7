"""What stands in a process's environment stays there, whoever of the same user asks."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux")

_ASK = """
import ctypes, os
from hub.seclusion import seclude
if os.getuid() == 0:
    os.setgid(65534), os.setuid(65534)  # root may read everything
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
SECLUDE
hub, told = os.getpid(), []
if os.fork() == 0:
    for name in ("environ", "mem", "fd/0"):
        try:
            open(f"/proc/{hub}/{name}", "rb").read(1)
            told.append(name)
        except PermissionError:
            pass
        except OSError:
            told.append(name)
    print("read:", *told)
else:
    os.wait()
"""


def _read_by_a_child(code: str) -> str:
    said = subprocess.run(
        [sys.executable, "-c", code], env={"HUB_STORE_URL": "secret"}, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    return said.stdout


def test_a_child_reads_neither_environment_nor_memory_of_a_secluded_process() -> None:
    assert "environ" in _read_by_a_child(_ASK.replace("SECLUDE", ""))
    assert _read_by_a_child(_ASK.replace("SECLUDE", "seclude()")) == "read:\n"


def test_the_hub_command_and_the_process_of_a_plugin_seclude_themselves() -> None:
    get = "import ctypes; print('dumpable', ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    hub = "import sys; from hub.cli.entry import main; sys.argv[1:] = ['--version']\n"
    hub += f"try: main()\nfinally: {get}"
    assert "dumpable 0" in _read_by_a_child(hub)
    child = (
        f"import os; from hub.child import main; r, w = os.pipe(); os.close(w); main(r, 2, 'files'); {get}"
    )
    assert "dumpable 0" in _read_by_a_child(child)
