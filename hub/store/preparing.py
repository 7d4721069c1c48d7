"""From a mapped block to the columns of its table: sealed, fingerprinted, checked for odd text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hub.errors import StoreError
from hub.model.arrow_column import ArrowColumn, taken
from hub.model.kinds import KINDS, Field, RecordKind, personal_fields
from hub.model.records import KEY_SEPARATOR, RecordBlock
from hub.store.cells import with_array
from hub.store.fingerprints import FingerprintSet, pairs_in, value_fingerprints
from hub.store.schema import stored_fields
from hub.store.sealing import Sealer

Column = Sequence[Any]
_TEXTS = ("text", "identifier", "unit")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A block as it can be compared and written. ``columns`` and ``personal`` hold those fields that
    have a value; the personal ones are sealed only when they are written, or for the whole block.
    """

    kind: str
    keys: Sequence[str]
    indexes: Sequence[int]
    columns: dict[str, Column]
    personal: dict[str, Column]
    value_fps: Column
    sealer: Sealer
    #: Whether no key comes twice.
    unique: bool
    #: The positions in the block of which this is a part; None: it is whole.
    part: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def column(self, name: str) -> Column:
        return self.columns[name] if name in self.columns else [None] * len(self.keys)

    def positions(self) -> Sequence[int]:
        """Where each row stands in the whole block."""
        return range(len(self.keys)) if self.part is None else self.part

    def only(self, positions: Sequence[int]) -> "Prepared":
        """The rows at these positions."""
        return Prepared(
            self.kind,
            taken(list(self.keys), positions),
            [self.indexes[p] for p in positions],
            taken_at(positions, self.columns),
            taken_at(positions, self.personal),
            taken(self.value_fps, positions),
            self.sealer,
            self.unique,
            positions if self.part is None else [self.part[p] for p in positions],
        )

    def unknown_to(self, values: FingerprintSet | None) -> "Prepared":
        """The rows whose very values are not known to stand; with a key twice, all of them."""
        if values is None or not self.unique:
            return self
        known = values.contains(pairs_in(self.value_fps))
        return self.only(np.flatnonzero(~known).tolist()) if known.any() else self

    def sealed(self) -> "Prepared":
        """The same with its personal fields sealed already."""
        columns = self.columns | self.sealer.columns(self.kind, self.personal, len(self))
        return replace(self, columns=columns, personal={})


def cases_of(kind: str, keys: Sequence[str]) -> Sequence[str]:
    """The case of each row; none for kinds that belong to no case."""
    if kind == "item":
        return ()
    return keys if kind == "case" else [key.split(KEY_SEPARATOR, 1)[0] for key in keys]


def taken_at(positions: Sequence[int], columns: dict[str, Column]) -> dict[str, Column]:
    return {name: taken(column, positions) for name, column in columns.items()}


def prepare(block: RecordBlock, sealer: Sealer) -> Prepared:
    kind = KINDS[block.kind]
    given = _given(kind, block)
    columns = {f.name: given[f.name] for f in stored_fields(kind) if has_value(given.get(f.name))}
    if has_value(block.columns.get("applicant_id_valid")):
        columns["applicant_id_valid"] = block.columns["applicant_id_valid"]
    personal = {f.name: given[f.name] for f in personal_fields(kind) if has_value(given.get(f.name))}
    try:
        keys = _keys(kind, block, given)
        fingerprints = row_fingerprints(kind, keys, given)
    except (UnicodeEncodeError, TypeError, OverflowError, ValueError) as error:
        raise _unfit(kind, block, given, error) from error
    unique = len(set(keys)) == len(keys)
    return Prepared(kind.name, keys, block.indexes, columns, personal, fingerprints, sealer, unique)


def _given(kind: RecordKind, block: RecordBlock) -> dict[str, Column]:
    """The columns of a kind's fields, as they are stored."""
    try:
        return {
            f.name: with_array(_converted(f, block.columns[f.name]))
            for f in kind.fields
            if f.name in block.columns
        }
    except (UnicodeEncodeError, TypeError, OverflowError, ValueError) as error:
        raise _unfit(kind, block, block.columns, error) from error


def _keys(kind: RecordKind, block: RecordBlock, given: Mapping[str, Column]) -> Column:
    """The keys with an array beside them: where one field is the key, that of its column."""
    lone = given.get(kind.key_fields[0].name) if len(kind.key_fields) == 1 else None
    if isinstance(lone, ArrowColumn):
        return ArrowColumn(lone.array, list(block.keys), clean=lone.clean)
    return with_array(block.keys)


def has_value(column: Column | None) -> bool:
    """Whether any row has one."""
    if isinstance(column, ArrowColumn):
        return bool(column.array.null_count < len(column))
    return column is not None and any(value is not None for value in column)


def _converted(field: Field, column: Column) -> Column:
    """A boolean is stored as 0 or 1; a quantity is a double even when the mapping gave a whole number."""
    if field.type == "quantity":
        return [None if value is None else float(value) for value in column]
    if field.type == "boolean":
        return [None if value is None else int(value) for value in column]
    return column


def row_fingerprints(kind: RecordKind, keys: Column, given: Mapping[str, Column]) -> Column:
    """The value fingerprint of each row: its key and every field of its kind, given or not."""
    absent: Column = [None] * len(keys)
    lone = len(kind.key_fields) == 1
    fields = [given.get(f.name, absent) for f in kind.fields if not (lone and f.key)]
    return value_fingerprints(kind.name, [keys, *fields])


def _unfit(kind: RecordKind, block: RecordBlock, given: Mapping[str, Column], error: Exception) -> StoreError:
    """Find the row that cannot be encoded, to name it."""
    for i, key in enumerate(block.keys):
        try:
            value_fingerprints(kind.name, [[key], *([c[i]] for c in given.values())])
        except (UnicodeEncodeError, TypeError, OverflowError, ValueError):
            return unfit_text(kind.name, key, type(error).__name__)
    return unfit_text(kind.name, "", str(error))


def unfit_text(kind: str, key: str, why: str) -> StoreError:
    shown = key.encode("ascii", "backslashreplace").decode()
    return StoreError(
        f"a record cannot be kept in {kind}_rows: key {shown}: {why}",
        remedy="the mapping let a value through that is no text a database takes; report it as a bug",
    )


def check_texts(kind: RecordKind, columns: dict[str, Column]) -> None:
    """StoreError where a text holds a NUL, or is none at all."""
    for name in ("key", *(f.name for f in stored_fields(kind) if f.type in _TEXTS)):
        column = columns.get(name)
        if isinstance(column, ArrowColumn):
            clean = column.is_text and (column.clean or b"\0" not in bytes(column.body))
        elif column is not None:
            clean = "\0" not in _joined(kind, columns["key"], name, column)
        else:
            continue
        if not clean:
            raise _no_text(kind, columns["key"], name, column)


def _joined(kind: RecordKind, keys: Sequence[str], name: str, column: Column) -> str:
    try:
        return "".join(column if None not in column else [value for value in column if value is not None])
    except TypeError as error:
        raise _no_text(kind, keys, name, column) from error


def _no_text(kind: RecordKind, keys: Sequence[str], name: str, column: Column) -> StoreError:
    """Find the first value that is no text, or holds a NUL, to name its row."""
    odd = (i for i, v in enumerate(column) if v is not None and (not isinstance(v, str) or "\x00" in v))
    return unfit_text(kind.name, str(keys[next(odd)]), f"{name} holds what is no text")
