"""What must hold of any columns, all units and faults mixed, in China and across daylight saving."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from hub.clock.book import load_book
from hub.clock.columns import ExtensionColumns, LimitColumns, PauseColumns
from hub.clock.keeper import Timekeeper
from hub.clock.measure import measure
from hub.model.instants import NO_INSTANT, TICKS_PER_SECOND, parse_iso

N = 3000
DAY = 86_400


def any_columns(lowest: int, seed: int) -> tuple[LimitColumns, PauseColumns, ExtensionColumns]:
    rng = np.random.default_rng(seed)

    def seconds(a: int, b: int) -> np.ndarray:
        return rng.integers(a * DAY, b * DAY, N) * TICKS_PER_SECOND

    start = lowest + seconds(0, 900)
    unit = rng.integers(0, 5, N).astype(np.int8)
    length = np.where(unit == 4, rng.integers(0, 4, N), rng.integers(0, 60, N)) + (rng.random(N) < 0.2) * 0.5
    stop = np.where(rng.random(N) < 0.7, start + seconds(-1, 70), NO_INSTANT)
    owner = np.sort(rng.integers(0, N, N))
    offsets = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=N))))
    begin = start[owner] + seconds(-5, 30)
    pauses = PauseColumns(
        offsets,
        begin,
        np.where(rng.random(N) < 0.95, begin + seconds(-1, 12), NO_INSTANT),
        np.where(rng.random(N) < 0.5, rng.integers(0, 9, N), np.nan),
        rng.integers(-1, 5, N).astype(np.int8),
        rng.random(N) < 0.9,
    )
    extensions = ExtensionColumns(
        offsets,
        begin,
        rng.integers(0, 13, N).astype(float),
        rng.integers(-1, 5, N).astype(np.int8),
        rng.random(N) < 0.9,
        rng.random(N) < 0.9,
        np.full(N, 10.0),
    )
    return LimitColumns(start, stop, length, unit, rng.random(N) < 0.5), pauses, extensions


@pytest.mark.parametrize("clock", ["whole_day", "elapsed"])
@pytest.mark.parametrize(("zone_name", "base"), [("Asia/Shanghai", "cn"), ("America/New_York", "weekdays")])
def test_measuring_is_of_one_piece(zone_name, base, clock):
    zone = ZoneInfo(zone_name)
    keeper = Timekeeper(load_book(base, zone=zone).as_known_at(), zone, ["08:30-12:00", "14:00-17:30"])
    limits, pauses, extensions = any_columns(parse_iso("2010-01-01T00:00:00", zone), 9)
    late_on, early_on = (parse_iso(f"{day}T10:00:00", zone) for day in ("2014-01-01", "2011-06-01"))
    timing = measure(keeper, clock, limits, late_on, pauses, extensions)
    assert (timing.undecided == 0).all()
    if clock == "elapsed":
        assert (timing.late == (timing.elapsed > timing.length + 1e-9)).all()
    _blocks_equal_their_cases(keeper, clock, timing, late_on, (limits, pauses, extensions))
    early = measure(keeper, clock, limits, early_on, pauses, extensions)
    assert (early.due_at <= timing.due_at).all()  # what comes to be known only lengthens
    _nothing_turns_late_before_it_says(keeper, clock, early, early_on, (limits, pauses, extensions))


def _blocks_equal_their_cases(keeper, clock, timing, now, columns):
    limits, pauses, extensions = columns
    for i in range(0, N, 30):
        case = np.array([i])
        alone = measure(keeper, clock, limits.take(case), now, pauses.take(case)[0], extensions.take(case)[0])
        for name in ("due_at", "late", "elapsed", "length", "provisional", "change_at"):
            np.testing.assert_equal(getattr(alone, name)[0], getattr(timing, name)[i])


def _nothing_turns_late_before_it_says(keeper, clock, early, now, columns):
    running = early.change_at != NO_INSTANT
    assert (early.change_at[running] > now).all()
    just_before = np.where(running, early.change_at - 2, now)
    limits, pauses, extensions = columns
    assert not (running & measure(keeper, clock, limits, just_before, pauses, extensions).late).any()
