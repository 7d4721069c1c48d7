"""Columns and a naive walk through the days agree on every case, dirty pauses and extensions included."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import day_walk as walked
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.clock.columns import UNIT_CODES, ExtensionColumns, LimitColumns, PauseColumns
from hub.clock.keeper import Timekeeper
from hub.clock.measure import measure
from hub.model.instants import NO_INSTANT, at, to_datetime

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = [(8 * 3600 + 1800, 12 * 3600), (14 * 3600, 17 * 3600 + 1800)]
GRID = timedelta(minutes=30)
BASE = datetime(2012, 1, 2)  # noqa: DTZ001 - a wall clock


def instant(moment: datetime | None) -> int:
    return NO_INSTANT if moment is None else at(moment.replace(tzinfo=ZONE))


def columns(cases, unit):
    n = len(cases)
    limits = LimitColumns(
        np.array([instant(c.start) for c in cases]),
        np.array([instant(c.stop) for c in cases]),
        np.array([float(c.limit) for c in cases]),
        np.full(n, UNIT_CODES[unit], dtype=np.int8),
        np.ones(n, dtype=bool),
    )
    pauses = [p for c in cases for p in c.pauses]
    pause_columns = PauseColumns(
        np.cumsum([0, *(len(c.pauses) for c in cases)]),
        np.array([instant(p.start) for p in pauses], dtype=np.int64),
        np.array([instant(p.end) for p in pauses], dtype=np.int64),
        np.array([np.nan if p.applied is None else p.applied for p in pauses], dtype=float),
        np.full(len(pauses), UNIT_CODES["working_day"], dtype=np.int8),
        np.ones(len(pauses), dtype=bool),
    )
    extensions = [e for c in cases for e in c.extensions]
    extension_columns = ExtensionColumns(
        np.cumsum([0, *(len(c.extensions) for c in cases)]),
        np.array([instant(e.approved) for e in extensions], dtype=np.int64),
        np.array([e.length for e in extensions], dtype=float),
        np.full(len(extensions), UNIT_CODES[unit], dtype=np.int8),
        np.array([e.reason for e in extensions], dtype=bool),
        np.array([e.authority for e in extensions], dtype=bool),
        np.full(n, 10.0),
    )
    return limits, pause_columns, extension_columns


def mismatches(keeper: Timekeeper, cases, as_of: datetime, unit: str = "working_day"):
    """Cases whose whole-day deadline or lateness differs from the walk's."""
    working = keeper.calendar.is_working
    limits, pauses, extensions = columns(cases, unit)
    timing = measure(keeper, "whole_day", limits, instant(as_of), pauses, extensions)
    wrong = []
    for i, case in enumerate(cases):
        due = walked.walked_due_day(case, as_of, working, 10, unit == "calendar_day")
        stop = case.stop if case.stop and case.stop <= as_of else as_of
        got = to_datetime(int(timing.due_at[i]), ZONE)
        told = got.date() == due and got.strftime("%H:%M:%S") == "23:59:59"
        if not told or bool(timing.late[i]) != (stop.date() > due):
            wrong.append((case, due, got))
    return wrong


def random_cases(rng: np.random.Generator, n: int):
    """Cases over ten years with up to five pauses and two extensions each, many of them dirty."""

    def moment(a: int, b: int) -> timedelta:
        return timedelta(seconds=int(rng.integers(a * 86400, b * 86400)))

    made = []
    for _ in range(n):
        start = BASE + moment(0, 3650)
        pauses = []
        for _ in range(int(rng.integers(0, 6)) if rng.random() < 0.6 else 0):
            begin = start + moment(-6, 30)
            end = None if rng.random() < 0.15 else begin + moment(-3, 20)
            if rng.random() < 0.05:
                end = begin
            pauses.append(walked.Pause(begin, end, int(rng.integers(0, 9)) if rng.random() < 0.5 else None))
        extensions = [
            walked.Extension(
                start + moment(0, 50), int(rng.integers(0, 13)), rng.random() < 0.8, rng.random() < 0.8
            )
            for _ in range(int(rng.integers(0, 3)) if rng.random() < 0.4 else 0)
        ]
        stop = start + moment(0, 70) if rng.random() < 0.7 else None
        made.append(walked.Case(start, stop, int(rng.integers(0, 46)), pauses, extensions))
    return made


