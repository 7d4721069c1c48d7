"""Reason codes of measuring. ``code(member)`` is the stable word; texts are made from it at the doors."""

from enum import IntEnum


class Undecided(IntEnum):
    """Why there is no deadline."""

    DECIDED = 0
    NO_START = 1
    NO_LIMIT = 2
    UNKNOWN_UNIT = 3
    BAD_LENGTH = 4
    BEYOND_TABLE = 5


class PauseReason(IntEnum):
    """What became of a pause: up to MERGED it counted, from NOT_ALLOWED on it did not."""

    COUNTED = 0
    CAPPED = 1  # counted up to the length applied for
    CLIPPED = 2  # counted only between the clock's start and its stop
    MERGED = 3  # counted only where no earlier pause ran
    NOT_ALLOWED = 4  # its kind does not stop this clock
    NO_START = 5
    EMPTY = 6  # its end is not after its start
    OUTSIDE = 7  # over before the clock started, or begun after it stopped
    NOT_YET = 8  # begins after the instant judged as now
    COVERED = 9  # earlier pauses ran all the while
    AFTER_DEADLINE = 10  # begun when the limit was already used up
    NO_TIME = 11  # no time that counts lies in it


class ExtensionReason(IntEnum):
    """What became of an extension: valid, or wholly void and why."""

    VALID = 0
    REPEATED = 1
    LATE = 2  # approved after the deadline that held without it
    TOO_LONG = 3
    NO_REASON = 4
    NO_AUTHORITY = 5
    EXCLUDED = 6  # the rule knows no extensions
    BAD_LENGTH = 7
    NOT_YET = 8  # approved after the instant judged as now
    NO_DATE = 9


def code(reason: IntEnum) -> str:
    """The stable word of a reason."""
    return reason.name.lower()
