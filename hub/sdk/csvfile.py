"""Delimited text: every line of the file ends up in a record or in a malformed one, none is shifted."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from hub.sdk.charsets import lines
from hub.sdk.encoding import encode_one, encode_texts
from hub.sdk.headers import column_names
from hub.sdk.pages import Stream, malformed

_PAGE = 2_000
#: A quoted cell longer than this is a quote that was never closed.
_MAX_CELL = 16 << 20
_DELIMITERS = ",\t;|"


class _Lines:
    """Hands lines to the csv reader, and remembers those of the record under way."""

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self._again: list[str] = []
        self.recent: list[str] = []
        self.number = 0
        self.size = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._source)
        self.recent.append(line)
        self.number += 1
        self.size += len(line)
        if self.size > _MAX_CELL and len(self.recent) > 1:
            raise csv.Error("a quote is opened and never closed")
        return line

    def settle(self) -> None:
        """A record is complete."""
        self.recent.clear()
        self.size = 0

    def give_back(self) -> str:
        """The first line of the record under way; the others will be read again, as records of their own."""
        first, *others = self.recent
        self._again += reversed(others)
        self.number -= len(others)
        self.settle()
        return first


def read_csv(file: BinaryIO, encoding: str, stream: Stream, shape: str, name: str) -> Iterator[list[bytes]]:
    """Pages of records out of delimited text."""
    csv.field_size_limit(_MAX_CELL * 2)
    source = _Lines(lines(file, encoding))
    delimiter = stream.get("delimiter") or ("\t" if shape == "tsv" else None)
    header: list[str] | None = stream.get("columns")
    skip = int(stream.get("header_row", 1)) - 1
    page = _Page(name, pad=stream.get("ragged") == "pad")
    for row in _rows(source, delimiter):
        if isinstance(row, _Broken):
            page.odd(row.record(name))
        elif header is None:
            if skip:
                skip -= 1
            else:
                header = column_names(row.cells)
        elif len(row.cells) == len(header):
            page.rows.append(dict(zip(header, row.cells, strict=True)))
            page.lines.append(row.line)
        else:
            page.odd(_ragged(row, header, name, pad=page.pad))
        if page.odds or len(page.rows) >= _PAGE:
            yield page.take()
    if page.rows:
        yield page.take()


class _Page:
    """Rows gathered; an odd one ends the page, so that the order stays."""

    def __init__(self, name: str, *, pad: bool) -> None:
        self.name, self.pad = name, pad
        self.rows: list[dict[str, str]] = []
        self.lines: list[int] = []
        self.odds: list[bytes] = []

    def odd(self, record: dict[str, object]) -> None:
        self.odds.append(encode_one(record))

    def take(self) -> list[bytes]:
        raws = [*encode_texts(self.rows, self.lines, self.name), *self.odds]
        self.rows, self.lines, self.odds = [], [], []
        return raws


class _Row:
    """The cells of one record, and the line it began on."""

    __slots__ = ("cells", "line")

    def __init__(self, cells: list[str], line: int) -> None:
        self.cells, self.line = cells, line


class _Broken(_Row):
    """A line no record could be made of."""

    __slots__ = ("text", "why")

    def __init__(self, why: str, text: str, line: int) -> None:
        super().__init__([], line)
        self.why, self.text = why, text

    def record(self, name: str) -> dict[str, object]:
        return malformed(self.why, self.text, line=self.line, file=name)


def _rows(source: _Lines, delimiter: str | None) -> Iterator[_Row]:
    """Rows that are not blank. After a fault reading goes on at the next line."""
    if delimiter is None:
        delimiter = _delimiter(source)
    while True:
        reader = csv.reader(source, delimiter=delimiter, strict=True)
        start = source.number + 1
        try:
            for cells in reader:
                if any(map(str.strip, cells)):
                    yield _Row(cells, start)
                source.settle()
                start = source.number + 1
            return
        except csv.Error as error:
            if not source.recent:
                return
            yield _Broken(str(error), source.give_back(), start)


def _delimiter(source: _Lines) -> str:
    """The separator that the first line with anything in it uses most."""
    seen = []
    for line in source:
        seen.append(line)
        if line.strip():
            break
    bare = "".join(seen[-1].split('"')[::2]) if seen else ""
    source.recent[:0] = [""]
    source.give_back()
    return max(_DELIMITERS, key=bare.count)


def _ragged(row: _Row, header: list[str], name: str, *, pad: bool) -> dict[str, object]:
    """A row of another width. Empty cells too many are nothing; any other difference may be a shift."""
    cells = row.cells
    if len(cells) > len(header) and not any(cells[len(header) :]):
        return dict(zip(header, cells, strict=False))
    if len(cells) < len(header) and pad:
        return dict(zip(header, [*cells, *[""] * (len(header) - len(cells))], strict=True))
    why = f"{len(cells)} cells where the header names {len(header)}"
    return malformed(why, "", line=row.line, file=name, cells=cells[:500])