def test_the_walk_agrees_on_random_cases_in_working_days(keeper):
    cases = random_cases(np.random.default_rng(20120924), 3000)
    assert mismatches(keeper, cases, datetime(2019, 6, 3, 11, 0)) == []  # noqa: DTZ001


def test_the_walk_agrees_on_random_cases_in_calendar_days(keeper):
    cases = random_cases(np.random.default_rng(7), 1500)
    assert mismatches(keeper, cases, datetime(2019, 6, 3, 11, 0), "calendar_day") == []  # noqa: DTZ001


def _grid(lowest: int, highest: int) -> st.SearchStrategy[datetime]:
    return st.integers(lowest, highest).map(lambda k: BASE + k * GRID)


_pause = st.builds(
    walked.Pause, _grid(-100, 900), st.none() | _grid(-100, 1200), st.none() | st.integers(0, 6)
)
_extension = st.builds(walked.Extension, _grid(0, 1600), st.integers(0, 12), st.booleans(), st.booleans())
_case = st.builds(
    walked.Case,
    _grid(0, 400),
    st.none() | _grid(400, 1900),
    st.integers(0, 20),
    st.lists(_pause, max_size=5),
    st.lists(_extension, max_size=2),
)


@settings(deadline=None, max_examples=150)
@given(cases=st.lists(_case, min_size=1, max_size=4), as_of=_grid(100, 2000))
def test_the_walk_agrees_on_whatever_hypothesis_finds(keeper, cases, as_of):
    assert mismatches(keeper, cases, as_of) == []


_elapsed_case = st.builds(
    walked.Case, _grid(0, 300), st.none() | _grid(300, 1200), st.integers(1, 6), st.lists(_pause, max_size=4)
)


@settings(deadline=None, max_examples=80)
@given(case=_elapsed_case, as_of=_grid(100, 1500))
def test_the_walk_agrees_to_the_second_on_the_elapsed_clock(keeper, case, as_of):
    limits, pauses, _ = columns([case], "working_day")
    timing = measure(keeper, "elapsed", limits, instant(as_of), pauses)
    expected = walked.walked_moment(case, as_of, keeper.calendar.is_working, HOURS, GRID)
    assert to_datetime(int(timing.due_at[0]), ZONE).replace(tzinfo=None) == expected
    stop = case.stop if case.stop and case.stop <= as_of else as_of
    assert bool(timing.late[0]) == (stop > expected)
    assert bool(timing.late[0]) == (timing.elapsed[0] > case.limit)


def test_far_dates_and_lengths_never_crash(keeper):
    starts = [instant(datetime(y, 6, 1, tzinfo=UTC)) for y in (1, 1899, 1900, 2026, 2200, 2201, 9999)]
    lengths = [0.0, 0.5, 720.0, 1e6, 1e18, float("inf"), float("nan"), -1.0]
    for unit in UNIT_CODES:
        for length in lengths:
            n = len(starts)
            limits = LimitColumns(
                np.array(starts), np.full(n, NO_INSTANT), np.full(n, length),
                np.full(n, UNIT_CODES[unit], dtype=np.int8), np.ones(n, dtype=bool),
            )  # fmt: skip
            pauses = PauseColumns(
                np.arange(n + 1), np.array(starts), np.full(n, NO_INSTANT),
                np.full(n, 1e12), np.full(n, UNIT_CODES[unit], dtype=np.int8), np.ones(n, dtype=bool),
            )  # fmt: skip
            for clock in ("whole_day", "elapsed"):
                timing = measure(keeper, clock, limits, instant(datetime(2024, 1, 1)), pauses)  # noqa: DTZ001
                assert ((timing.undecided == 0) == (timing.due_at != NO_INSTANT)).all()
                assert timing.undecided[0] != 0
                assert timing.undecided[6] != 0


def test_date_table_ends_are_provisional(keeper):
    assert keeper.calendar.add(date(2026, 12, 31), 1)[1]
    assert keeper.calendar.add(date(9999, 12, 31), 5) == (None, True)
    assert keeper.calendar.add(date(1, 1, 1), 5) == (None, True)
