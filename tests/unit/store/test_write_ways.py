"""However batches are divided into runs, and looked at ahead or in turn, the same stands in the end."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.store import desk, intake

#: ``both``: a case and a pause; ``none``: no case; ``bad``: refused; ``stamp``: other bytes, equal values.
RECORD = st.fixed_dictionaries(
    {"k": st.sampled_from("123"), "t": st.sampled_from("ab")},
    optional={
        "s": st.sampled_from("xy"),
        "both": st.just(1),
        "none": st.just(1),
        "v": st.integers(1, 2),
        "bad": st.just("x"),
        "stamp": st.integers(0, 1),
        "p": st.sampled_from("123"),
    },
)
BATCHES = st.lists(st.lists(RECORD, max_size=4), max_size=6)
STATES = (
    "SELECT key, title, data_version, parent_case_no, withdrawn_at IS NULL FROM case_rows",
    "SELECT key, reason, withdrawn_at IS NULL FROM pause_rows",
    "SELECT key, title, data_version, parent_case_no, withdrawn_at IS NULL FROM case_history",
    "SELECT key, reason, withdrawn_at IS NULL FROM pause_history",
    "SELECT case_no FROM dossiers",
)
Batches = Sequence[list[dict[str, Any]]]


def _run_by_run(source: Any, batches: Batches) -> str:
    return "".join(map(source.send, batches))


def _told_beforehand(source: Any, batches: Batches) -> str:
    return _run_by_run(replace(source, whole=True), batches)


def _in_one_run(source: Any, batches: Batches) -> str:
    return str(source.send(*batches))


def _looked_at_ahead(source: Any, batches: Batches) -> str:
    return str(source.send_ahead(*batches))


def _in_two_runs_looked_at_ahead(source: Any, batches: Batches) -> str:
    half = len(batches) // 2
    return str(source.send_ahead(*batches[:half]) + source.send_ahead(*batches[half:]))


def _dry(source: Any, batches: Batches) -> str:
    return str(source.send(*batches, dry=True))


WAYS = (_told_beforehand, _in_one_run, _looked_at_ahead, _in_two_runs_looked_at_ahead)


@pytest.mark.parametrize("few_rows", [0, 20_000], ids=["looked up by key", "known by fingerprint"])
def test_the_same_stands_whichever_way_it_came(
    sqlite_template: Path, make_source: Any, small_store: Any, few_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "FEW_ROWS", few_rows)
    monkeypatch.setattr(intake, "AMORTISED", 20 if few_rows else 0)
    monkeypatch.setattr(desk, "FEW", 1)  # so that what stands is looked up ahead in batches of any size

    def outcome(way: Any, batches: Batches) -> tuple[str, list[Any]]:
        with small_store(sqlite_template) as store:
            source = make_source(store)
            letters = way(source, batches)
            assert store.check() == []
            held = sorted((told["key"], told["value"]) for told in store.quarantined())
            return letters, [held, *(sorted(source.query(state), key=str) for state in STATES)]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(BATCHES)
    @example([[{"k": "1", "t": "a"}], [{"k": "1", "t": "a", "s": "x", "both": 1, "none": 1}]])
    @example(
        [[{"k": "2", "t": "a", "s": "x", "both": 1}], [{"k": "1", "t": "a"}, {"k": "2", "t": "a", "none": 1}]]
    )
    def check(batches: Batches) -> None:
        letters, stands = outcome(_run_by_run, batches)
        for way in WAYS:
            assert outcome(way, batches) == (letters, stands), way.__name__
        assert outcome(_dry, batches)[0] == letters

    check()
