"""Every table of the store, generated from hub.model.kinds: one definition for both engines.

Instants are integers (hub.model.instants), money is fen, quantities are doubles. SQLite tables are
STRICT, so only INTEGER, REAL, TEXT and BLOB occur there. Keys collate bytewise on both engines.
The tables of audits, cards and calendars stand in ``schema_audit``. What only one engine knows (STRICT,
fill factors, conditions of partial indexes) is said by the migrations, which make the tables: said here,
it would have every command load the dialects of both.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import REAL as SQLITE_REAL
from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from hub.model.kinds import KINDS, Field, RecordKind
from hub.model.records import Counts

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)

INT: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
REAL: TypeEngine[float] = Double().with_variant(SQLITE_REAL(), "sqlite")
TEXT: TypeEngine[str] = Text()
KEY: TypeEngine[str] = Text(collation="C").with_variant(Text(), "sqlite")
BYTES: TypeEngine[bytes] = LargeBinary()


def table(name: str, *parts: Any) -> Table:
    """A table of the one metadata."""
    return Table(name, metadata, *parts)


def serial(name: str) -> Column[int]:
    """A primary key the engine counts up by itself."""
    return Column(name, INT, Identity(), primary_key=True)


def filled(name: str, type_: TypeEngine[Any], default: str | None = None) -> Column[Any]:
    """A column that is never NULL."""
    return Column(name, type_, nullable=False, server_default=None if default is None else text(default))


sources = table(
    "sources",
    serial("source_id"),
    filled("name", KEY),
    Column("paused_at", INT),
    Column("pause_reason", TEXT),
    UniqueConstraint("name"),
)
#: ``rank``: the stream's place in its mapping's order of authority, 0 first. ``plural``: 1 once one of
#: its raw records yielded another number of rows than one, or a row of another key.
streams = table(
    "streams",
    serial("stream_id"),
    filled("source_id", INT),
    filled("name", KEY),
    filled("rank", INT, "0"),
    filled("plural", INT, "0"),
    UniqueConstraint("source_id", "name"),
)
#: Which kinds a stream ever yielded, and how many rows stand there now (withdrawn ones included).
stream_kinds = table(
    "stream_kinds",
    Column("stream_id", INT, primary_key=True, autoincrement=False),
    Column("kind", KEY, primary_key=True),
    filled("rows", INT, "0"),
)
mappings = table("mappings", serial("mapping_id"), filled("version", KEY), UniqueConstraint("version"))
store_meta = table("store_meta", Column("name", KEY, primary_key=True), filled("value", BYTES))
source_locks = table(
    "source_locks", Column("source", KEY, primary_key=True), filled("who", TEXT), filled("since", INT)
)

#: ``status``: running, ok, partial, failed. ``kind``: sync, replay, retry. ``reach``: what a sync asked
#: for: "next" what is new, "full" everything, "range" a window by hand.
runs = table(
    "runs",
    serial("run_id"),
    filled("source_id", INT),
    filled("kind", TEXT),
    filled("status", TEXT),
    filled("mapping_id", INT),
    filled("who", TEXT),
    filled("started_at", INT),
    Column("finished_at", INT),
    *(Column(f"error_{part}", TEXT) for part in ("kind", "message", "remedy")),
    Column("reach", TEXT),
    Index(None, "source_id", "run_id"),
)
#: Counts of the batches committed so far; ``drift``: JSON object of unmapped source fields and counts;
#: ``bound``: the instant up to which this run heard the stream completely.
run_streams = table(
    "run_streams",
    Column("run_id", INT, primary_key=True, autoincrement=False),
    Column("stream_id", INT, primary_key=True, autoincrement=False),
    *(filled(name, INT, "0") for name in (*Counts.__slots__, "withdrawn")),
    Column("cursor", TEXT),
    filled("drift", TEXT, "'{}'"),
    Column("bound", INT),
)
#: ``value``: where to go on pulling. ``bound``: absence is known up to this instant (watermark).
cursors = table(
    "cursors",
    Column("stream_id", INT, primary_key=True, autoincrement=False),
    Column("value", TEXT),
    Column("bound", INT),
    filled("run_id", INT),
)
marks = table(
    "marks",
    Column("stream_id", INT, primary_key=True, autoincrement=False),
    Column("name", KEY, primary_key=True),
    filled("value", TEXT),
)
#: ``body``: zstd of the raw records one after another; ``ends``: their ends as little-endian uint32.
raw_pages = table(
    "raw_pages",
    serial("page_id"),
    filled("stream_id", INT),
    filled("run_id", INT),
    filled("stored_at", INT),
    filled("origin", TEXT),
    filled("key_id", INT, "0"),
    filled("ends", BYTES),
    filled("body", BYTES),
)
#: The fingerprints of the rows that one transaction had stand, and of those it had stand no more, joined.
fingerprint_log = table(
    "fingerprint_log",
    serial("log_id"),
    *(filled(name, INT) for name in ("stream_id", "mapping_id")),
    *(filled(name, BYTES) for name in ("came_raw", "came_value", "gone_raw", "gone_value")),
    Index(None, "stream_id", "log_id"),
)
#: ``status``: open, resolved, discarded. ``digest``: of the raw bytes, whatever the mapping.
quarantine = table(
    "quarantine",
    serial("quarantine_id"),
    filled("source_id", INT),
    filled("stream_id", INT),
    filled("status", TEXT),
    Column("key", KEY),
    Column("case_no", KEY),
    filled("digest", BYTES),
    filled("page_id", INT),
    filled("page_index", INT),
    filled("mapping_id", INT),
    filled("reason", TEXT),
    Column("field", TEXT),
    Column("value", TEXT),
    filled("message", TEXT),
    filled("run_id", INT),
    filled("first_seen_at", INT),
    filled("last_seen_at", INT),
    Column("settled_at", INT),
    Column("settled_by", TEXT),
    Column("settled_reason", TEXT),
    UniqueConstraint("stream_id", "digest"),
)
Index("ix_quarantine_open_key", quarantine.c.stream_id, quarantine.c.key)
Index("ix_quarantine_open_case", quarantine.c.source_id, quarantine.c.case_no)

#: One row per case. When it is judged next stands in ``due``, that it changed in ``woken`` (schema_audit).
dossiers = table(
    "dossiers",
    serial("dossier_id"),
    filled("source_id", INT),
    filled("case_no", KEY),
    UniqueConstraint("source_id", "case_no"),
)
alarms = table(
    "alarms",
    serial("alarm_id"),
    filled("kind", TEXT),
    filled("key", KEY),
    filled("message", TEXT),
    filled("raised_at", INT),
    filled("last_seen_at", INT),
    filled("times", INT, "1"),
    Column("cleared_at", INT),
)
#: Of those not cleared yet.
Index("uq_alarms_open", alarms.c.kind, alarms.c.key, unique=True)

_TYPES: dict[str, TypeEngine[Any]] = {
    "text": TEXT,
    "unit": TEXT,
    "identifier": KEY,
    "integer": INT,
    "quantity": REAL,
    "money": INT,
    "boolean": INT,
    "instant": INT,
    "date": INT,
}


def stored_fields(kind: RecordKind) -> tuple[Field, ...]:
    """The fields with a column of their own: a single key field is the column ``key`` itself."""
    lone_key = len(kind.key_fields) == 1
    return tuple(f for f in kind.fields if not f.personal and not (f.key and lone_key))


def has_personal(kind: RecordKind) -> bool:
    return any(f.personal for f in kind.fields)


#: Columns about the row itself, in front of its fields, alike in rows and history.
PROVENANCE = (
    "source_id",
    "stream_id",
    "key",
    "raw_key",
    "raw_fp",
    "value_fp",
    "mapping_id",
    "page_id",
    "page_index",
    "run_id",
    "first_seen_at",
    "last_changed_at",
    "withdrawn_at",
)
#: Columns after them for kinds with personal fields.
SEALED = ("personal", "personal_key_id", "applicant_id_index", "applicant_id_valid")
#: What history adds: when the version arrived, when and by which run it ceased to be the current one.
SUPERSEDED = ("arrived_at", "superseded_at", "superseded_run_id")


def _provenance() -> Iterator[Column[Any]]:
    for name in PROVENANCE:
        type_ = KEY if name.endswith("key") else BYTES if name.endswith("fp") else INT
        yield Column(name, type_, nullable=name in ("raw_key", "withdrawn_at"))


def _own_columns(kind: RecordKind) -> Iterator[Column[Any]]:
    if has_personal(kind):
        types: tuple[TypeEngine[Any], ...] = (BYTES, INT, BYTES, INT)
        yield from (Column(name, type_) for name, type_ in zip(SEALED, types, strict=True))
    for field in stored_fields(kind):
        yield Column(field.name, _TYPES[field.type], nullable=not field.required)


def _partial(name: str, table_: Table, *columns: str) -> None:
    """An index over the rows where the last of the columns is given."""
    Index(name, *(table_.c[c] for c in columns))


def _row_table(kind: RecordKind) -> Table:
    name = f"{kind.name}_rows"
    made = table(name, *_provenance(), *_own_columns(kind), PrimaryKeyConstraint("stream_id", "key"))
    _partial(f"ix_{name}_raw_key", made, "stream_id", "raw_key")
    if "case_no" in made.c:
        Index(f"ix_{name}_case_no", made.c.source_id, made.c.case_no)
    if "parent_case_no" in made.c:
        _partial(f"ix_{name}_parent", made, "source_id", "parent_case_no")
    return made


def _history_table(kind: RecordKind) -> Table:
    name = f"{kind.name}_history"
    last = (Column(c, INT, nullable=False) for c in SUPERSEDED)
    made = table(name, serial("version_id"), *_provenance(), *_own_columns(kind), *last)
    Index(f"ix_{name}_key", made.c.stream_id, made.c.key)
    if "case_no" in made.c:
        Index(f"ix_{name}_case_no", made.c.source_id, made.c.case_no)
    return made


#: The current row of every record, by kind, and every version that came before.
ROWS: dict[str, Table] = {name: _row_table(kind) for name, kind in KINDS.items()}
HISTORY: dict[str, Table] = {name: _history_table(kind) for name, kind in KINDS.items()}


def row_columns(kind: str) -> tuple[str, ...]:
    """The columns of a kind's row table in order; history has the same, then SUPERSEDED."""
    return tuple(c.name for c in ROWS[kind].columns)
