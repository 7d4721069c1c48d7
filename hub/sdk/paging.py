"""How one page leads to the next: each style as a small object that names the next request, or None."""

# ruff: noqa: ARG002 - what one style has no use for, another needs

from collections.abc import Mapping
from typing import Any

import xxhash

from hub.errors import ConfigError, SourceChanged
from hub.sdk.addresses import joined
from hub.sdk.pages import Stream
from hub.sdk.reply import Reply

#: Where the next page is: an address and its query parameters.
Ask = tuple[str, dict[str, Any]]


class Single:
    """One answer holds it all."""

    def __init__(self, stream: Stream, path: str, params: Mapping[str, Any]) -> None:
        self.stream = stream
        self.path = path
        self.params = dict(params)

    def first(self) -> Ask:
        return self.path, self.params

    def after(self, count: int, around: Mapping[str, Any], reply: Reply) -> Ask | None:
        """The request after a page of ``count`` records, of whose envelope ``around`` was read."""
        return None

    def sized(self) -> dict[str, Any]:
        size = self.stream.get("size_param")
        return {size: self.stream.get("page_size", 1000)} if size else {}


class Numbered(Single):
    """Pages counted from ``first_page``. Ends at an empty page, or once the announced total is there."""

    def first(self) -> Ask:
        self.number = int(self.stream.get("first_page", 1))
        self.seen = 0
        return self._ask()

    def _ask(self) -> Ask:
        page = self.stream.get("page_param", "page")
        return self.path, {**self.params, **self.sized(), page: self.number}

    def after(self, count: int, around: Mapping[str, Any], reply: Reply) -> Ask | None:
        self.seen += count
        total = around.get(self.stream.get("total", ""))
        # Not "a page shorter than asked is the last", because servers cap the page size as they like.
        if count == 0 or (is_count(total) and self.seen >= int(str(total))):
            return None
        self.number += 1
        return self._ask()


class Offset(Numbered):
    """The same, counted in records."""

    def _ask(self) -> Ask:
        offset = self.stream.get("offset_param", "offset")
        return self.path, {**self.params, **self.sized(), offset: self.seen}


class Cursor(Single):
    """Each page names a cursor or token for the next; none, or an empty one, ends."""

    def first(self) -> Ask:
        return self.path, {**self.params, **self.sized()}

    def after(self, count: int, around: Mapping[str, Any], reply: Reply) -> Ask | None:
        token = around.get(self.stream.get("next", ""))
        if token in (None, "", False):
            return None
        if not isinstance(token, str | int):
            raise SourceChanged(f"{reply.url}: {self.stream.get('next')} is a {type(token).__name__}")
        default = "page_token" if self.stream.get("paging") == "token" else "cursor"
        return self.path, {**self.params, **self.sized(), self.stream.get("next_param", default): token}


class Link(Single):
    """Each page gives the whole address of the next, in its envelope or in a Link header."""

    def first(self) -> Ask:
        return self.path, {**self.params, **self.sized()}

    def after(self, count: int, around: Mapping[str, Any], reply: Reply) -> Ask | None:
        path = self.stream.get("next", "")
        target = around.get(path) if path else _next_link(reply.headers.get("link", ""))
        if not target:
            return None
        if not isinstance(target, str):
            raise SourceChanged(f"{reply.url}: the next link is a {type(target).__name__}")
        return joined(reply.location, target), {}


def _next_link(header: str) -> str | None:
    for part in header.split(","):
        target, *marks = part.split(";")
        if any(mark.strip().replace('"', "").lower() == "rel=next" for mark in marks):
            return target.strip().strip("<>")
    return None


_STYLES: Mapping[str, type[Single]] = {
    "none": Single,
    "page": Numbered,
    "offset": Offset,
    "cursor": Cursor,
    "token": Cursor,
    "link": Link,
}


def pager_for(stream: Stream, path: str, params: Mapping[str, Any]) -> Single:
    """The pager of a stream's ``paging`` setting."""
    style = stream.get("paging", "none")
    if style not in _STYLES:
        raise ConfigError(f"paging {style!r} is unknown", remedy=", ".join(_STYLES))
    if style in ("cursor", "token") and not stream.get("next"):
        raise ConfigError(
            f"stream {stream.name}: paging {style!r} needs `next`, the path of the next {style}"
        )
    return _STYLES[style](stream, path, params)


class Turns:
    """Watches the pages go by: none twice, and as many records as were announced."""

    def __init__(self) -> None:
        self._pages: dict[bytes, int] = {}
        self._asked: set[str] = set()
        self.count = 0
        self.records = 0

    def asking(self, ask: Ask, where: str) -> None:
        """SourceChanged where the same request comes round again."""
        path, params = ask
        mark = repr((path, sorted(params.items(), key=lambda item: item[0])))
        if mark in self._asked:
            raise SourceChanged(f"{where}: the paging goes round in a circle after page {self.count}")
        self._asked.add(mark)

    def page(self, raws: list[bytes], where: str) -> None:
        """SourceChanged where a page's records are those of an earlier page."""
        self.count += 1
        self.records += len(raws)
        if not raws:
            return
        page = xxhash.xxh3_128()
        for raw in raws:  # not joined, because that takes as much memory once more
            page.update(raw)
        before = self._pages.setdefault(page.digest(), self.count)
        if before != self.count:
            raise SourceChanged(f"{where}: page {self.count} repeats page {before}")

    def end(self, total: Any, where: str) -> None:
        """SourceChanged where fewer records came than the last page announced."""
        if is_count(total) and self.records < int(total):
            raise SourceChanged(
                f"{where}: {total} records announced, {self.records} sent",
                remedy="pull again; if it stays so, the source's paging loses records",
            )


def is_count(value: Any) -> bool:
    """Whether an envelope's total is a number."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and value.strip().isdigit()
    )
