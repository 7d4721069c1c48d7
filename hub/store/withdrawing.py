"""What a complete snapshot no longer holds."""

from dataclasses import dataclass, field

from sqlalchemy import Engine

from hub.store import fingerprint_log
from hub.store.dialect import Dialect
from hub.store.engine import reading
from hub.store.intake import Intake

#: The kind of the alarm about a snapshot that lost too much to be believed.
SHRUNK = "snapshot_shrunk"
#: More than one in so many missing: the snapshot is not believed.
_BELIEVED = 20


@dataclass(slots=True)
class Missing:
    """``keys`` by kind of the ``count`` rows missing, ``of`` how many that stood."""

    keys: dict[str, list[str]] = field(default_factory=dict)
    count: int = 0
    of: int = 0

    @property
    def too_many(self) -> bool:
        return self.count * _BELIEVED > self.of


def find_missing(engine: Engine, dialect: Dialect, intake: Intake) -> Missing:
    """The rows of a stream that no record of this run stands for."""
    found = Missing()
    meeting = intake.met
    assert meeting is not None, "the stream was not declared a snapshot"
    met = meeting.met()
    standing = fingerprint_log.standing(engine, intake.state.stream_id)
    if len(standing) == intake.state.rows and met.holds(standing):
        return found  # each row, none of them withdrawn, was met
    with reading(engine) as connection:
        for kind, rows in intake.state.kinds.items():
            if not rows:
                continue
            for piece in dialect.current(connection, kind, intake.state.stream_id):
                found.of += len(piece)
                found.keys.setdefault(kind, []).extend(meeting.missing(piece, met))
    found.keys = {kind: keys for kind, keys in found.keys.items() if keys}
    found.count = sum(map(len, found.keys.values()))
    if 0 < found.count <= meeting.unreadable:
        # Not withdrawn, because each may be one of the records whose very key could not be read.
        found.keys, found.count = {}, 0
    return found
