"""Delimited text: every line of the file ends up in a record or in a malformed one, none is shifted."""

import csv
from collections.abc import Iterator
from os import SEEK_END
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from hub.errors import ConfigError
from hub.sdk.csvlines import MAX_CELL, Lines
from hub.sdk.encoding import encode_one
from hub.sdk.headers import column_names
from hub.sdk.pages import Stream, malformed
from hub.sdk.rowshape import encode_plain

if TYPE_CHECKING:
    from hub.sdk.csvblock import Blocks

_PAGE = 2_000
_DELIMITERS = ",\t;|"
#: Bytes of a file that is read in blocks. What that needs takes longer to load than a smaller one to read.
LARGE = 16 << 20


def read_csv(
    file: BinaryIO, encoding: str, stream: Stream, shape: str, name: str, *, large: int = LARGE
) -> Iterator[list[bytes]]:
    """Pages of records out of delimited text."""
    csv.field_size_limit(MAX_CELL * 2)
    size = file.seek(0, SEEK_END)
    file.seek(0)
    source = Lines(file, encoding)
    delimiter = stream.get("delimiter") or ("\t" if shape == "tsv" else _delimiter(source))
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise ConfigError(f"delimiter {delimiter!r} cannot part cells", remedy="write one character")
    header: list[str] | None = stream.get("columns")
    skip = int(stream.get("header_row", 1)) - 1
    page = _Page(header or [], name, pad=stream.get("ragged") == "pad")
    blocks = _blocks(source, delimiter) if size >= large else None
    for cells, line in _rows(source, delimiter, page, blocks):
        if isinstance(cells, _Broken):
            page.broken(cells, line)
        elif isinstance(cells, _Block):
            yield from (page.take(), cells.raws)
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


def _blocks(source: Lines, delimiter: str) -> "Blocks":
    from hub.sdk.csvblock import Blocks

    return Blocks(source, delimiter)


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


class _Block(NamedTuple):
    """Records of many lines."""

    raws: list[bytes]


class _Broken(NamedTuple):
    """A line where a record should begin, and why none does."""

    why: str
    text: str


def _rows(
    source: Lines, delimiter: str, page: _Page, blocks: "Blocks | None"
) -> Iterator[tuple[list[str] | _Broken | _Block, int]]:
    """Rows that are not blank, each with its line. After a fault reading goes on at the next line.

    Many plain lines at once where there are ``blocks``. Other lines without a quote are only split:
    the csv reader, which needs three times as long, sees the rest.
    """
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        while blocks is not None and page.width and (raws := blocks.take(page.names)) is not None:
            yield _Block(raws), source.number
        if (line := source.take()) is None:
            return
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


def _delimiter(source: Lines) -> str:
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
