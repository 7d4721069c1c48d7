"""What every source works with: the stream it is asked for, and the pages it yields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hub.model.records import Delivery
from hub.wire import malformed as malformed

#: One record: an object, or one that is already JSON in UTF-8.
Record = Mapping[str, Any] | bytes


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream to be pulled. ``marks`` are the files already taken; ``full``: take no notice of them."""

    name: str
    delivery: Delivery = "changes"
    cursor: str | None = None
    ordered: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    full: bool = False

    def get(self, key: str, default: Any = None) -> Any:
        """A setting of this stream."""
        value = self.settings.get(key)
        return default if value is None else value


@dataclass(frozen=True, slots=True)
class Page:
    """Some records in the order they came. ``origin`` tells a person where they are from.

    ``marks``: what counts as taken once these records are committed. ``rows``: beside each record
    what ``acknowledge`` will need to find it again (default: the record itself). ``cursors``: the
    records' cursor values, where they are at hand and need not be read out of JSON again.
    """

    records: Sequence[Record]
    origin: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Any] | None = None
    cursors: Sequence[Any] | None = None


class Acknowledged(NamedTuple):
    """One row after the commit. ``flag``: 1 taken, 2 item unknown, 3 rejected."""

    stream: Stream
    row: Any
    flag: int
