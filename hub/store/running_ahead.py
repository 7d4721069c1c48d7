"""Making the next piece of something while the one before it is used."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")


def run_ahead(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The same pieces; while whoever uses one waits, the next is made in another thread."""
    with ThreadPoolExecutor(1, "hub-ahead") as thread:
        coming = thread.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = thread.submit(next, pieces, None)
            yield piece
