"""Whole columns converted at once.

A fast road returns the converted column and the rows it leaves to the scalar, which decides on them
one by one; or None when it cannot help at all. What it converts is exactly what the scalar would give.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import pyarrow as pa

from hub.mapping import fast_arrow
from hub.mapping.cleaning import NotConvertible
from hub.mapping.fast_arrow import ArrowRoad
from hub.mapping.fast_moments import MomentColumn
from hub.mapping.fast_numbers import integers, money, quantities
from hub.mapping.fast_texts import identifiers, texts
from hub.mapping.spec import FieldSpec
from hub.model.arrow_column import ArrowColumn

Column = Sequence[Any]
Listed = list[Any]
Done = tuple[Column, Sequence[int]]
Fast = Callable[[Column], Done | None]
Convert = Callable[[Sequence[Any], type], Listed | None]

_REMEMBERED = 10_000


def fast_for(spec: FieldSpec, one: Callable[[Any], Any]) -> Fast:
    """The fast road of a field whose scalar is ``one``."""
    listed, whole = _listed_road(spec, one), _arrow_road(spec, one)

    def road(column: Column) -> Done | None:
        if not isinstance(column, ArrowColumn):
            return listed(cast("Listed", column)) if listed else None
        done = whole(column) if whole else None
        if done is not None:
            return done
        return listed(column.values) if listed else None

    return road


def _arrow_road(spec: FieldSpec, one: Callable[[Any], Any]) -> ArrowRoad | None:
    type_ = spec.field.type
    if type_ in ("instant", "date") and spec.codes is None:
        day_only = type_ == "date" or spec.convert == "date"
        return fast_arrow.moments(MomentColumn(spec.formats, spec.zone, day_only=day_only))
    if spec.codes is None and type_ in ("text", "identifier") and spec.convert in ("text", "identifier"):
        return fast_arrow.identifiers if "identifier" in (type_, spec.convert) else fast_arrow.texts
    kept = _KEPT_AS.get(type_)
    words = fast_arrow.word_by_word(one, kept) if kept else None
    if words and type_ == "money" and spec.codes is None:
        return fast_arrow.amounts(spec.money_unit, words)
    return words


#: How the values of a type are held.
_KEPT_AS = dict.fromkeys(("text", "identifier", "unit"), pa.string()) | dict.fromkeys(
    ("integer", "money"), pa.int64()
)


def _listed_road(spec: FieldSpec, one: Callable[[Any], Any]) -> Callable[[Listed], Done | None] | None:
    type_ = spec.field.type
    if spec.codes is not None:
        return _Words(one, numbers=not {"true", "false"} & spec.codes.keys()).column
    if type_ in ("boolean", "unit"):
        return _Words(one, numbers=type_ == "boolean").column
    if type_ in ("instant", "date"):
        day_only = type_ == "date" or spec.convert == "date"
        return MomentColumn(spec.formats, spec.zone, day_only=day_only).column
    if type_ == "money":
        return _whole(_few(money(spec.money_unit)))
    if spec.convert in ("integer", "decimal"):
        return _whole(integers) if type_ == "integer" else None
    plain = {"text": texts, "identifier": identifiers, "integer": integers, "quantity": _few(quantities)}
    return _whole(plain["identifier" if spec.convert == "identifier" else type_])


class _Words(dict[Any, Any]):
    """Remembers what the scalar made of each word: such columns hold few different ones.

    Only texts are remembered, and whole numbers where they cannot be taken for true or false.
    """

    def __init__(self, one: Callable[[Any], Any], *, numbers: bool) -> None:
        super().__init__({None: None})
        self._one = one
        self._kinds = (str, int) if numbers else (str,)

    def __missing__(self, word: Any) -> Any:
        value = self._one(word)
        if type(word) in self._kinds and len(self) < _REMEMBERED:
            self[word] = value
        return value

    def column(self, column: Listed) -> Done | None:
        try:
            return [self[word] for word in column], ()
        except (NotConvertible, TypeError):  # a stranger among them, or something nested
            return None


def _few(convert: Convert) -> Convert:
    """Converts each text once where a look at the first ones shows few different ones."""

    def each_once(values: Sequence[Any], kind: type) -> Listed | None:
        if kind is not str or len(values) < 256 or len(set(values[:64])) > 32:
            return convert(values, kind)
        words = list(set(values))
        converted = convert(words, kind)
        if converted is None:
            return None
        table = dict(zip(words, converted, strict=True))
        return [table[value] for value in values]

    return each_once


def _whole(convert: Convert) -> Callable[[Listed], Done | None]:
    """A road over the present values of a column, which must all be of one kind."""

    def road(column: Listed) -> Done | None:
        if column and type(column[0]) is str:
            values = _all_texts(convert, column)
            if values is not None:
                return values, ()
        kinds = set(map(type, column))
        missing = type(None) in kinds
        kinds.discard(type(None))
        if len(kinds) != 1:
            return None if kinds else (column, ())
        (kind,) = kinds
        present = [value for value in column if value is not None] if missing else column
        values = convert(present, kind)
        if values is None and kind is str and not all(present):
            present, missing = list(filter(None, present)), True
            values = convert(present, kind) if present else []
        if values is None:
            return None
        return (_spread(column, values) if missing else values), ()

    return road


def _all_texts(convert: Convert, column: Listed) -> Listed | None:
    """Converts a column of nothing but texts, which is the most usual one, without counting kinds first."""
    try:
        return convert(column, str)
    except TypeError:  # texts were joined, and one was none
        return None


def _spread(column: Listed, values: Iterable[Any]) -> Listed:
    following = iter(values).__next__
    return [None if value is None or value == "" else following() for value in column]
