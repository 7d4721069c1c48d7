"""A source that sends JSON records, and the little mapping that reads them."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hub.model.records import KEY_SEPARATOR, Mapped, Outcome, RawBatch, RecordBlock, Rejection
from hub.store.kept import KeptBatch
from hub.store.replay import replay_batches
from hub.store.run_writer import RunWriter
from hub.store.store import Store, open_store

#: Fields of a raw record that become columns; ``k`` is the case number, ``s`` makes it a pause.
CASE_FIELDS = {
    "t": "title",
    "n": "received_at",
    "v": "data_version",
    "p": "parent_case_no",
    "id": "applicant_id",
}
LETTERS = {Outcome.INSERTED: "i", Outcome.UPDATED: "u", Outcome.UNCHANGED: "=", Outcome.QUARANTINED: "q"}


#: Records of a batch: "1:A 2:B" for cases 1 and 2 titled A and B, or their fields one by one.
Told = str | Sequence[dict[str, Any] | bytes]


def raws_of(told: Told) -> list[bytes]:
    if isinstance(told, str):
        told = [dict(zip(("k", "t"), word.split(":"), strict=True)) for word in told.split()]
    return [one if isinstance(one, bytes) else json.dumps(one).encode() for one in told]


def mapped(raws: Sequence[bytes], indexes: Sequence[int], shout: bool = False) -> Mapped:
    """``bad``: rejected; ``s``: a pause; ``both``: a case and a pause; ``none``: nothing at all.

    ``shout``: another mapping version, in which ``bad`` is no fault and titles are in capitals.
    """
    records: dict[str, list[tuple[int, str, dict[str, Any]]]] = {"case": [], "pause": []}
    keys: dict[int, str] = {}
    rejected = []
    for index in indexes:
        told = json.loads(raws[index])
        if told.get("bad") and not shout:
            message = f"{told['bad']} is no good"
            key = None if told.get("nokey") else told["k"]
            rejected.append(Rejection(index, "bad_value", "t", str(told["bad"]), message, key))
            continue
        keys[index] = told["k"] + (KEY_SEPARATOR + told["s"] if "s" in told and "both" not in told else "")
        if "s" not in told or "both" in told:
            records["case"] += [] if "none" in told else [(index, told["k"], told)]
        if "s" in told:
            records["pause"].append((index, told["k"] + KEY_SEPARATOR + told["s"], told))
    blocks = [_block(kind, found, shout) for kind, found in records.items() if found]
    return Mapped(tuple(blocks), keys, tuple(rejected))


def _block(kind: str, found: list[tuple[int, str, dict[str, Any]]], shout: bool) -> RecordBlock:
    told = [t for _, _, t in found]
    if kind == "case":
        columns = {name: [t.get(short) for t in told] for short, name in CASE_FIELDS.items()}
        if shout:
            columns["title"] = [t and t.upper() for t in columns["title"]]
        columns["case_no"] = [t["k"] for t in told]
    else:
        columns = {"case_no": [t["k"] for t in told], "seq": [t["s"] for t in told]}
        columns |= {"reason": [t.get("t") for t in told], "applied_length": [t.get("n") for t in told]}
    return RecordBlock(kind, [key for _, key, _ in found], [index for index, _, _ in found], columns)


@dataclass
class Source:
    """A source of one stream, whose batches go into a store one run after another."""

    store: Store
    name: str = "tax"
    stream: str = "cases"
    mapping: str = "v1"
    now: int = 100
    #: Whether each run is told beforehand that it will be sent all there is.
    whole: bool = False
    #: What each run asks for; "full": everything again.
    reach: str = "next"
    runs: list[RunWriter] = field(default_factory=list)

    def send(self, *batches: Told, dry: bool = False, snapshot: bool = False, **given: Any) -> str:
        """One run; returns a letter per raw record: i, u, = or q."""
        self.now += 10
        with self.begin(dry=dry) as run:
            letters = "".join(self.put(run, told, **given) for told in batches)
            if snapshot:
                run.withdraw_missing(self.stream, self.now)
            run.finish("ok", self.now, {self.stream: self.now})
        self.runs.append(run)
        return letters

    def send_ahead(self, *batches: Told) -> str:
        """One run, in which each batch is looked at and mapped before the one in front of it is stored."""
        self.now += 10
        letters, waiting = "", None
        with self.begin() as run:
            for told in (*batches, None):
                ready = None if told is None else self._looked_at(run, told)
                if waiting is not None:
                    letters += self._stored(run, *waiting)
                waiting = ready
            run.finish("ok", self.now, {self.stream: self.now})
        self.runs.append(run)
        return letters

    def _looked_at(self, run: RunWriter, told: Told) -> tuple[RawBatch, Sequence[int], Mapped]:
        batch = RawBatch(self.stream, raws_of(told), "test")
        indexes = run.ahead(batch)
        found = mapped(batch.raws, indexes, self.mapping != "v1")
        run.prepare(batch, found)
        return batch, indexes, found

    def _stored(self, run: RunWriter, batch: RawBatch, indexes: Sequence[int], found: Mapped) -> str:
        fresh = run.fresh(batch)
        if len(fresh) > len(indexes):
            found = mapped(batch.raws, fresh, self.mapping != "v1")
        return self._take_mapped(run, batch, fresh, found, None)

    def begin(self, *, dry: bool = False, kind: Any = "sync") -> RunWriter:
        return self.store.begin_run(
            self.name,
            kind,
            [self.stream],
            self.mapping,
            self.now,
            dry=dry,
            reach=self.reach if kind == "sync" else None,
            brings_all=lambda _: self.whole,
        )

    def put(self, run: RunWriter, told: Told, **given: Any) -> str:
        batch = RawBatch(self.stream, raws_of(told), "test", given.get("cursor"))
        return self.take(run, batch, **given)

    def take(self, run: RunWriter, batch: RawBatch, marks: dict[str, str] | None = None, **_: Any) -> str:
        fresh = run.fresh(batch)
        found = mapped(batch.raws, fresh, self.mapping != "v1")
        return self._take_mapped(run, batch, fresh, found, marks)

    def _take_all(self, run: RunWriter, batch: KeptBatch) -> str:
        everything = range(len(batch.raws))
        return self._take_mapped(
            run, batch, everything, mapped(batch.raws, everything, self.mapping != "v1"), None
        )

    def _take_mapped(
        self,
        run: RunWriter,
        batch: RawBatch,
        fresh: Sequence[int],
        found: Mapped,
        marks: dict[str, str] | None,
    ) -> str:
        if more := run.rechecks(batch, found):
            found = mapped(batch.raws, sorted({*fresh, *more}), self.mapping != "v1")
        outcome = run.store(batch, found, marks=marks, now=self.now)
        return "".join(LETTERS[o] for o in outcome.outcomes)

    def replay(self, kind: str = "replay") -> str:
        """Bring kept raw records through the mapping as it is now."""
        self.now += 10
        with self.begin(kind=kind) as run:
            letters = "".join(self._take_all(run, batch) for batch in self.kept(kind))
            run.finish("ok", self.now)
        return letters

    def kept(self, kind: str) -> list[KeptBatch]:
        only = kind == "retry"
        return list(
            replay_batches(self.store.engine, self.name, self.stream, self.mapping, only_quarantined=only)
        )

    def rows(self, columns: str = "key, title", table: str = "case_rows") -> list[tuple[Any, ...]]:
        return self.query(f"SELECT {columns} FROM {table} ORDER BY key")

    def history(self, columns: str = "key, title", table: str = "case_history") -> list[tuple[Any, ...]]:
        return self.query(f"SELECT {columns} FROM {table} ORDER BY version_id")

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with self.store.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]


@pytest.fixture
def source(store: Store) -> Source:
    return Source(store)


@pytest.fixture
def another(store: Store) -> Callable[..., Source]:
    """Another source or stream of the same store."""
    return lambda **named: Source(store, **named)


@pytest.fixture
def make_source() -> Callable[[Store], Source]:
    """A source for a store made by the test itself."""
    return Source


@contextmanager
def _small_store(template: Path) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hub.db"
        shutil.copyfile(template, path)
        with open_store(f"sqlite:///{path}") as store:
            yield store


@pytest.fixture
def small_store() -> Callable[[Path], AbstractContextManager[Store]]:
    """Opens a copy of an empty store, for one example of many."""
    return _small_store
