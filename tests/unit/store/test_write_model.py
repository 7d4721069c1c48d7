"""Any sequence of batches leaves the store as a naive model of it: rows, history, counts, quarantine."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.store import desk, intake

Told = dict[str, Any]

KEYS = st.sampled_from(["1", "2", "3"])
TITLES = st.sampled_from(["a", "b"])
PLAIN = st.fixed_dictionaries({"k": KEYS, "t": TITLES})
VERSIONED = st.fixed_dictionaries({"k": KEYS, "t": TITLES, "v": st.integers(1, 3)})
BAD = st.fixed_dictionaries({"k": KEYS, "bad": st.sampled_from(["x", "y"])})
STAMPED = st.fixed_dictionaries({"k": KEYS, "t": TITLES, "stamp": st.integers(0, 1)})
RUNS = st.lists(
    st.lists(st.lists(PLAIN | VERSIONED | BAD | STAMPED, max_size=5), min_size=1, max_size=3), max_size=4
)


@dataclass
class Model:
    """The rules of counting, one record after another."""

    rows: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    history: list[tuple[str, Any, Any]] = field(default_factory=list)
    held: set[tuple[str, str]] = field(default_factory=set)

    def take(self, told: Told) -> str:
        key = told["k"]
        if "bad" in told:
            self.held.add((key, told["bad"]))
            return "q"
        self.held = {(k, bad) for k, bad in self.held if k != key}
        values = (told["t"], told.get("v"))
        if key not in self.rows:
            self.rows[key] = values
            return "i"
        title, version = self.rows[key]
        if values == (title, version):
            return "="
        if version is not None and values[1] is not None and values[1] < version:
            if (key, *values) in self.history:
                return "="
            self.history.append((key, *values))
            return "u"
        self.history.append((key, title, version))
        self.rows[key] = values
        return "u"


def batch_of(words: str) -> list[Told]:
    """As Source.send takes them in words."""
    return [dict(zip("kt", word.split(":"), strict=True)) for word in words.split()]


@pytest.mark.parametrize(
    ("few_rows", "amortised"),
    [(0, 0), (20_000, 20), (0, 1)],
    ids=["looked up by key", "known by fingerprint", "known from half-way on"],
)
@pytest.mark.parametrize("way", ["plain", "dry first", "looked at ahead", "told that all comes"])
def test_the_store_does_what_the_model_does(
    sqlite_template: Path,
    make_source: Any,
    small_store: Any,
    few_rows: int,
    amortised: int,
    way: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "FEW_ROWS", few_rows)
    monkeypatch.setattr(intake, "AMORTISED", amortised)
    monkeypatch.setattr(desk, "FEW", 1)  # so that what stands is looked up ahead in batches of any size

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(RUNS)
    @example([[batch_of("1:A 2:Z")], [batch_of("1:B"), batch_of("1:A")]])
    @example([[batch_of("1:A")], [batch_of("1:B 1:B"), batch_of("1:A")]])
    @example([[batch_of("1:A"), batch_of("1:B"), batch_of("2:C"), batch_of("2:D")]])
    @example(
        [[batch_of("1:A 2:Z")], [batch_of("2:Z"), batch_of("1:B"), [{"t": "A", "k": "1"}, *batch_of("2:Z")]]]
    )
    def check(runs: list[list[list[Told]]]) -> None:
        with small_store(sqlite_template) as store:
            source, model = make_source(store), Model()
            source.whole = way == "told that all comes"
            for batches in runs:
                before = [source.send(*batches, dry=True)] if way == "dry first" else []
                send = source.send_ahead if way == "looked at ahead" else source.send
                expected = "".join(model.take(told) for batch in batches for told in batch)
                assert [*before, send(*batches)] == [expected] * (1 + len(before))
            assert source.rows("key, title, data_version") == sorted(
                ((key, *values) for key, values in model.rows.items())
            )
            assert sorted(source.history("key, title, data_version"), key=str) == sorted(
                model.history, key=str
            )
            assert {(told["key"], told["value"]) for told in store.quarantined()} == model.held
            assert store.check() == []

    check()


SEVERAL = st.fixed_dictionaries(
    {"k": KEYS, "t": TITLES}, optional={"s": st.just("x"), "both": st.just(1), "none": st.just(1)}
)


def kinds_of(told: Told) -> dict[str, str]:
    rows = {}
    if ("s" not in told or "both" in told) and "none" not in told:
        rows["case"] = told["t"]
    if "s" in told:
        rows["pause"] = told["t"]
    return rows


@pytest.mark.parametrize("way", ["run by run", "in one run", "looked at ahead"])
def test_raw_records_of_several_rows_leave_exactly_what_the_last_of_each_yields(
    sqlite_template: Path, make_source: Any, small_store: Any, way: str
) -> None:
    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.lists(SEVERAL, max_size=4), max_size=5))
    @example([[{"k": "1", "t": "a"}], [{"k": "1", "t": "a", "s": "x", "none": 1}]])
    def check(runs: list[list[Told]]) -> None:
        # A pause told alone is a raw record of its own; one told with its case belongs to the case's.
        runs = [[told | {"both": 1} if "s" in told else told for told in run] for run in runs]
        with small_store(sqlite_template) as store:
            source, last = make_source(store), {}
            if way == "run by run":
                for run in runs:
                    source.send(run)
            else:
                (source.send if way == "in one run" else source.send_ahead)(*runs)
            for run in runs:
                last |= {told["k"]: kinds_of(told) for told in run}
            for kind in ("case", "pause"):
                found = source.query(f"SELECT key FROM {kind}_rows WHERE withdrawn_at IS NULL ORDER BY key")
                standing = sorted(key for key, rows in last.items() if kind in rows)
                assert [key.split("\x1f")[0] for (key,) in found] == standing
            assert store.check() == []

    check()
