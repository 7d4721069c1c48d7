"""What is said of a column that travels as bytes; apart from the packing, which needs numpy."""

import msgspec


class Column(msgspec.Struct, frozen=True):
    """One column of a body: where it belongs, its type in numpy's words (or "words"), its size in bytes."""

    place: tuple[str, ...]
    type: str
    size: int
