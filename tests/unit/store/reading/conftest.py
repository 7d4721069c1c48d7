"""A town whose streams tell of cases, steps and pauses, written by real runs."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from hub.model.blocks import CaseBlock
from hub.model.instants import NO_INSTANT
from hub.model.kinds import KINDS
from hub.model.records import KEY_SEPARATOR, Mapped, RawBatch, RecordBlock, Rejection
from hub.model.verdicts import Finding, Subject
from hub.store.blocks import case_blocks
from hub.store.store import Store

#: The streams of the town in order of authority.
STREAMS = ("cases", "closings", "pauses", "resumes")


def _mapped(raws: list[bytes], indexes: list[int]) -> Mapped:
    found: dict[str, list[tuple[int, str, dict[str, Any]]]] = {}
    keys, rejected = {}, []
    for index in indexes:
        told = json.loads(raws[index])
        kind = told.pop("kind", "case")
        parts = [f.name for f in KINDS[kind].fields if f.key]
        key = KEY_SEPARATOR.join(str(told[name]) for name in parts)
        if told.pop("bad", False):
            rejected.append(Rejection(index, "bad_value", "closed_at", "x", "x is no date", key))
            continue
        keys[index] = key
        found.setdefault(kind, []).append((index, key, told))
    blocks = []
    for kind, records in found.items():
        names = sorted({name for _, _, told in records for name in told})
        columns = {name: [told.get(name) for _, _, told in records] for name in names}
        blocks.append(RecordBlock(kind, [k for _, k, _ in records], [i for i, _, _ in records], columns))
    return Mapped(tuple(blocks), keys, tuple(rejected))


@dataclass
class Town:
    """A source of several streams; each ``send`` is one run at a later instant."""

    store: Store
    source: str = "tax"
    now: int = 1000
    streams: tuple[str, ...] = STREAMS

    def send(
        self,
        *,
        bounds: dict[str, int] | None = None,
        reach: str | None = "next",
        **told: list[dict[str, Any]],
    ) -> int:
        """Send records (``kind`` case unless said) by stream; returns the run's number."""
        self.now += 10
        with self.store.begin_run(self.source, "sync", self.streams, "v1", self.now, reach=reach) as run:
            for stream, records in told.items():
                raws = [json.dumps(record).encode() for record in records]
                batch = RawBatch(stream, raws, "test")
                run.store(batch, _mapped(raws, run.fresh(batch)), marks={}, now=self.now)
            given = dict.fromkeys(self.streams, self.now) if bounds is None else bounds
            run.finish("ok", self.now, given)
            return int(run.run_id)

    def withdraw(self, stream: str, *, kept: list[dict[str, Any]]) -> None:
        """A complete snapshot of a stream in which the rest is missing."""
        self.now += 10
        with self.store.begin_run(self.source, "sync", STREAMS, "v1", self.now) as run:
            raws = [json.dumps(record).encode() for record in kept]
            batch = RawBatch(stream, raws, "test")
            run.store(batch, _mapped(raws, run.fresh(batch)), marks={}, now=self.now)
            run.withdraw_missing(stream, self.now)
            run.finish("ok", self.now, dict.fromkeys(STREAMS, self.now))

    def block(self, **how: Any) -> CaseBlock:
        """All cases of the store as the one block they must be."""
        (block,) = list(case_blocks(self.store.engine, **how))
        return block


@pytest.fixture
def town(store: Store) -> Town:
    return Town(store)


@pytest.fixture
def another_town(store: Store) -> Callable[[str], Town]:
    return lambda source: Town(store, source)


@pytest.fixture
def late() -> Callable[..., Finding]:
    """A finding: by default a red card for being over the statutory limit."""

    def make(dossier_id: int | None, monitor: str = "M05", severity: Any = "red", **other: Any) -> Finding:
        values: dict[str, Any] = {
            "subject": Subject("case", "tax", "", dossier_id),
            "monitor": monitor,
            "severity": severity,
            "clock": "whole_day",
            "limit": 20.0,
            "limit_unit": "working_day",
            "started_at": 2000,
            "due_at": 3000,
            "stopped_at": NO_INSTANT,
            "elapsed": 21.0,
            "provisional": False,
            "pending": severity == "red",
            "department": "地税局",
            "item_code": "A1",
            "legal_basis": "行政许可法 第四十二条",
            "rule_version": "r1",
            "calendar_version": "c1",
            "reason": "over_limit",
            "detail": {"pauses": []},
        }
        return Finding(**{**values, **other})

    return make
