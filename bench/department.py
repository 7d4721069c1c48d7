"""The department's server in a process of its own."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.sizes import RECORDS, ROOT


@contextmanager
def department(
    records: int = RECORDS, variants: Sequence[str] = ("first", "tenth", "reordered")
) -> Iterator[int]:
    """Its port; the pages of the variants are made before anything is timed."""
    command = [sys.executable, "-m", "bench.server", str(records)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            port = int(server.stdout.readline())
            for variant in variants:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/{variant}") as answer:
                    answer.read()
            yield port
        finally:
            server.terminate()
