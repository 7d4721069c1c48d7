"""The base that every source stands on."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from hub.model.records import Window
from hub.sdk.pages import Page, Stream

if TYPE_CHECKING:
    from hub.sdk.context import Context


class Source:
    """The base of every source; the kinds build on it, and so may a plugin that is of no kind."""

    def pull(self, ctx: "Context", stream: Stream, window: Window) -> Iterator[Page]:
        """Yield the records of ``stream`` within ``window``; raise an SDK error to say what happens next."""
        raise NotImplementedError(f"{type(self).__name__} has no pull()")

    def check(self, ctx: "Context") -> None:
        """Raise what a pull would meet now; by default nothing is tried."""

    def committed(self, ctx: "Context", stream: Stream, marks: Mapping[str, str]) -> None:
        """Told after the commit which marks were taken."""
