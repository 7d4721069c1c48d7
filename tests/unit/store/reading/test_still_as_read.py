"""A verdict is recorded for exactly the cases whose facts are still those it was found on."""

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.store.engine import reading, writing
from hub.store.schedule import still_as_read
from hub.store.woken import note_woken, settle_woken, undertake

CASES = 8
ROWS = st.lists(st.sampled_from(range(CASES)), unique=True)


def a_town(town):
    town.send(cases=[{"case_no": f"C{i}", "accepted_at": 0} for i in range(CASES)])
    return town


def read(town):
    """What an audit of everything reads, in the order of case numbers."""
    return town.block()


def fresh(town, block):
    with reading(town.store.engine) as connection:
        return still_as_read(connection, block).tolist()


def test_exactly_the_cases_that_changed_since_are_told_apart(town):
    a_town(town)
    told = iter(range(1, 10**6))

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(ROWS.filter(bool), ROWS)
    def check(rows, changed):
        block = read(town)
        part = replace(block, dossier_ids=block.dossier_ids[np.array(rows)])
        if changed:
            town.send(cases=[{"case_no": f"C{i}", "accepted_at": next(told)} for i in changed])
        assert fresh(town, part) == [row not in changed for row in rows]

    check()


def test_what_says_nothing_new_leaves_every_case_as_read(town):
    block = read(a_town(town))
    town.send(cases=[{"case_no": f"C{i}", "accepted_at": 0} for i in range(CASES)])
    assert all(fresh(town, block))


def test_cases_that_came_since_are_no_change_of_those_that_were_read(town):
    block = read(a_town(town))
    town.send(cases=[{"case_no": "D"}])
    assert all(fresh(town, block))


def test_new_cases_of_another_source_whose_numbers_lie_around_them_are_no_change_of_them(town, another_town):
    """As when two sources are loaded at once; taken for overtaken, these would not be judged any more."""
    another_town("land").send(cases=[{"case_no": "L"}])
    block = a_town(town).block(source="tax")
    with writing(town.store.engine, "test") as connection:
        land = connection.exec_driver_sql("SELECT source_id FROM sources WHERE name = 'land'").scalar_one()
        note_woken(connection, land, 1, 100)
    assert all(fresh(town, block))


def test_an_earlier_change_that_another_audit_settles_meanwhile_hides_no_later_one(town):
    block = read(a_town(town))
    with writing(town.store.engine, "test") as connection:
        undertake(connection, 7, None)
        settle_woken(connection, 7)
    town.send(cases=[{"case_no": "C3", "accepted_at": 5}])
    assert fresh(town, block) == [i != 3 for i in range(CASES)]
