"""The kind "files": a folder that a department drops files into."""

# ruff: noqa: ARG002 - what one source has no use for, another needs

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hub.errors import ConfigError, SourceChanged
from hub.model.records import Window
from hub.sdk.pages import Page, Stream
from hub.sdk.source import Source

if TYPE_CHECKING:
    from hub.sdk.context import Context
    from hub.sdk.dropfolder import Look


class FilesSource(Source):
    """Override ``record`` where the records need a hand before they are kept."""

    def record(self, stream: Stream, record: dict[str, object]) -> dict[str, object]:
        """One record as it is to be kept. Overriding this costs speed."""
        return record

    def check(self, ctx: "Context") -> None:
        """The folder is there and can be listed."""
        ctx.files.complete("*")

    def committed(self, ctx: "Context", stream: Stream, marks: Mapping[str, str]) -> None:
        """Files that are taken may be put away."""
        ctx.files.put_away(marks)

    def pull(self, ctx: "Context", stream: Stream, window: Window) -> Iterator[Page]:
        """Every file that is complete and not taken. A faulty one is told at the end; the others are read."""
        faults = []
        for look in ctx.files.complete(str(stream.get("pattern", "*"))):
            try:
                yield from self._file(ctx, stream, look)
            except SourceChanged as error:
                faults.append(error)
            except OSError as error:
                if look.path.exists():
                    faults.append(SourceChanged(f"{look.name}: {error.strerror or error}"))
        if faults:
            more = f" (and {len(faults) - 1} more files)" if len(faults) > 1 else ""
            raise SourceChanged(faults[0].message + more, remedy=faults[0].remedy)

    def _file(self, ctx: "Context", stream: Stream, look: "Look") -> Iterator[Page]:
        from hub.sdk.charsets import codec, digest_and_encoding

        digest, encoding = digest_and_encoding(look.path)
        if not stream.full and stream.marks.get(look.name) == digest:
            return
        declared = stream.get("encoding")
        for raws in self._pages(ctx, stream, look, codec(declared) if declared else encoding):
            yield Page(self._kept(stream, raws), origin=look.name)
        if ctx.files.unchanged(look):
            yield Page([], origin=look.name, marks={look.name: digest})
        else:
            ctx.log.info("%s changed while it was read; it will be read again", look.name)

    def _kept(self, stream: Stream, raws: list[bytes]) -> list[bytes] | list[dict[str, object]]:
        if type(self).record is FilesSource.record:
            return raws
        records = [msgspec.json.decode(raw) for raw in raws]
        return [r if "_malformed" in r else self.record(stream, r) for r in records]

    def _pages(self, ctx: "Context", stream: Stream, look: "Look", encoding: str) -> Iterator[list[bytes]]:
        """Imports stand where they are needed: a folder of CSV should not pay for lxml."""
        from hub.sdk.dropfolder import shape_of

        shape = shape_of(look, stream.get("format"))
        if shape == "xlsx":
            from hub.sdk.workbook import read_workbook

            memory = int(ctx.config.get("workbook_memory_mb", 1024))
            yield from read_workbook(look.path, stream, look.name, memory)
            return
        with look.path.open("rb") as file:
            if shape in ("csv", "tsv"):
                from hub.sdk.csvfile import read_csv

                yield from read_csv(file, encoding, stream, shape, look.name)
            elif shape == "jsonl":
                from hub.sdk.jsonfile import read_jsonl

                yield from read_jsonl(file, encoding, look.name)
            elif shape == "json":
                from hub.sdk.jsonfile import read_json

                yield from read_json(file, encoding, stream, look.name)
            else:
                from hub.sdk.charsets import Utf8Reader
                from hub.sdk.xmltree import read_xml

                said = _declared(look.path, stream)
                yield from read_xml(Utf8Reader(file, said or encoding), stream, look.name)


def _declared(path: Path, stream: Stream) -> str | None:
    """The encoding an XML file declares, where that is true; a wrong one gives way to what is detected."""
    from hub.sdk.charsets import codec, decodes
    from hub.sdk.xmltree import declared_encoding

    if stream.get("encoding"):
        return None
    with path.open("rb") as file:
        said = declared_encoding(file.read(400))
    try:
        encoding = codec(said) if said else None
    except ConfigError:
        return None
    return encoding if encoding and decodes(path, encoding) else None
