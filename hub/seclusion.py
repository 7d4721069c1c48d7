"""Keeps this process's environment and memory from other processes of the same user, plugins' above all."""

import ctypes
import sys

_PR_SET_DUMPABLE = 4


def seclude() -> None:
    """Close /proc/PID/environ, mem and fd of this process, and tracing, to all but root; no core dump either.

    The Hub's environment holds the store's address and every source's secrets, and a plugin runs as
    the same user. Undone by exec, so each process says it for itself. Without Linux: nothing.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
