"""Memory a batch has left is there for the next one."""

import platform
import subprocess
import sys

import pytest

_TAKE_TWICE = """
import resource
from hub.memory import keep_warm, leave_all
keep_warm()
bytearray(b"x") * (8 << 20)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
bytearray(b"x") * (8 << 20)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
leave_all()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="said to glibc")
def test_a_large_block_is_used_again():
    said = subprocess.run([sys.executable, "-c", _TAKE_TWICE], capture_output=True, text=True, check=True)
    assert int(said.stdout) < 500  # of two thousand pages
