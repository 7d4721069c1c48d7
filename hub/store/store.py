"""The store: opened by URL, written by runs, kept in order by hand.

What writes records is imported where it is called: it brings numpy and pyarrow, which most verbs never need.
"""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, select

from hub.store import alarms, runs
from hub.store.beginning import Beginning, Intent, register
from hub.store.bulk import add_unless_there
from hub.store.engine import make_engine, reading, writing
from hub.store.locks import SourceLock, acquire
from hub.store.runs import RunKind, StreamState
from hub.store.schema import store_meta
from hub.store.upgrading import require_current
from hub.store.upgrading import upgrade as upgrade_schema

if TYPE_CHECKING:
    from hub.store.dialect import Dialect
    from hub.store.run_writer import RunWriter
    from hub.store.sealing import Codec

_INDEX_KEY = "blind_index"


def open_store(url: str, *, upgrade: bool = True) -> "Store":
    """Open the store at a URL; StoreError when it cannot be reached or is of another schema."""
    engine = make_engine(url)
    try:
        if upgrade:
            upgrade_schema(engine)
        else:
            require_current(engine)
        return Store(engine)
    except BaseException:
        engine.dispose()
        raise


class Store:
    """An open store. Readers take ``engine``; what changes records goes through runs."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._secret = self._index_secret()

    @property
    def dialect(self) -> str:
        """sqlite or postgresql."""
        return self.engine.dialect.name

    @cached_property
    def codec(self) -> "Codec":
        from hub.store.sealing import PlainCodec

        return PlainCodec()

    @cached_property
    def _dialect(self) -> "Dialect":
        return _dialect_of(self.engine)

    @property
    def index_secret(self) -> bytes:
        """The key of the blind index of this store."""
        return self._secret

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def lock(self, source: str, now: int = 0) -> Iterator[SourceLock]:
        """Hold the lock of a source; Busy names who holds it and since when."""
        held = acquire(self.engine, source, now)
        try:
            yield held
        finally:
            held.release()

    def begin_run(
        self,
        source: str,
        kind: RunKind,
        streams: Sequence[str],
        mapping_version: str,
        now: int,
        *,
        dry: bool = False,
        snapshots: Collection[str] | None = None,
        reach: str | None = None,
        brings_all: Callable[[StreamState], bool] = lambda _: False,
    ) -> "RunWriter":
        """Begin a run; Busy when another run of the source is active.

        ``streams`` in the mapping's order of authority. ``snapshots``: the streams for which
        ``withdraw_missing`` will be asked (default: any). A dry run takes no lock and writes nothing.
        ``reach``: what a sync asks for (see ``schema.runs``). ``brings_all``: whether a sync that goes on
        from there will be sent all that the source has of the stream.
        """
        intent = Intent(source, kind, streams, mapping_version, now, dry, snapshots, reach, brings_all)
        lock = None if dry else acquire(self.engine, source, now)
        try:
            opened = reading(self.engine) if dry else writing(self.engine, f"beginning a run of {source}")
            with opened as connection:
                beginning = register(connection, intent)
            return self._writer(intent, beginning, lock)
        except BaseException:
            if lock is not None:
                lock.release()
            raise

    def _writer(self, intent: Intent, beginning: Beginning, lock: SourceLock | None) -> "RunWriter":
        """What writes the run."""
        from hub.store.assembling import assemble
        from hub.store.run_place import RunPlace
        from hub.store.sealing import Sealer

        place = RunPlace(
            self.engine,
            self._dialect,
            intent.source,
            beginning.source_id,
            beginning.mapping_id,
            beginning.run_id,
            Sealer(self.codec, self._secret),
            lock,
        )
        return assemble(place, intent, beginning)

    def stale_streams(self, source: str, mapping_version: str) -> list[str]:
        """The streams of a source that have rows or quarantined records of another mapping version."""
        with reading(self.engine) as connection:
            if runs.is_settled(connection, source, mapping_version):
                return []
        from hub.store.replay import stale_streams

        return stale_streams(self.engine, source, mapping_version)

    def runs(self, source: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
        """Runs, newest first, each with its counts and streams."""
        with reading(self.engine) as connection:
            return runs.list_runs(connection, source, limit)

    def raise_alarm(self, kind: str, key: str, message: str, now: int) -> bool:
        """Raise or renew an alarm; True when it was not open before."""
        with writing(self.engine, "raising an alarm") as connection:
            return alarms.raise_alarm(connection, kind, key, message, now)

    def clear_alarm(self, kind: str, key: str, now: int) -> bool:
        with writing(self.engine, "clearing an alarm") as connection:
            return alarms.clear_alarm(connection, kind, key, now)

    def open_alarms(self) -> list[dict[str, Any]]:
        with reading(self.engine) as connection:
            return alarms.open_alarms(connection)

    def quarantined(self, source: str | None = None, status: str = "open") -> list[dict[str, Any]]:
        from hub.store import quarantine

        with reading(self.engine) as connection:
            return quarantine.list_quarantined(connection, source, status)

    def show_quarantined(self, quarantine_id: int) -> dict[str, Any] | None:
        """One quarantined record with its ``raw`` bytes."""
        from hub.store import quarantine

        with reading(self.engine) as connection:
            return quarantine.show_quarantined(connection, quarantine_id)

    def discard_quarantined(self, quarantine_id: int, by: str, reason: str, now: int) -> None:
        """Settle a quarantined record by hand; its case is judged again."""
        from hub.store import quarantine

        with writing(self.engine, "discarding a quarantined record") as connection:
            done = quarantine.discard(connection, quarantine_id, by, reason, now)
            if done.case_no is not None:
                self._dialect.wake(connection, done.source_id, [done.case_no])

    def backup(self, path: Path) -> str:
        """Copy the whole store to a file; returns what was done."""
        from hub.store import upkeep

        return upkeep.backup(self.engine, path)

    def check(self) -> list[str]:
        """Everything found wrong with the store; empty when all is well."""
        from hub.store import upkeep

        with reading(self.engine, "checking the store") as connection:
            return upkeep.problems(connection)

    def _index_secret(self) -> bytes:
        query = select(store_meta.c.value).where(store_meta.c.name == _INDEX_KEY)
        with reading(self.engine, "opening the store") as connection:
            found = connection.execute(query).scalar()
        if found is None:
            # Two that open a new store at once must agree on one secret.
            secret = {"name": _INDEX_KEY, "value": os.urandom(32)}
            with writing(self.engine, "opening the store") as connection:
                add_unless_there(connection, store_meta, secret)
                found = connection.execute(query).scalar_one()
        return bytes(found)


def _dialect_of(engine: Engine) -> "Dialect":
    """The engine's write path; imported here, because each drags in its driver."""
    if engine.dialect.name == "postgresql":
        from hub.store.postgres import Postgres

        return Postgres()
    from hub.store.sqlite import Sqlite

    return Sqlite()
