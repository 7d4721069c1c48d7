"""How far a stream has come: the cursor that may be committed with a batch. No plugin computes it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from operator import le
from typing import Any

from hub.model import cursors
from hub.model.instants import at
from hub.wire import StreamTask

_EPOCHS = {"epoch_s": 1, "epoch_ms": 1000}


def read_cursor(value: Any, form: str | None, zone: tzinfo) -> str | None:
    """A record's cursor value as cursor text; None where it can be none. ``form``: see ``cursor_format``."""
    if form is None:
        return cursors.normalise(value, zone)
    try:
        if form in _EPOCHS:
            micros = round(float(value) * 1_000_000 / _EPOCHS[form])
            return cursors.from_instant(micros * 2)
        moment = datetime.strptime(str(value).strip(), form)  # noqa: DTZ007 - the city's zone is attached below
    except (ValueError, TypeError, OverflowError):
        return None
    return cursors.from_instant(at(moment if moment.tzinfo else moment.replace(tzinfo=zone)))


def write_bound(cursor: str, form: str, zone: tzinfo) -> str | int:
    """A window's bound as the source wants it; times are cut to the form's precision, never rounded up."""
    if not cursors.is_instant(cursor):
        return int(cursor)
    moment = datetime.fromisoformat(cursor)
    if form in _EPOCHS:
        return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * _EPOCHS[form])
    local = moment.astimezone(zone)
    return local.isoformat() if form == "iso" else local.strftime(form)


class Progress:
    """The cursor of one stream during one pull."""

    def __init__(self, task: StreamTask, started_at: int, zone: tzinfo) -> None:
        self.task = task
        self.zone = zone
        self.form: str | None = task.settings.get("cursor_format")
        self.unreadable = 0
        self._ordered = task.ordered
        self._best: str | None = None
        self._below: str | None = None
        self._last: Any = None
        upper = task.window.upper
        self._ceiling = cursors.from_instant(started_at)
        if upper is not None and cursors.is_instant(upper):
            self._ceiling = min(upper, self._ceiling, key=cursors.order_key)
        self._integer_ceiling = None if upper is None or cursors.is_instant(upper) else int(upper)

    def see(self, values: Sequence[Any]) -> None:
        """Take note of the cursor values of records in the order they came."""
        if not values:
            return
        self.unreadable += sum(value is None or value == "" for value in values)
        if _same_type(values) or _same_shape(values):
            self._check_order(values)
            ranked = sorted(set(values), reverse=True)
        else:
            read = {value: self._read(value) for value in {v for v in values if _hashable(v)}}
            keys = [cursors.order_key(read[v]) for v in values if _hashable(v) and read[v]]  # type: ignore[arg-type]
            self._check_order(keys)
            known = [value for value, text in read.items() if text]
            ranked = sorted(known, key=lambda value: cursors.order_key(read[value]), reverse=True)  # type: ignore[arg-type]
        self._climb(ranked)

    def _check_order(self, values: Sequence[Any]) -> None:
        """A source that is not as ordered as its manifest says is treated as unordered."""
        if not self._ordered or not values:
            return
        try:
            ordered = all(map(le, values, values[1:])) and (self._last is None or self._last <= values[0])
        except TypeError:  # the shape of the values changed between batches
            ordered = False
        self._ordered = ordered
        self._last = values[-1]

    def _climb(self, ranked: Sequence[Any]) -> None:
        """Raise the mark by the two largest values that count; ``ranked`` falls."""
        found = []
        for value in ranked:
            text = self._read(value)
            if text is not None and self._counts(text) and text not in found:
                found.append(text)
                if len(found) == 2:
                    break
        best = [text for text in (*found, self._best, self._below) if text is not None]
        distinct = sorted(set(best), key=cursors.order_key, reverse=True)
        self._best = distinct[0] if distinct else None
        self._below = distinct[1] if len(distinct) > 1 else None

    def _read(self, value: Any) -> str | None:
        return read_cursor(value, self.form, self.zone)

    def _counts(self, text: str) -> bool:
        """Whether the value is neither in the future nor above the window."""
        if cursors.is_instant(text):
            return cursors.order_key(text) <= cursors.order_key(self._ceiling)
        return self._integer_ceiling is None or int(text) <= self._integer_ceiling

    def position(self, *, done: bool) -> str | None:
        """What may be committed now; never behind what is committed already."""
        if self.task.window.mode == "range":
            return None
        reached = self._best if done else (self._below if self._ordered else None)
        before = self.task.committed
        if reached is None or before is None or cursors.is_instant(before) != cursors.is_instant(reached):
            return reached
        return reached if cursors.order_key(reached) > cursors.order_key(before) else None


def _same_type(values: Sequence[Any]) -> bool:
    """Whether the values are times or integers of one type, as databases give them."""
    types = set(map(type, values))
    if types == {datetime}:
        return len({value.tzinfo is None for value in values}) == 1
    return types == {int} or types == {date}


def _hashable(value: Any) -> bool:
    return not isinstance(value, list | dict)


def _same_shape(values: Sequence[Any]) -> bool:
    """Whether the values are ISO times of one form, so that the order of text is the order of time."""
    first = values[0]
    if type(first) is not str or len(first) < 10 or first[4] != "-":
        return False
    size, end = len(first), first[19:]
    if "+" in end or "-" in end:
        end = end[-6:]
    elif not end.endswith("Z"):
        end = ""
    try:
        between = first[10:11]
        return _plain(first) and all(
            len(v) == size and v[4] == "-" and v[10:11] == between and v.endswith(end) for v in values
        )
    except (TypeError, AttributeError, IndexError):
        return False


def _plain(first: str) -> bool:
    return first[:4].isdigit() and (len(first) == 10 or first[10] in "T ")
