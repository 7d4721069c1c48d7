"""Where and as what a run writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from hub.store.dialect import Dialect
from hub.store.engine import writing, writing_on
from hub.store.locks import SourceLock
from hub.store.sealing import Sealer


@dataclass(frozen=True, slots=True)
class RunPlace:
    """``lock`` None: a dry run, which writes nothing."""

    engine: Engine
    dialect: Dialect
    source: str
    source_id: int
    mapping_id: int
    run_id: int
    sealer: Sealer
    lock: SourceLock | None

    @property
    def dry(self) -> bool:
        return self.lock is None

    @contextmanager
    def transaction(self, what: str) -> Iterator[Connection]:
        """One transaction that writes, on the very session that holds the lock where a session does."""
        assert self.lock is not None
        if self.lock.session is not None:
            with writing_on(self.lock.session, what) as connection:
                yield connection
        else:
            with writing(self.engine, what) as connection:
                yield connection
