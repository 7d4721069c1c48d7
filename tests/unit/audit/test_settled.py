"""Skipping what is surely in time changes no verdict, on any clock, with pauses and extensions about."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from hub.audit.docket import Docket
from hub.audit.engine import judge
from hub.audit.excerpt import as_it_stood, take
from hub.audit.items import ItemVersion
from hub.audit.monitors.registry import MONITORS

ITEMS = [
    ItemVersion("W", date(2000, 1, 1), promised_limit=4, statutory_limit=9, extension_limit=3),
    ItemVersion("C", date(2000, 1, 1), promised_limit=6, promised_unit="calendar_day", statutory_limit=9),
    ItemVersion("H", date(2000, 1, 1), promised_limit=9, promised_unit="working_hour", case_type="joint"),
    ItemVersion("M", date(2000, 1, 1), promised_limit=1, promised_unit="month", case_type="immediate"),
]


def moment(dice: random.Random, base: datetime, days: float) -> str:
    then = base + timedelta(seconds=dice.randrange(int(days * 86400)))
    return then.date().isoformat() if dice.random() < 0.2 else then.isoformat(timespec="seconds")


def random_case(dice: random.Random, a_case) -> dict:
    base = datetime(2024, 1, 1) + timedelta(days=dice.randrange(300))  # noqa: DTZ001
    facts = {"item_code": dice.choice("WCHMX"), "received_at": moment(dice, base, 1)}
    for name, days in (("accepted_at", 7), ("decided_at", 25), ("closed_at", 25), ("delivered_at", 50)):
        if dice.random() < 0.7:
            facts[name] = moment(dice, base, days)
    facts["result"] = dice.choice(("granted", "denied", None))
    pause = {"kind": dice.choice(("hearing", "suspended")), "started_at": moment(dice, base, 10)}
    pause |= {"recorded_at": moment(dice, base, 20), "applied_length": dice.choice((None, 2, 5))}
    if dice.random() < 0.6:
        pause["ended_at"] = moment(dice, base, 20)
    step = {
        "started_at": facts["received_at"],
        "limit": dice.choice((1, 3)),
        "ended_at": moment(dice, base, 9),
    }
    extension = {
        "length": dice.choice((2, 5)),
        "reason": "x",
        "approver": "y",
        "approved_at": moment(dice, base, 9),
    }
    some = [
        (kind, rows) for kind, rows in (("pauses", [pause]), ("steps", [step]), ("extensions", [extension]))
    ]
    return a_case(**facts, **{kind: rows for kind, rows in some if dice.random() < 0.5})


@pytest.mark.parametrize("clock", ["whole_day", "elapsed"])
def test_every_monitor_says_the_same_of_every_case(a_bench, a_block, a_case, clock) -> None:
    dice = random.Random(7)
    block = a_block(*(random_case(dice, a_case) for _ in range(1500)))
    bench = a_bench("2024-08-01T12:00", items=ITEMS, clock=clock)
    quick, slow = Docket(block, bench), Docket(block, bench, telling=True)
    for name, monitor in MONITORS.items():
        one, other = (monitor(docket, bench.rulebook[name], clock) for docket in (quick, slow))
        for column in ("cases", "severity", "undecided"):
            assert np.array_equal(getattr(one, column), getattr(other, column)), (name, column)
        breach = one.severity > 0
        for column in ("reason", "due_at", "stopped_at", "limit", "elapsed"):
            same = np.array_equal(
                getattr(one, column)[breach],
                getattr(other, column)[breach],
                equal_nan=column in ("limit", "elapsed"),
            )
            assert same, (name, column)
        assert np.array_equal(one.judge_at, other.judge_at), name


@pytest.mark.parametrize("clock", ["whole_day", "elapsed"])
@pytest.mark.parametrize("watermark", [False, True])
def test_no_verdict_changes_before_the_instant_to_judge_again(
    a_bench, a_block, a_case, clock, watermark
) -> None:
    dice = random.Random(11)
    heard = {"known_until": "2024-07-25T10:00"}
    block = a_block(*(random_case(dice, a_case) | heard for _ in range(300)))
    bench = a_bench("2024-07-24T12:00", items=ITEMS, clock=clock, watermark=watermark)
    block = as_it_stood(block, bench.as_of)
    now = judge(block, bench)
    said = [set() for _ in range(len(block))]
    for finding in now.findings:
        said[finding.subject.dossier_id - 100].add((finding.monitor, finding.severity))
    for case in range(len(block)):
        at = int(now.judge_at[case])
        if bench.as_of < at < 2**62:
            later = judge(take(block, np.array([case])), replace(bench, as_of=at - 2, watermark=False))
            assert {(f.monitor, f.severity) for f in later.findings} == said[case], case
