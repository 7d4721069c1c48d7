"""Blocks of columns as bytes, for another process: each column named, and none that is personal."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from hub.model.blocks import CaseBlock, Children, Coded
from hub.model.column import Column
from hub.model.kinds import KINDS, personal_fields

#: Where a column belongs: ("instants", "closed_at"), ("children", "pause", "offsets") …
Place = tuple[str, ...]
Columns = Mapping[Place, NDArray[Any] | Sequence[str]]

_TYPES = frozenset(("<i8", "<i4", "|i1", "|b1", "<f8"))
_WORDS = "words"
_PERSONAL = frozenset(field.name for kind in KINDS.values() for field in personal_fields(kind))
_words = msgspec.msgpack.Decoder(list[str])


def packed(columns: Columns) -> tuple[list[Column], list[bytes]]:
    """Columns as their names and their bytes, in the same order."""
    heads, pieces = [], []
    for place, column in columns.items():
        if isinstance(column, np.ndarray):
            kind, piece = column.dtype.str, column.tobytes()
        else:
            kind, piece = _WORDS, msgspec.msgpack.encode(list(column))
        heads.append(Column(place, kind, len(piece)))
        pieces.append(piece)
    return heads, pieces


def unpacked(heads: Sequence[Column], body: bytes) -> dict[Place, Any]:
    """The columns of a body; ValueError when it is not what its heads say."""
    if any(head.size < 0 for head in heads) or sum(head.size for head in heads) != len(body):
        raise ValueError(f"columns that do not add up to {len(body)} bytes")
    columns: dict[Place, Any] = {}
    start = 0
    for head in heads:
        columns[head.place] = _column(head, body[start : start + head.size])
        start += head.size
    return columns


def _column(head: Column, piece: bytes) -> Any:
    if head.type == _WORDS:
        try:
            return _words.decode(piece)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ValueError(f"{'.'.join(head.place)} is no list of texts: {error}") from error
    if head.type not in _TYPES:
        raise ValueError(f"{'.'.join(head.place)} is of type {head.type!r}")
    return np.frombuffer(piece, dtype=head.type)


def block_columns(block: CaseBlock) -> Columns:
    """Every column of a block by its place, personal fields left out."""
    columns: dict[Place, Any] = {
        (name,): getattr(block, name)
        for name in ("dossier_ids", "known_until", "held", "applicant_id_valid", "parents")
    }
    columns |= _of(("sources",), block.sources)
    columns |= _fields((), block)
    for kind, rows in block.children.items():
        columns[("children", kind, "offsets")] = rows.offsets
        columns |= _fields(("children", kind), rows)
    return columns


def _fields(at: Place, of: CaseBlock | Children) -> dict[Place, Any]:
    columns: dict[Place, Any] = {
        (*at, group, name): column
        for group in ("instants", "numbers")
        for name, column in getattr(of, group).items()
        if name not in _PERSONAL
    }
    for name, coded in of.words.items():
        if name not in _PERSONAL:
            columns |= _of((*at, "words", name), coded)
    return columns


def _of(at: Place, coded: Coded) -> dict[Place, Any]:
    return {(*at, "codes"): coded.codes.astype(np.int32, copy=False), (*at, "words"): coded.words}


def block_of(columns: Columns) -> CaseBlock:
    """The block whose columns these are; KeyError where one is missing."""
    tree: dict[str, Any] = {}
    for place, column in columns.items():
        node = tree
        for name in place[:-1]:
            node = node.setdefault(name, {})
        node[place[-1]] = column
    children = {
        kind: Children(rows["offsets"], *_groups(rows)) for kind, rows in tree.get("children", {}).items()
    }
    instants, numbers, words = _groups(tree)
    return CaseBlock(
        dossier_ids=tree["dossier_ids"],
        sources=Coded(**tree["sources"]),
        instants=instants,
        words=words,
        numbers=numbers,
        known_until=tree["known_until"],
        held=tree["held"],
        applicant_id_valid=tree["applicant_id_valid"],
        parents=tree["parents"],
        children=children,
    )


def _groups(tree: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Coded]]:
    words = {name: Coded(**coded) for name, coded in tree.get("words", {}).items()}
    return tree.get("instants", {}), tree.get("numbers", {}), words
