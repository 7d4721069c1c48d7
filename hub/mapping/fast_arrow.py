"""Columns of texts converted without making their values: checked, looked up and read as bytes.

A road takes texts and absent values, as they are cut out of the raw records, and returns the converted
column and the rows it leaves to the scalar; or None where these would be many, or it cannot tell which: the
column is then converted as a list.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hub.mapping.cleaning import MAX_IDENTIFIER, NotConvertible
from hub.mapping.fast_moments import MomentColumn
from hub.mapping.fast_numbers import DECIMAL, DIGITS, fen
from hub.mapping.fast_texts import clean_body
from hub.mapping.numbers import MONEY_UNITS
from hub.model.arrow_column import ArrowColumn

Places = NDArray[np.intp]
Road = tuple[ArrowColumn, Sequence[int]]
ArrowRoad = Callable[[ArrowColumn], Road | None]

_SPACE = ord(" ")
#: A column is worth converting word by word where the first so many values hold few different ones.
_SAMPLE, _FEW = 64, 24
#: No more than one row of so many is left to the scalar, which takes as much longer than a list.
_LEFT = 16
#: No time that any format reads takes more bytes.
_LONGEST_TIME = 64
_IS_DECIMAL = np.isin(np.arange(256), list(DECIMAL))


def texts(column: ArrowColumn) -> Road | None:
    """The column itself, where all of its texts are clean but for blanks at the ends of some."""
    few = None if column.clean else words_of(column)
    looked_at = column if few is None else ArrowColumn(few.dictionary)
    if not _is_clean(looked_at):
        return None
    edged = _edged(looked_at)
    return _leaving(column, _edged(column) if few is not None and len(edged) else edged)


def _leaving(column: ArrowColumn, rows: Places) -> Road | None:
    return (column, rows.tolist()) if _LEFT * len(rows) <= len(column) else None


def identifiers(column: ArrowColumn) -> Road | None:
    """As texts, none too long."""
    offsets = column.offsets
    longest = int((offsets[1:] - offsets[:-1]).max(initial=0))
    if longest > MAX_IDENTIFIER and max(map(len, filter(None, column)), default=0) > MAX_IDENTIFIER:
        return None
    return texts(column)


def _is_clean(column: ArrowColumn) -> bool:
    """Whether all texts are printable and in normal form."""
    return column.clean or clean_body(str(column.body, "utf-8"))


def _edged(column: ArrowColumn) -> Places:
    """The rows whose text begins or ends with a blank."""
    units, bounds = np.frombuffer(column.body, np.uint8), column.offsets - column.offsets[0]
    first, last = bounds[:-1], bounds[1:] - 1
    if column.whole:
        return np.flatnonzero((units[first] == _SPACE) | (units[last] == _SPACE))
    given = np.flatnonzero(last >= first)
    found: Places = given[(units[first[given]] == _SPACE) | (units[last[given]] == _SPACE)]
    return found


def words_of(column: ArrowColumn) -> Any:
    """The column as codes of its words; None where a look at its beginning shows too many."""
    array = column.array
    if len(array) < 2 * _SAMPLE or len(array[:_SAMPLE].unique()) > _FEW:
        return None
    return array.dictionary_encode()


def word_by_word(one: Callable[[Any], Any], type_: Any) -> ArrowRoad:
    """Convert each word once, by the scalar, where there are few."""

    def converted(words: Any) -> tuple[Any, list[int]] | None:
        """The words converted, and at which places there are none."""
        made, faulty = [], []
        for at, word in enumerate(words.to_pylist()):
            try:
                made.append(one(word))
            except NotConvertible:
                made.append(None)
                faulty.append(at)
        try:
            return pa.array(made, type_), faulty
        except (pa.ArrowException, OverflowError):  # no value of this type
            return None

    def road(column: ArrowColumn) -> Road | None:
        if column.alike:
            found = converted(column.array[:1])
            return (ArrowColumn(pa.repeat(found[0][0], len(column))), ()) if found and not found[1] else None
        encoded = words_of(column)
        found = None if encoded is None else converted(encoded.dictionary)
        if encoded is None or found is None:
            return None
        made, faulty = found
        whole = ArrowColumn(made.take(encoded.indices))
        if not faulty:
            return whole, ()
        words = encoded.indices.fill_null(-1).to_numpy()
        return whole, np.flatnonzero(np.isin(words, faulty)).tolist()

    return road


def amounts(unit: str, few: ArrowRoad) -> ArrowRoad:
    """Money: ``few`` where a column holds few different words, else plain numbers read as doubles."""
    factor = int(MONEY_UNITS[unit])

    def road(column: ArrowColumn) -> Road | None:
        found = few(column)
        if found is not None:
            return found
        left = _leaving(column, _odd_numbers(column))
        if left is None:
            return None
        rows = left[1]
        plain = column.with_values(rows, [None] * len(rows)) if rows else column
        numbers = _doubles(plain)
        made = None if numbers is None else fen(numbers, factor)
        absent = None if plain.whole else plain.array.is_null().to_numpy(zero_copy_only=False)
        return None if made is None else (ArrowColumn.of_integers(made, absent), rows)

    return road


def _odd_numbers(column: ArrowColumn) -> Places:
    """The rows that hold anything but digits, a sign and a point, or too many of these to be exact."""
    bounds = column.offsets - column.offsets[0]
    odd = np.flatnonzero(np.diff(bounds) > DIGITS)
    if bytes(column.body).translate(None, DECIMAL):
        strange = np.flatnonzero(~_IS_DECIMAL[np.frombuffer(column.body, np.uint8)])
        odd = np.union1d(odd, np.searchsorted(bounds, strange, "right") - 1)
    return odd


def _doubles(column: ArrowColumn) -> NDArray[np.float64] | None:
    """Plain numbers, 0 where absent; None where one is no such thing."""
    try:
        read = column.array.cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    return np.asarray((read if column.whole else read.fill_null(0.0)).to_numpy())


def moments(reader: MomentColumn) -> ArrowRoad:
    """Times written in one shape, but for few, read as one matrix."""

    def road(column: ArrowColumn) -> Road | None:
        sizes = np.diff(column.offsets)
        if not sizes.any():
            return None
        usual = int(np.bincount(sizes[sizes > 0].clip(max=_LONGEST_TIME + 1)).argmax())
        if usual > _LONGEST_TIME:
            return None
        left = _leaving(column, np.flatnonzero((sizes > 0) & (sizes != usual)))
        if left is None:
            return None
        rows = left[1]
        plain = column.with_values(rows, [None] * len(rows)) if rows else column
        units = np.frombuffer(plain.body, np.uint8).reshape(-1, usual)
        found = reader.instants(np.ascontiguousarray(units.T), bytes(units[0]).decode("utf-8", "replace"))
        if found is None:
            return None
        given = sizes == usual
        if given.all():
            return ArrowColumn.of_integers(found), ()
        spread = np.zeros(len(column), np.int64)
        spread[given] = found
        return ArrowColumn.of_integers(spread, ~given), rows

    return road
