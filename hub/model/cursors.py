"""Cursor values as text: an ISO 8601 instant in UTC, or an integer. Nothing else can be a cursor."""

from datetime import UTC, timedelta, tzinfo

from hub.model.instants import at, parse_iso, to_datetime


def normalise(value: object, zone: tzinfo) -> str | None:
    """The text form of a source's cursor value; None where it can be no cursor (blank, other words).

    Naive instants are the wall clock of ``zone``; a date stands at its local midnight.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return str(value)
    text = str(value).strip()
    if text.lstrip("-").isdigit() and len(text) < 20:
        return str(int(text))
    try:
        return from_instant(parse_iso(text.replace("/", "-"), zone))
    except ValueError:
        return None


def from_instant(instant: int) -> str:
    """An instant as cursor text."""
    return to_datetime(instant & ~1, UTC).isoformat()


def is_instant(cursor: str) -> bool:
    """Whether the cursor is a point in time, so that overlap and upper bound apply to it."""
    return not cursor.lstrip("-").isdigit()


def order_key(cursor: str) -> tuple[int, int]:
    """A key that sorts cursors by value; integers and instants never share a stream."""
    return (1, as_instant(cursor)) if is_instant(cursor) else (0, int(cursor))


def as_instant(cursor: str) -> int:
    """The instant a time cursor stands for."""
    return parse_iso(cursor, UTC) & ~1


def earlier(cursor: str, overlap_s: float) -> str:
    """The cursor moved back by the overlap; an integer cursor is left where it is."""
    if not is_instant(cursor) or overlap_s <= 0:
        return cursor
    try:
        return from_instant(at(to_datetime(as_instant(cursor)) - timedelta(seconds=overlap_s)))
    except OverflowError:  # the year 1, as some systems write "no date"
        return cursor
