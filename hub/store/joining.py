"""Rows of bytes put together from what takes as many bytes in each of them, and what does not."""

from typing import Any

import numpy as np
import pyarrow as pa

from hub.model.arrow_column import ArrowColumn
from hub.store.cells import row_by_row


class Joining:
    """Rows of so many parts, in the order in which these are said.

    What is of one size stands side by side before all is joined, because joining costs as much for each
    piece, however short it is.
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._pieces: list[Any] = []
        self._fixed: list[tuple[str, Any]] = []

    def constant(self, said: bytes) -> None:
        """The same bytes in each row."""
        self._fixed.append((f"V{len(said)}", np.void(said)))

    def fixed(self, kind: str, values: Any) -> None:
        """Numbers as numpy writes this type: one of each row, or one for all of them."""
        self._fixed.append((kind, values))

    def sized(self, column: ArrowColumn, size: int) -> None:
        """Texts or bytes that are all of this size."""
        self._fixed.append((f"V{size}", np.frombuffer(column.body, f"V{size}")))

    def varying(self, array: Any) -> None:
        """Texts or bytes of any size; nothing where one is absent."""
        self._flush()
        self._pieces.append(array.cast(pa.binary()))

    def made(self) -> ArrowColumn:
        self._flush()
        return row_by_row(self._pieces, b"", b"")

    def _flush(self) -> None:
        if not self._fixed:
            return
        side_by_side = np.empty(self._rows, [(f"f{at}", kind) for at, (kind, _) in enumerate(self._fixed)])
        for at, (_, values) in enumerate(self._fixed):
            side_by_side[f"f{at}"] = values
        self._pieces.append(of_one_size(side_by_side))
        self._fixed = []


def of_one_size(cells: Any, given: Any = None) -> Any:
    """A numpy array as an array of the bytes of its values; ``given``: the bits of those not null."""
    ends = np.arange(0, cells.nbytes + 1, cells.itemsize, dtype=np.int32)
    return pa.Array.from_buffers(pa.binary(), len(cells), [given, pa.py_buffer(ends), pa.py_buffer(cells)])
