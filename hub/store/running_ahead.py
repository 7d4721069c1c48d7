"""Making the next piece of something while the one before it is used."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Piece = TypeVar("Piece")


@contextmanager
def run_ahead(pieces: Iterator[Piece]) -> Iterator[Iterator[Piece]]:
    """The same pieces; the first is begun at once, and the next whenever one is taken, in another thread."""
    with ThreadPoolExecutor(1, "hub-ahead") as thread:
        coming = thread.submit(next, pieces, None)

        def taken() -> Iterator[Piece]:
            nonlocal coming
            while (piece := coming.result()) is not None:
                coming = thread.submit(next, pieces, None)
                yield piece

        yield taken()
