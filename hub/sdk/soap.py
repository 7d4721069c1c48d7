"""The kind "soap": records in the answers of a SOAP service."""

# ruff: noqa: ARG002 - what one source has no use for, another needs

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hub.errors import SourceChanged
from hub.model.records import Window
from hub.sdk.encoding import encode_all
from hub.sdk.pages import Page, Stream
from hub.sdk.progress import write_bound
from hub.sdk.source import Source

if TYPE_CHECKING:
    from hub.sdk.context import Context


class SoapSource(Source):
    """Override ``params``, ``records`` or ``record`` where a service has ways of its own."""

    def params(self, ctx: "Context", stream: Stream, window: Window) -> dict[str, Any]:
        """The operation's parameters: those configured, and the window."""
        form = stream.get("since_format", "iso")
        params = dict(stream.get("params", {}))
        for bound, name in ((window.lower, "since_param"), (window.upper, "until_param")):
            if bound is not None and stream.get(name):
                params[stream.get(name)] = write_bound(bound, form, ctx.clock.zone)
        return params

    def records(self, stream: Stream, answer: Any) -> list[dict[str, Any]]:
        """The records in an answer, as objects of its elements."""
        from hub.sdk.xmltree import as_object, find_all

        return [as_object(element) for element in find_all(answer, str(stream.get("record", "Row")))]

    def record(self, stream: Stream, record: dict[str, Any]) -> dict[str, Any]:
        """One record as it is to be kept."""
        return record

    def check(self, ctx: "Context") -> None:
        """The service answers at all; a fault is an answer."""
        ctx.http.reach(str(ctx.config.get("url", "")))

    def pull(self, ctx: "Context", stream: Stream, window: Window) -> Iterator[Page]:
        from hub.sdk.paging import Turns

        turns, total = Turns(), None
        params = self.params(ctx, stream, window)
        number = int(stream.get("first_page", 1))
        while True:
            answer, where = self._ask(ctx, stream, params, number)
            raws = encode_all([self.record(stream, record) for record in self.records(stream, answer)])
            total = _total(answer, stream, total)
            turns.page(raws, where)
            if raws:
                yield Page(raws, origin=f"{where} {number}" if stream.get("page_param") else where)
            if not raws or not stream.get("page_param") or (total is not None and turns.records >= total):
                break
            number += 1
        turns.end(total, stream.name)

    def _ask(self, ctx: "Context", stream: Stream, params: dict[str, Any], number: int) -> tuple[Any, str]:
        paged = dict(params)
        if stream.get("page_param"):
            paged[stream.get("page_param")] = number
        if stream.get("size_param"):
            paged[stream.get("size_param")] = stream.get("page_size", 500)
        answer, where = ctx.soap.call(
            str(stream.get("operation", stream.name)),
            paged,
            action=stream.get("action"),
            charset=str(stream.get("charset", "utf-8")),
            refused=stream.get("fault_auth", []),
        )
        return _inner(answer, stream, where), where


def _inner(answer: Any, stream: Stream, where: str) -> Any:
    """The element whose text is XML again, opened."""
    from hub.sdk.xmltree import find_all, parse

    name = stream.get("inner")
    if not name:
        return answer
    found = find_all(answer, str(name))
    if not found:
        raise SourceChanged(f"{where}: the answer has no element {name}", remedy="check `inner`")
    text = "".join(found[0].itertext()).strip().removeprefix("\ufeff")
    if text.startswith("<?xml"):  # its declared encoding is that of the bytes it once was, not of this text
        text = text.partition("?>")[2]
    return parse(text.encode("utf-8", "surrogatepass"), where)


def _total(answer: Any, stream: Stream, before: int | None) -> int | None:
    from hub.sdk.xmltree import find_all

    name = stream.get("total")
    found = find_all(answer, str(name)) if name else []
    text = (found[0].text or "").strip() if found else ""
    return int(text) if text.isdigit() else before
