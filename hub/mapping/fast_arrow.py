"""Columns of texts converted without making their values: checked, looked up and read as bytes.

A road takes texts and absent values, as they are cut out of the raw records, and returns the converted
column, or None where it cannot vouch for every value: the column is then converted as a list.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hub.mapping.cleaning import MAX_IDENTIFIER, NotConvertible
from hub.mapping.fast_moments import MomentColumn
from hub.mapping.fast_numbers import DECIMAL, DIGITS, fen
from hub.mapping.fast_texts import clean_body
from hub.mapping.numbers import MONEY_UNITS
from hub.model.arrow_column import ArrowColumn

ArrowRoad = Callable[[ArrowColumn], ArrowColumn | None]

_SPACE = ord(" ")
#: A column is worth converting word by word where the first so many values hold few different ones.
_SAMPLE, _FEW = 64, 24


def texts(column: ArrowColumn) -> ArrowColumn | None:
    """The column itself, where each of its texts is clean as it stands."""
    few = None if column.clean else words_of(column)
    looked_at = column if few is None else ArrowColumn(few.dictionary)
    return column if _is_clean(looked_at) and _has_edges(looked_at) else None


def identifiers(column: ArrowColumn) -> ArrowColumn | None:
    """As texts, none too long."""
    offsets = column.offsets
    longest = int((offsets[1:] - offsets[:-1]).max(initial=0))
    if longest > MAX_IDENTIFIER and max(map(len, filter(None, column)), default=0) > MAX_IDENTIFIER:
        return None
    return texts(column)


def _is_clean(column: ArrowColumn) -> bool:
    """Whether all texts are printable and in normal form."""
    return column.clean or clean_body(str(column.body, "utf-8"))


def _has_edges(column: ArrowColumn) -> bool:
    """Whether no text begins or ends with a blank."""
    units, bounds = np.frombuffer(column.body, np.uint8), column.offsets - column.offsets[0]
    first, last = bounds[:-1], bounds[1:] - 1
    if not column.whole:
        given = last >= first
        first, last = first[given], last[given]
    return not ((units[first] == _SPACE).any() or (units[last] == _SPACE).any())


def words_of(column: ArrowColumn) -> Any:
    """The column as codes of its words; None where a look at its beginning shows too many."""
    array = column.array
    if len(array) < 2 * _SAMPLE or len(array[:_SAMPLE].unique()) > _FEW:
        return None
    return array.dictionary_encode()


def word_by_word(one: Callable[[Any], Any], type_: Any) -> ArrowRoad:
    """Convert each word once, by the scalar, where there are few."""

    def converted(words: Any) -> Any | None:
        try:
            return pa.array([one(word) for word in words.to_pylist()], type_)
        except (NotConvertible, pa.ArrowException, OverflowError):  # the last two: no value of this type
            return None

    def road(column: ArrowColumn) -> ArrowColumn | None:
        if column.alike:
            made = converted(column.array[:1])
            return None if made is None else ArrowColumn(pa.repeat(made[0], len(column)))
        encoded = words_of(column)
        made = None if encoded is None else converted(encoded.dictionary)
        return None if made is None else ArrowColumn(made.take(encoded.indices))

    return road


def amounts(unit: str, few: ArrowRoad) -> ArrowRoad:
    """Money: ``few`` where a column holds few different words, else plain numbers read as doubles."""
    factor = int(MONEY_UNITS[unit])

    def road(column: ArrowColumn) -> ArrowColumn | None:
        found = few(column)
        numbers = _doubles(column) if found is None else None
        if numbers is None:
            return found
        made = fen(numbers, factor)
        absent = None if column.whole else column.array.is_null().to_numpy(zero_copy_only=False)
        return None if made is None else ArrowColumn.of_integers(made, absent)

    return road


def _doubles(column: ArrowColumn) -> NDArray[np.float64] | None:
    """Plain numbers, 0 where absent; None where one is no such thing, or has too many digits to be exact."""
    longest = int(np.diff(column.offsets).max(initial=0))
    if longest > DIGITS or bytes(column.body).translate(None, DECIMAL):
        return None
    try:
        read = pc.cast(column.array, pa.float64())
    except pa.ArrowInvalid:
        return None
    return np.asarray((read if column.whole else read.fill_null(0.0)).to_numpy())


def moments(reader: MomentColumn) -> ArrowRoad:
    """Times written in one shape, read as one matrix."""

    def road(column: ArrowColumn) -> ArrowColumn | None:
        sizes = np.diff(column.offsets)
        given = sizes > 0
        if not given.any() or not (sizes[given] == sizes[given][0]).all():
            return None
        rows = np.frombuffer(column.body, np.uint8).reshape(-1, int(sizes[given][0]))
        found = reader.instants(np.ascontiguousarray(rows.T), bytes(rows[0]).decode("utf-8", "replace"))
        if found is None:
            return None
        if given.all():
            return ArrowColumn.of_integers(found)
        spread = np.zeros(len(column), np.int64)
        spread[given] = found
        return ArrowColumn.of_integers(spread, ~given)

    return road
