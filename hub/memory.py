"""How a process of the Hub treats its memory: used again, not given back, and rarely searched for cycles."""

import ctypes
import gc
import os
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8


def keep_warm() -> None:
    """Set this process up for batches that come and go; said once, at its door.

    glibc gives large blocks back to the kernel and takes them anew for the next batch; touching them
    afresh costs more than the work on them. And importing makes more than a hundred thousand objects, none
    of them in vain: the first search among them would cost more than a batch. Without glibc: only the latter.

    Arrow's own allocator keeps memory aside for each thread, a fifth of all that a first load takes; glibc's,
    set up as above, does not.

    numpy's library of linear algebra, of which the Hub has next to no use, would start a thread for
    every core, each of which turns in circles for a while before it sleeps.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    gc.set_threshold(200_000, 20, 50)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):
            libc.mallopt(_M_MMAP_THRESHOLD, 32 << 20)
            libc.mallopt(_M_TRIM_THRESHOLD, 64 << 20)
            libc.mallopt(_M_ARENA_MAX, 1)


def leave_all() -> None:
    """Say that the process ends: nothing that is left is looked through once more."""
    gc.freeze()
