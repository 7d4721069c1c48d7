"""Which part of a stream a run asks for: computed here, by the core, never by a plugin."""

from dataclasses import dataclass

from hub.model.cursors import earlier, from_instant, is_instant
from hub.model.instants import TICKS_PER_SECOND
from hub.model.records import Window


@dataclass(frozen=True, slots=True)
class WindowRequest:
    """What the operator and the settings ask of every stream of one run.

    ``since`` and ``until`` are cursor texts of a range asked for by hand: such a run moves no cursor.
    """

    started_at: int
    overlap_s: float = 0.0
    settle_s: float = 0.0
    full: bool = False
    since: str | None = None
    until: str | None = None

    @property
    def by_hand(self) -> bool:
        return self.since is not None or self.until is not None

    @property
    def reach(self) -> str:
        """What is asked for: "next" what is new, "full" everything, "range" a window by hand."""
        return "range" if self.by_hand else "full" if self.full else "next"

    @property
    def bound(self) -> int:
        """The instant up to which a complete run of this request knows its source."""
        return self.started_at - int(self.settle_s * TICKS_PER_SECOND)


def window_for(committed: str | None, request: WindowRequest) -> Window:
    """The window of one stream, from its committed cursor (None: never read, or it has none).

    lower = committed − overlap, upper = start of the run − settle, frozen for the run.
    """
    if request.by_hand:
        return Window(lower=request.since, upper=request.until or from_instant(request.bound), mode="range")
    integer_cursor = committed is not None and not is_instant(committed)
    upper = None if integer_cursor else from_instant(request.bound)
    if request.full or committed is None:
        return Window(lower=None, upper=upper, mode="full" if request.full else "incremental")
    return Window(lower=earlier(committed, request.overlap_s), upper=upper, mode="incremental")
