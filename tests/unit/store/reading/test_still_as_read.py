"""A verdict is recorded for exactly the cases whose facts are still those it was found on."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.store.engine import reading
from hub.store.schedule import still_as_read

CASES = 8
ROWS = st.lists(st.sampled_from(range(CASES)), unique=True)


@pytest.fixture(params=["named", "by range"])
def way(request, monkeypatch):
    """How the store is asked for cases: each by name, or by the range in which they lie with others."""
    monkeypatch.setattr("hub.store.chunks.CROWD", 1000 if request.param == "named" else 1)


@pytest.fixture
def known(town):
    """A town of some cases."""
    town.send(cases=[{"case_no": f"C{i}", "accepted_at": 0} for i in range(CASES)])
    return town


@pytest.mark.usefixtures("way")
def test_exactly_the_cases_that_changed_since_are_told_apart(known):
    told = iter(range(1, 10**6))

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(ROWS.filter(bool), ROWS)
    def check(rows, changed):
        block = known.block()  # in the order of case numbers
        at = np.array(rows)
        part = replace(block, dossier_ids=block.dossier_ids[at], changed_seqs=block.changed_seqs[at])
        if changed:
            known.send(cases=[{"case_no": f"C{i}", "accepted_at": next(told)} for i in changed])
        with reading(known.store.engine) as connection:
            fresh = still_as_read(connection, part)
        assert fresh.tolist() == [row not in changed for row in rows]

    check()


@pytest.mark.usefixtures("way")
def test_what_says_nothing_new_leaves_every_case_as_read(known):
    block = known.block()
    known.send(cases=[{"case_no": f"C{i}", "accepted_at": 0} for i in range(CASES)])
    with reading(known.store.engine) as connection:
        assert still_as_read(connection, block).all()


@pytest.mark.usefixtures("way")
def test_a_case_that_is_gone_is_not_as_read_though_strangers_fill_its_range(known):
    block = known.block()
    part = replace(block, dossier_ids=block.dossier_ids + 1, changed_seqs=block.changed_seqs)
    with reading(known.store.engine) as connection:
        fresh = still_as_read(connection, part)
    assert not fresh[-1]


@pytest.mark.usefixtures("way")
def test_a_sum_that_only_strangers_make_right_is_seen_through(known):
    block = known.block()
    ends, seqs = np.array([0, CASES - 1]), block.changed_seqs
    part = replace(
        block,
        dossier_ids=block.dossier_ids[ends],
        changed_seqs=np.array([seqs[0], seqs[1:].sum()]),  # with the six between, the range sums to as much
    )
    with reading(known.store.engine) as connection:
        assert still_as_read(connection, part).tolist() == [True, False]
