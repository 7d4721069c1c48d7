"""The one encoding of time: an instant is an integer, in the store, on the wire and in numpy alike.

``instant = microseconds since 1970-01-01T00:00Z × 2 + (1 if only the date is known)``

The low bit is the *day precision* of a date that came without a time; such an instant stands at
local midnight and is compared by date. Order is preserved, a column needs no companion, and a
fingerprint of values sees the precision. NULL in numpy columns is ``NO_INSTANT``.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

NO_INSTANT = -(2**63)
#: After every instant: what time alone will not bring about.
NEVER = 2**63 - 1
TICKS_PER_SECOND = 2_000_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def at(moment: datetime) -> int:
    """Encode an aware datetime exactly; a naive one raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime {moment!r}: attach the city's zone first")
    return ((moment - _EPOCH) // _MICROSECOND) * 2


def on(day: date, zone: tzinfo) -> int:
    """Encode a date known without a time: local midnight, marked day precision."""
    return at(datetime.combine(day, time.min, zone)) | 1


def is_day(instant: int) -> bool:
    """Whether only the date is known."""
    return bool(instant & 1)


def to_datetime(instant: int, zone: tzinfo = UTC) -> datetime:
    """Decode to an aware datetime in ``zone`` (day precision: local midnight)."""
    return (_EPOCH + timedelta(microseconds=instant >> 1)).astimezone(zone)


def isoformat(instant: int, zone: tzinfo) -> str:
    """ISO 8601 with offset, or the bare date where only the date is known."""
    moment = to_datetime(instant, zone)
    return moment.date().isoformat() if is_day(instant) else moment.isoformat()


def parse_iso(text: str, zone: tzinfo) -> int:
    """Decode ISO 8601; without an offset it is the wall clock of ``zone``, without a time a date.

    Raises ValueError on anything else.
    """
    if len(text) <= 10 and "T" not in text and ":" not in text:
        return on(date.fromisoformat(text), zone)
    moment = datetime.fromisoformat(text)
    return at(moment if moment.tzinfo else moment.replace(tzinfo=zone))
