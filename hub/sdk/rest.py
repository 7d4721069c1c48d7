"""The kind "rest": records in pages of JSON over HTTP."""

# ruff: noqa: ARG002 - what one source has no use for, another needs

import json
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from hub.errors import SourceChanged
from hub.model.records import Window
from hub.sdk.charsets import to_utf8
from hub.sdk.encoding import encode_all
from hub.sdk.pages import Page, Stream, malformed
from hub.sdk.paths import Envelope, dig
from hub.sdk.progress import write_bound
from hub.sdk.source import Source

if TYPE_CHECKING:
    from hub.sdk.context import Context
    from hub.sdk.reply import Reply

_FIRST = itemgetter(0)


class RestSource(Source):
    """Override ``records``, ``record``, ``params`` or ``path`` where an interface has ways of its own."""

    def path(self, ctx: "Context", stream: Stream) -> str:
        """The address of the first page."""
        return str(stream.get("path", f"/{stream.name}"))

    def params(self, ctx: "Context", stream: Stream, window: Window) -> dict[str, Any]:
        """The query parameters of the first page: those configured, and the window."""
        form = stream.get("since_format", "iso")
        params = dict(stream.get("params", {}))
        for bound, name in ((window.lower, "since_param"), (window.upper, "until_param")):
            if bound is not None and stream.get(name):
                params[stream.get(name)] = write_bound(bound, form, ctx.clock.zone)
        return params

    def records(self, stream: Stream, page: Any) -> Any:
        """The records in a decoded answer. Overriding this costs speed."""
        return dig(page, stream.get("records", ""))

    def record(self, stream: Stream, record: dict[str, Any]) -> dict[str, Any]:
        """One record as it is to be kept. Overriding this costs speed."""
        return record

    def check(self, ctx: "Context") -> None:
        """Ask for the address of the source, credentials included."""
        ctx.http.reach(str(ctx.config.get("base_url", "")))

    def pull(self, ctx: "Context", stream: Stream, window: Window) -> Iterator[Page]:
        from hub.sdk.paging import Turns, pager_for

        pager = pager_for(stream, self.path(ctx, stream), self.params(ctx, stream, window))
        turns, total = Turns(), None
        ask: tuple[str, dict[str, Any]] | None = pager.first()
        while ask is not None:
            turns.asking(ask, stream.name)
            reply = self._ask(ctx, stream, *ask)
            raws, around = self._split(stream, reply)
            turns.page(raws, reply.url)
            if raws:
                yield Page(raws, origin=reply.url)
            total = around.get(stream.get("total", ""), total)
            ask = pager.after(len(raws), around, reply)
        turns.end(total, stream.name)

    def _ask(self, ctx: "Context", stream: Stream, path: str, params: Mapping[str, Any]) -> "Reply":
        if stream.get("method", "GET") == "POST":
            return ctx.http.post(path, json=dict(params))
        return ctx.http.get(path, params)

    def _split(self, stream: Stream, reply: "Reply") -> tuple[list[bytes], dict[str, Any]]:
        """The records of an answer as JSON, and the values around them that paging needs."""
        body = to_utf8(reply.body, reply.charset or stream.get("charset"))
        _refuse_pages_for_people(body, reply)
        around = [stream.get("next", ""), stream.get("total", "")]
        if not self._has_own_words():
            split = _envelope(stream.get("records", ""), *around).split(body)
            if split is not None:
                return _clean(split[0]), split[1]
        page = _decode(body, reply)
        records = _listed(self.records(stream, page), page, stream, reply)
        kept = [self.record(stream, r) if isinstance(r, dict) else _no_object(r) for r in records]
        return encode_all(kept), {path: dig(page, path) for path in around if path}

    def _has_own_words(self) -> bool:
        kind = type(self)
        return kind.records is not RestSource.records or kind.record is not RestSource.record


_ENVELOPES: dict[tuple[str, ...], Envelope] = {}


def _envelope(*paths: str) -> Envelope:
    if paths not in _ENVELOPES:
        _ENVELOPES[paths] = Envelope(paths[0], paths[1:])
    return _ENVELOPES[paths]


def _refuse_pages_for_people(body: bytes, reply: "Reply") -> None:
    start = body[:200].lstrip().lower()
    if start.startswith(b"<") or (not start and reply.status != 204):
        found = "a page of HTML or XML" if start else "an empty body"
        raise SourceChanged(f"{reply.url} answered with {found} instead of JSON")


def _clean(raws: list[bytes]) -> list[bytes]:
    """The records, those that are no objects replaced by what says so."""
    if bytes(map(_FIRST, raws)) == b"{" * len(raws):
        return raws
    return [raw if raw[:1] == b"{" else encode_all([malformed("not an object", raw)])[0] for raw in raws]


def _decode(body: bytes, reply: "Reply") -> Any:
    """The whole answer; numbers that JSON does not know become words, so that a mapping can refuse them."""
    try:
        return json.loads(body.decode("utf-8", "surrogateescape"), parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"{reply.url} answered with no JSON: {error}") from error


def _listed(records: Any, page: Any, stream: Stream, reply: "Reply") -> list[Any]:
    if isinstance(records, list | tuple):
        return list(records)
    path = stream.get("records", "")
    if records is None and path and _is_null(page, path):
        return []
    keys = ", ".join(list(page)[:20]) if isinstance(page, Mapping) else type(page).__name__
    words = [
        str(page[k])[:200] for k in ("message", "msg", "error") if isinstance(page, Mapping) and page.get(k)
    ]
    said = f"; it says: {'; '.join(words)}" if words else ""
    raise SourceChanged(
        f"{reply.url}: no list of records at {path or 'the top'!r}, "
        f"found {type(records).__name__} (keys: {keys}){said}"
    )


def _is_null(page: Any, path: str) -> bool:
    """Whether the path is there and holds null: the way some servers say "none"."""
    above, _, last = path.rpartition(".")
    around = dig(page, above)
    return isinstance(around, Mapping) and last in around


def _no_object(value: Any) -> dict[str, Any]:
    return malformed("not an object", json.dumps(value, default=str))
