"""The proof's lines add up to the verdict they prove."""

from collections import Counter
from datetime import date, datetime

import day_walk
import numpy as np
import pytest
from clock_cases import a_limit, extensions, pauses, when
from test_against_a_walk import columns, instant, random_cases

from hub.clock.calendar import as_date
from hub.clock.columns import ExtensionColumns, PauseColumns
from hub.clock.proof import MOST_DAYS, prove

LATER = "2013-12-31 12:00:00"


def test_each_day_says_why_it_counts_or_not(keeper):
    limit = a_limit("2012-09-28 10:00:00", 4, stop="2012-10-10 10:00:00")
    rows = pauses(("2012-10-08 09:00:00", "2012-10-09 09:00:00"))
    proof = prove(keeper, "whole_day", limit, when(LATER), rows)
    lines = {line.date: line for line in proof.days}
    assert [(str(d), line.reason, line.counted) for d, line in lines.items()] == [
        ("2012-09-28", "starting_day", False),
        ("2012-09-29", "make_up", True),
        *((f"2012-{d}", "holiday", False) for d in ["09-30", *(f"10-0{k}" for k in range(1, 8))]),
        ("2012-10-08", "weekday", True),
        ("2012-10-09", "pause", False),
        ("2012-10-10", "weekday", True),
        ("2012-10-11", "weekday", True),
    ]
    assert lines[date(2012, 10, 9)].pause == 0
    assert (
        lines[date(2012, 9, 29)].notice
        == "国务院办公厅关于2012年部分节假日安排的通知（国办发明电〔2011〕45号）"
    )
    assert lines[date(2012, 9, 29)].name == "中秋节、国庆节"


def test_a_day_rolled_over_is_not_counted(keeper):
    proof = prove(keeper, "whole_day", a_limit("2012-09-24 10:00:00", 6, "calendar_day"), when("2012-09-25"))
    assert Counter(line.reason for line in proof.days) == {"starting_day": 1, "calendar_day": 6, "rolled": 8}
    assert str(proof.days[-1].date) == "2012-10-08"


@pytest.mark.parametrize(
    ("stop", "elapsed", "late"),
    [
        ("2012-09-30 12:00:00", 6, False),
        ("2012-10-05 12:00:00", 6, False),
        ("2012-10-08 12:00:00", 6, False),
        ("2012-10-09 12:00:00", 7, True),
    ],
)
def test_days_rolled_over_use_up_nothing_so_days_elapsed_and_verdict_agree(keeper, stop, elapsed, late):
    limit = a_limit("2012-09-24 10:00:00", 6, "calendar_day", stop=stop)
    proof = prove(keeper, "whole_day", limit, when(LATER))
    upto = [line for line in proof.days if line.counted and str(line.date) <= stop[:10]]
    assert (len(upto), proof.timing.elapsed[0], bool(proof.timing.late[0])) == (elapsed, elapsed, late)


def test_elapsed_days_tell_their_seconds(keeper):
    limit = a_limit("2012-10-26 16:30:00", 1, stop="2012-10-29 12:00:00")
    rows = pauses(("2012-10-29 08:30:00", "2012-10-29 09:30:00"))
    proof = prove(keeper, "elapsed", limit, when(LATER), rows)
    told = [(str(line.date), line.reason, line.amount) for line in proof.days]
    assert told == [
        ("2012-10-26", "weekday", 3600.0),
        ("2012-10-27", "weekend", 0.0),
        ("2012-10-28", "weekend", 0.0),
        ("2012-10-29", "weekday", 6 * 3600.0),
        ("2012-10-30", "closed", 0.0),
    ]
    assert proof.days[3].pause == 0


def test_pauses_and_extensions_are_told_with_their_reasons(keeper):
    rows = pauses(("2012-10-30 09:00:00", "2012-11-06 09:00:00", 2), (None, "2012-11-06 09:00:00"))
    more = extensions(("2012-10-31 10:00:00", 2), ("2012-12-30 10:00:00", 5))
    proof = prove(keeper, "whole_day", a_limit("2012-10-29 10:00:00", 3), when(LATER), rows, more)
    assert [(p.reason, p.counted, p.capped) for p in proof.pauses] == [
        ("capped", 2.0, True),
        ("no_start", 0.0, False),
    ]
    assert [e.reason for e in proof.extensions] == ["valid", "late"]


def test_a_proof_is_of_one_limit_and_of_a_bounded_length(keeper):
    proof = prove(keeper, "whole_day", a_limit("2012-10-29", 40_000), when(LATER))
    assert len(proof.days) == MOST_DAYS
    due_day = int(keeper.local_days(proof.timing.due_at)[0])
    assert proof.days[0].date.toordinal() + len(proof.days) + proof.days_left_out == (
        as_date(due_day).toordinal() + 1
    )
    assert prove(keeper, "whole_day", a_limit("2012-10-29", 40), when(LATER)).days_left_out == 0
    assert prove(keeper, "whole_day", a_limit(None, 5), when(LATER)).days == ()


@pytest.mark.parametrize("unit", ["working_day", "calendar_day"])
def test_the_days_add_up_to_limit_and_elapsed_time(keeper, unit):
    as_of = datetime(2019, 6, 3, 11, 0)  # noqa: DTZ001 - a wall clock
    for case in random_cases(np.random.default_rng(11), 200):
        limit, rows, more = columns([case], unit)
        assert isinstance(rows, PauseColumns)
        assert isinstance(more, ExtensionColumns)
        proof = prove(keeper, "whole_day", limit, instant(as_of), rows, more)
        stop = min(case.stop or as_of, as_of).date()
        before = [line for line in proof.days if line.counted and not line.after_deadline]
        upto = [line for line in proof.days if line.counted and line.date <= stop]
        assert len(before) == proof.timing.length[0]
        assert len(upto) == proof.timing.elapsed[0]
        if unit == "calendar_day":  # a stop on the Saturday after the last working day is late by its date
            assert bool(proof.timing.late[0]) == (proof.timing.elapsed[0] > proof.timing.length[0])


def test_elapsed_seconds_add_up_to_the_limit(keeper):
    as_of = datetime(2019, 6, 3, 11, 0)  # noqa: DTZ001 - a wall clock
    for case in random_cases(np.random.default_rng(12), 150):
        limit, rows, _ = columns([case], "working_day")
        proof = prove(keeper, "elapsed", limit, instant(as_of), rows)
        stop = case.stop or as_of
        seconds = sum(line.amount for line in proof.days)
        wanted = max(proof.timing.elapsed[0], proof.timing.length[0]) * 7 * 3600
        assert seconds == pytest.approx(wanted, abs=1e-3), (case, stop)


def test_the_reference_walk_is_not_part_of_the_clock():
    assert "hub" not in vars(day_walk)
