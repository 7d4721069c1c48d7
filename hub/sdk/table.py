"""The kind "table": rows of a database, by a rising column or by a flag that is set back."""

# ruff: noqa: ARG002 - what one source has no use for, another needs

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from hub.errors import ConfigError
from hub.model.records import Window
from hub.sdk.encoding import encode_all
from hub.sdk.pages import Acknowledged, Page, Stream
from hub.sdk.source import Source

if TYPE_CHECKING:
    from hub.sdk.context import Context
    from hub.sdk.exchange import ExchangeTable


class TableSource(Source):
    """Override ``statement`` for a query of your own, ``record`` where rows need a hand."""

    def record(self, stream: Stream, record: dict[str, Any]) -> dict[str, Any]:
        """One record as it is to be kept. Overriding this costs speed."""
        return record

    def statement(self, ctx: "Context", stream: Stream, window: Window) -> tuple[Any, dict[str, Any]]:
        """What to ask the database: SQL (text or a SQLAlchemy select) and its parameters."""
        if stream.get("query"):
            from hub.sdk.exchange import configured_query

            return configured_query(ctx, stream, window)
        return self._table(ctx, stream).select(window), {}

    def check(self, ctx: "Context") -> None:
        """The database can be reached and lets us in."""
        with ctx.db.reading():
            pass

    def pull(self, ctx: "Context", stream: Stream, window: Window) -> Iterator[Page]:
        from hub.sdk.rows import encode_rows
        from hub.sdk.spool import spooled

        statement, params = self.statement(ctx, stream, window)
        lists = ctx.db.rows(statement, params)
        if stream.delivery == "flagged":
            # Read to the end first: a query left open while flags are set back would hold locks.
            lists = spooled(lists)
        names = next(lists)
        place = _place(names, stream.cursor)
        for rows in lists:
            raws = self._kept(stream, encode_rows(names, rows))
            cursors = [row[place] for row in rows] if place is not None else None
            yield Page(raws, origin=self._origin(stream), rows=rows, cursors=cursors)

    def acknowledge(self, ctx: "Context", rows: Sequence[Acknowledged]) -> None:
        """Set the flag back, only on rows that still equal what was read."""
        if rows:
            edited = self._table(ctx, rows[0].stream).set_back(rows)
            if edited:
                ctx.log.info(
                    "%s: %d rows were edited meanwhile and keep their flag", rows[0].stream.name, edited
                )

    def _table(self, ctx: "Context", stream: Stream) -> "ExchangeTable":
        from hub.sdk.exchange import ExchangeTable

        if stream.delivery == "flagged" and not stream.get("flag"):
            raise ConfigError(f"stream {stream.name} is flagged, but names no flag", remedy='flag = "COLUMN"')
        return ExchangeTable(ctx, stream)

    def _origin(self, stream: Stream) -> str:
        return (
            f"query of {stream.name}" if stream.get("query") else f"table {stream.get('table', stream.name)}"
        )

    def _kept(self, stream: Stream, raws: list[bytes]) -> list[bytes]:
        if type(self).record is TableSource.record:
            return raws
        records = [msgspec.json.decode(raw) for raw in raws]
        return encode_all([r if "_malformed" in r else self.record(stream, r) for r in records])


def _place(names: Sequence[str], cursor: str | None) -> int | None:
    """Where in a row the cursor stands, whatever case the database gives its name in."""
    low = [name.lower() for name in names]
    return low.index(cursor.lower()) if cursor and cursor.lower() in low else None
