"""One workbook, read in a process of its own: a few kilobytes of xlsx can end the process that opens them.

Started as ``python -I -m hub.sdk.workbook PATH SHEET HEADER_ROW MEMORY_MB``; writes one record a line.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from hub.errors import SourceChanged
from hub.sdk.encoding import encode_one
from hub.sdk.headers import column_names
from hub.sdk.pages import Stream

_PAGE = 2_000


def read_workbook(path: Path, stream: Stream, name: str, memory_mb: int) -> Iterator[list[bytes]]:
    """Pages of records out of a workbook; SourceChanged where it cannot be read, or not to its end."""
    options = {"sheet": stream.get("sheet"), "header_row": stream.get("header_row", 1), "name": name}
    options["columns"] = stream.get("columns")
    command = [sys.executable, "-I", "-X", "utf8", "-m", "hub.sdk.workbook"]
    command += [str(path), json.dumps(options), str(memory_mb)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={}
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        page, whole = [], False
        for line in process.stdout:
            whole = line == b"\n"  # the last line is empty, so that a death is not taken for an end
            if not whole:
                page.append(line.rstrip(b"\n"))
            if len(page) >= _PAGE:
                yield page
                page = []
        said = process.stderr.read(4000).decode("utf-8", "replace").strip().splitlines()
    if page:
        yield page
    if not whole:
        why = said[-1] if said and process.returncode == 1 else f"its reader died ({process.returncode})"
        raise SourceChanged(f"{name}: the workbook cannot be read: {why}", remedy="save it again, or as CSV")


def _rows(path: str, options: dict[str, Any]) -> Iterator[bytes]:
    """Records of one sheet as JSON lines."""
    from python_calamine import load_workbook

    book = load_workbook(path)
    sheets = [options["sheet"]] if options["sheet"] else book.sheet_names
    header: list[str] | None = options["columns"]
    skip = int(options["header_row"]) - 1
    for sheet in sheets:
        for number, cells in enumerate(book.get_sheet_by_name(sheet).iter_rows(), 1):
            if all(cell is None or cell == "" for cell in cells):
                continue
            if header is None:
                if skip:
                    skip -= 1
                    continue
                header = column_names(_without_blank_end(cells))
                continue
            yield encode_one(_record(header, cells, number, options["name"]))
        if header is not None:
            return


def _without_blank_end(cells: list[Any]) -> list[Any]:
    end = len(cells)
    while end and cells[end - 1] in (None, ""):
        end -= 1
    return cells[:end]


def _record(header: list[str], cells: list[Any], number: int, name: str) -> dict[str, Any]:
    """A row by its header; a value without a column is not dropped, it makes the row malformed."""
    if any(cell not in (None, "") for cell in cells[len(header) :]):
        from hub.sdk.pages import malformed

        why = f"{len(_without_blank_end(cells))} cells where the header names {len(header)}"
        return malformed(why, "", line=number, file=name, cells=[_plain(cell) for cell in cells][:500])
    values = [_plain(cell) for cell in cells[: len(header)]]
    values += [None] * (len(header) - len(values))
    return dict(zip(header, values, strict=True))


def _plain(cell: Any) -> Any:
    """A cell as JSON has it: dates as ISO text, whole numbers whole, blank cells null."""
    if cell == "" or cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return cell


def main(path: str, options: str, memory_mb: int) -> int:
    """Write the records; a reason on stderr and exit code 1 where the workbook is no good."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for row in _rows(path, json.loads(options)):
            sys.stdout.buffer.write(row + b"\n")
        sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        return 0
    except BaseException as error:  # noqa: BLE001 - a panic of the parser is no Exception
        sys.stdout.buffer.flush()
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
