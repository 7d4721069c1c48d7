"""Builders: cases as readable words, a bench with one item, and what the judge says of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from hub.audit.bench import Bench
from hub.audit.catalogue import Catalogue
from hub.audit.defaults import DEFAULTS
from hub.audit.engine import Judgement, judge
from hub.audit.items import ItemVersion
from hub.audit.rulebook import Rulebook
from hub.clock.book import load_book
from hub.clock.keeper import Timekeeper
from hub.model.blocks import CaseBlock, Children, Coded
from hub.model.instants import NO_INSTANT, parse_iso
from hub.model.kinds import CASE, CASE_KINDS, KINDS

ZONE = ZoneInfo("Asia/Shanghai")
ITEM = ItemVersion("A1", date(2000, 1, 1), promised_limit=7, statutory_limit=10)
_KINDS = [kind for kind in CASE_KINDS if kind != "case"]
_PLURALS = {f"{kind}s": kind for kind in _KINDS}
Case = Mapping[str, Any]


def instant(value: Any) -> int:
    """An instant from an int, ISO text or nothing."""
    if value is None:
        return NO_INSTANT
    return value if isinstance(value, int) else parse_iso(value, ZONE)


def coded(values: Sequence[str | None]) -> Coded:
    words = sorted({v for v in values if v is not None})
    return Coded(np.array([-1 if v is None else words.index(v) for v in values], dtype=np.int32), words)


def _instants(values: Sequence[Any]) -> np.ndarray:
    return np.array([instant(v) for v in values], dtype=np.int64)


def _numbers(values: Sequence[Any]) -> np.ndarray:
    return np.array([np.nan if v is None else float(v) for v in values])


def _columns(kind: str, rows: Sequence[Case]) -> tuple[dict, dict, dict]:
    columns: tuple[dict, dict, dict] = ({}, {}, {})
    for field in KINDS[kind].fields:
        values = [row.get(field.name) for row in rows]
        if field.type in ("instant", "date"):
            columns[0][field.name] = _instants(values)
        elif field.type in ("quantity", "money", "integer"):
            columns[1][field.name] = _numbers(values)
        elif field.name not in ("case_no",):
            columns[2][field.name] = coded(values)
    columns[0]["first_seen_at"] = _instants([row.get("first_seen_at") for row in rows])
    return columns


def _children(kind: str, of_cases: Sequence[Sequence[Case]]) -> Children:
    rows = [row for of_case in of_cases for row in of_case]
    instants, numbers, words = _columns(kind, rows)
    offsets = np.cumsum([0, *(len(of_case) for of_case in of_cases)], dtype=np.int64)
    return Children(offsets, instants, numbers, words)


def case_of(**facts: Any) -> Case:
    """An accepted case of item A1, open unless told otherwise."""
    return {"item_code": "A1", "department": "城管局", "source": "hall", "first_seen_at": 2} | facts


def block_of(*cases: Case) -> CaseBlock:
    assert not {key for c in cases for key in c} - {f.name for f in CASE.fields} - set(_PLURALS) - {
        "source", "first_seen_at", "heard_before", "known_until",
        "held", "applicant_id_valid", "dossier_id", "parent"
    }  # fmt: skip
    instants, numbers, words = _columns("case", cases)
    instants["heard_before"] = _instants([c.get("heard_before") for c in cases])
    return CaseBlock(
        dossier_ids=np.array([c.get("dossier_id", 100 + i) for i, c in enumerate(cases)], dtype=np.int64),
        sources=coded([c["source"] for c in cases]),
        instants=instants,
        words=words,
        numbers=numbers,
        known_until=_instants([c.get("known_until") for c in cases]),
        held=np.array([c.get("held", False) for c in cases], dtype=np.bool_),
        applicant_id_valid=np.array([c.get("applicant_id_valid", -1) for c in cases], dtype=np.int8),
        parents=np.array([c.get("parent", -1) for c in cases], dtype=np.int64),
        children={
            kind: _children(kind, [c.get(plural, ()) for c in cases]) for plural, kind in _PLURALS.items()
        },
    )


def rulebook(changes: Mapping[str, Mapping[str, Any]]) -> Rulebook:
    """The default rules with some values replaced; only those monitors if ``changes`` names any."""
    rules = dict(DEFAULTS)
    for monitor, values in changes.items():
        rule = rules[monitor]
        params = rule.params | {k: v for k, v in values.items() if k in rule.params}
        rules[monitor] = replace(rule, params=params, **{k: v for k, v in values.items() if k not in params})
    return Rulebook(rules)


@pytest.fixture(scope="session")
def keeper() -> Timekeeper:
    calendar = load_book("cn", zone=ZONE).as_known_at(None)
    return Timekeeper(calendar, ZONE, ["08:30-12:00", "14:00-17:30"])


@pytest.fixture
def a_case() -> Callable[..., Case]:
    return case_of


@pytest.fixture
def a_block() -> Callable[..., CaseBlock]:
    return block_of


@pytest.fixture
def a_bench(keeper: Timekeeper) -> Callable[..., Bench]:
    def build(
        as_of: str,
        *,
        items: Sequence[ItemVersion] = (ITEM,),
        rules: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Bench:
        given = {"clock": "whole_day", "watermark": False, "keeper": keeper} | more
        catalogue = Catalogue(tuple(sorted(items, key=lambda v: (v.item_code, v.first_day))))
        return Bench(catalogue=catalogue, rulebook=rulebook(rules or {}), as_of=instant(as_of), **given)

    return build


@pytest.fixture
def a_judgement(a_bench: Callable[..., Bench]) -> Callable[..., Judgement]:
    """Judge cases at an instant."""

    def build(as_of: str, *cases: Case, **given: Any) -> Judgement:
        return judge(block_of(*cases), a_bench(as_of, **given))

    return build


@pytest.fixture
def cards(a_judgement: Callable[..., Judgement]) -> Callable[..., dict[str, str]]:
    """What one case gets: {monitor: severity}."""

    def build(as_of: str, case: Case, **given: Any) -> dict[str, str]:
        judgement = a_judgement(as_of, case, **given)
        assert judgement.faults == []
        return {f.monitor: f.severity for f in judgement.findings}

    return build
