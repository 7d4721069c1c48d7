"""What an operator may ask of a sync, and how many sources run at once."""

from dataclasses import dataclass

#: Sources wait for their departments most of the time; more at once would only queue at the store.
SIDE_BY_SIDE = 4


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """What the operator asked of a sync; ``since`` and ``until`` as typed."""

    full: bool = False
    since: str | None = None
    until: str | None = None
    dry_run: bool = False
    limit: int | None = None
