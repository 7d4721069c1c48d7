"""A query's rows set aside on disk, so that its connection is free before the first is acknowledged."""

import pickle
import tempfile
from collections.abc import Iterator
from typing import Any

_IN_MEMORY = 16 << 20


def spooled(lists: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """The same lists, all of them read before the first is given out."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        count = 0
        for rows in lists:
            pickle.dump([row if isinstance(row, str) else tuple(row) for row in rows], file, protocol=5)
            count += 1
        file.seek(0)
        for _ in range(count):
            yield pickle.load(file)  # noqa: S301 - an unnamed file that this very function wrote
