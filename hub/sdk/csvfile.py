"""Delimited text: every line of the file ends up in a record or in a malformed one, none is shifted."""

import csv
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from hub.errors import ConfigError
from hub.sdk.charsets import lines
from hub.sdk.encoding import encode_one
from hub.sdk.headers import column_names
from hub.sdk.pages import Stream, malformed
from hub.sdk.rowshape import encode_plain

_PAGE = 2_000
#: A quoted cell longer than this is a quote that was never closed.
_MAX_CELL = 16 << 20
_DELIMITERS = ",\t;|"


class _Lines:
    """Hands out lines one by one, to us or to the csv reader, and remembers those of the record under way."""

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self._again: list[str] = []
        self._recent: list[str] = []
        self._size = 0
        self.number = 0

    def take(self) -> str | None:
        """The next line, for a record of its own; None at the end."""
        self.number += 1
        return self._again.pop() if self._again else next(self._source, None)

    def put_back(self, line: str) -> None:
        """Undo a ``take``; what was remembered is forgotten."""
        self.number -= 1
        self._again.append(line)
        self._recent.clear()
        self._size = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        """The next line of the record under way."""
        line = self.take()
        if line is None:
            raise StopIteration
        self._recent.append(line)
        self._size += len(line)
        if self._size > _MAX_CELL and len(self._recent) > 1:
            raise csv.Error("a quote is opened and never closed")
        return line

    def give_back(self) -> str:
        """The first line of the record under way; the others will be read again, as records of their own."""
        first, *others = self._recent
        self._again += reversed(others)
        self.number -= len(others)
        return first


def read_csv(file: BinaryIO, encoding: str, stream: Stream, shape: str, name: str) -> Iterator[list[bytes]]:
    """Pages of records out of delimited text."""
    csv.field_size_limit(_MAX_CELL * 2)
    source = _Lines(lines(file, encoding))
    delimiter = stream.get("delimiter") or ("\t" if shape == "tsv" else _delimiter(source))
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise ConfigError(f"delimiter {delimiter!r} cannot part cells", remedy="write one character")
    header: list[str] | None = stream.get("columns")
    skip = int(stream.get("header_row", 1)) - 1
    page = _Page(header or [], name, pad=stream.get("ragged") == "pad")
    for cells, line in _rows(source, delimiter):
        if isinstance(cells, _Broken):
            page.broken(cells, line)
        elif len(cells) == page.width:
            page.rows.append(cells)
            page.lines.append(line)
            if len(page.rows) >= _PAGE:
                yield page.take()
        elif header is None:
            if skip:
                skip -= 1
            else:
                page.names = header = column_names(cells, name)
                page.width = len(header)
        else:
            page.ragged(cells, line)
        if page.odds:
            yield page.take()
    yield page.take()


class _Page:
    """Rows gathered; an odd one ends the page, so that the order stays."""

    def __init__(self, names: list[str], name: str, *, pad: bool) -> None:
        self.names, self.name, self.pad = names, name, pad
        self.width = len(names)
        self.rows: list[list[str]] = []
        self.lines: list[int] = []
        self.odds: list[bytes] = []

    def broken(self, found: "_Broken", line: int) -> None:
        """A line that no record could be made of."""
        self.odds.append(encode_one(malformed(found.why, found.text, line=line, file=self.name)))

    def ragged(self, cells: list[str], line: int) -> None:
        """A row of another width. Empty cells too many are nothing; any other difference may be a shift."""
        names, width = self.names, self.width
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        elif len(cells) < width and self.pad:
            cells = [*cells, *[""] * (width - len(cells))]
        else:
            why = f"{len(cells)} cells where the header names {width}"
            self.odds.append(encode_one(malformed(why, "", line=line, file=self.name, cells=cells[:500])))
            return
        self.odds.append(encode_one(dict(zip(names, cells, strict=True)), line=line, file=self.name))

    def take(self) -> list[bytes]:
        """All that was gathered, as JSON."""
        try:
            raws = encode_plain(self.names, self.rows)
        except UnicodeEncodeError:
            records = [dict(zip(self.names, row, strict=True)) for row in self.rows]
            places = zip(records, self.lines, strict=True)
            raws = [encode_one(record, line=line, file=self.name) for record, line in places]
        raws += self.odds
        self.rows, self.lines, self.odds = [], [], []
        return raws


class _Broken(NamedTuple):
    """A line where a record should begin, and why none does."""

    why: str
    text: str


def _rows(source: _Lines, delimiter: str) -> Iterator[tuple[list[str] | _Broken, int]]:
    """Rows that are not blank, each with its line. After a fault reading goes on at the next line.

    Lines without a quote are only split: the csv reader, which needs three times as long, sees the others.
    """
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while (line := source.take()) is not None:
        number = source.number
        if '"' not in line and "\r" not in (bare := line.rstrip("\r\n")):
            cells = bare.split(delimiter)
        else:
            source.put_back(line)
            try:
                cells = next(reader)
            except csv.Error as error:
                yield _Broken(str(error), source.give_back()), number
                reader = csv.reader(source, delimiter=delimiter, strict=True)
                continue
        if any(map(str.strip, cells)):
            yield cells, number


def _delimiter(source: _Lines) -> str:
    """The separator that the first line with anything in it uses most."""
    seen: list[str] = []
    while (line := source.take()) is not None:
        seen.append(line)
        if line.strip():
            break
    if seen and (hint := seen[-1].strip().lower()).startswith("sep=") and len(hint) == 5:
        return hint[4]  # the line by which Excel tells itself
    for line in reversed(seen):
        source.put_back(line)
    bare = "".join(seen[-1].split('"')[::2]) if seen else ""
    return max(_DELIMITERS, key=bare.count)
