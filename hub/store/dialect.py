"""What the write path asks of an engine, and what both say in the same words."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import Connection

from hub.store.fingerprint_log import Fingerprints
from hub.store.rows import Rows
from hub.store.schema import HISTORY, PROVENANCE, ROWS, row_columns

#: (key, raw_key, raw_fp, value_fp, mapping_id, first_seen_at, page_id,
#: page_index, withdrawn_at, data_version, parent_case_no)
StandingRow = tuple[Any, ...]


#: (instant, run_id) that end a version.
Last = tuple[int, int]


class Dialect(Protocol):
    """The statements that differ between the engines. All run in the caller's transaction."""

    def get_ready(self, columns: Iterable[Sequence[Any]]) -> None:
        """Make what inserting these columns takes of them, which they remember."""

    def insert(self, connection: Connection, rows: Rows) -> None:
        """Append rows, all of them new to the table."""

    def move(
        self, connection: Connection, kind: str, stream_id: int, keys: Collection[str], last: Last
    ) -> Fingerprints:
        """Move current rows to history; the fingerprints of those that stood."""

    def withdraw(
        self, connection: Connection, kind: str, stream_id: int, keys: Collection[str], last: Last
    ) -> Fingerprints:
        """Keep the current version in history and mark the row withdrawn; the fingerprints of these."""

    def touch(
        self,
        connection: Connection,
        kind: str,
        stream_id: int,
        raw_fps: dict[str, bytes],
        mapping_id: int,
    ) -> Fingerprints:
        """Give unchanged rows another raw fingerprint and mapping version; the fingerprints they had."""

    def make_dossiers(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> None:
        """Make the dossiers of these cases, where they have none yet."""

    def wake(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> None:
        """Note that these cases are to be judged again, those of them that have a dossier."""

    def opening(
        self, connection: Connection, source_id: int, case_nos: Collection[str]
    ) -> AbstractContextManager[None]:
        """Make dossiers of cases that are all new, while their rows are written within."""

    def parents(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> list[str]:
        """The lead cases of these cases."""

    def members(self, connection: Connection, source_id: int, case_nos: Collection[str]) -> list[str]:
        """The cases that name one of these as their lead."""

    def standing(
        self, connection: Connection, kind: str, stream_id: int, keys: Sequence[str], *, by_raw: bool
    ) -> list[StandingRow]:
        """What stands under these keys (``by_raw``: or came from raw records of these keys)."""

    def past(
        self, connection: Connection, kind: str, stream_id: int, keys: Sequence[str]
    ) -> list[tuple[str, bytes]]:
        """Key and value fingerprint of every earlier version of these."""

    def current(
        self, connection: Connection, kind: str, stream_id: int
    ) -> Iterator[list[tuple[str, str | None, bytes]]]:
        """Key, raw key and raw fingerprint of every row not withdrawn, in pieces."""

    def take_stock(self, connection: Connection, kinds: Collection[str]) -> None:
        """After much was written: let the planner know how large the tables are now."""

    def page_ids(self, connection: Connection) -> list[int]:
        """Ids for the raw page about to be written and, where they are nobody else's, for some after it."""


def quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def listed(keys: Iterable[str]) -> str:
    """Keys as one value, which a statement takes apart."""
    return json.dumps(list(keys), ensure_ascii=False)


def kept_columns(kind: str) -> str:
    """The columns a row and its history share."""
    return quoted(row_columns(kind))


def standing_columns(kind: str) -> str:
    own = ROWS[kind].c
    version = "data_version" if "data_version" in own else "NULL"
    parent = "parent_case_no" if "parent_case_no" in own else "NULL"
    return (
        "key, raw_key, raw_fp, value_fp, mapping_id, first_seen_at, page_id, page_index, withdrawn_at, "
        f"{version} AS version, {parent} AS parent"
    )


assert set(PROVENANCE) <= set(HISTORY["case"].c.keys())
