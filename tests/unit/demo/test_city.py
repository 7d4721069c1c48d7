"""The city is the same from the same seed, and knows what is wrong in it."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.demo.catalogue import SOURCES, Item
from hub.demo.city import City
from hub.demo.days import wall
from hub.demo.filing import Filing, as_of
from hub.demo.plan import NOW
from hub.demo.planting.plot import Planter
from hub.demo.planting.registry import LOOKALIKES, PLANTERS
from hub.demo.truth import Truth, Verdict

ACity = Callable[..., City]


def everything(city: City) -> dict[str, object]:
    """All that the departments would deliver."""
    delivered: dict[str, object] = {"tax": city.tax.rows, "commerce": city.commerce.rows}
    for path in sorted(city.folder.glob("housing/*")):
        delivered[path.name] = path.read_bytes()
    for name in ("land", "hall"):
        with sqlite3.connect(city.folder / f"{name}.db") as connection:
            delivered[name] = list(connection.iterdump())
        connection.close()
    return delivered


def test_the_same_seed_gives_the_same_city_to_the_byte(a_city: ACity) -> None:
    first, second = a_city("first"), a_city("second")
    first.fill()
    second.fill()
    assert everything(first) == everything(second)
    assert first.truth == second.truth


def test_another_seed_gives_another_city(a_city: ACity) -> None:
    first, second = a_city("first"), a_city("second", seed=8)
    first.fill()
    second.fill()
    assert first.tax.rows != second.tax.rows


@pytest.fixture(scope="module")
def by_maker(items: list[Item], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[set[Verdict]]]:
    """What holds of every filing, by the name of the planter that made it."""
    city = City(tmp_path_factory.mktemp("city"), items, cases=9000, seed=7, now=wall(NOW))
    makers: dict[tuple[str, str], str] = {}
    note = city.note

    def noting(filing: Filing, name: str, truth: Truth) -> None:
        makers[filing.source, filing.case_no] = name
        note(filing, name, truth)

    city.note = noting  # type: ignore[method-assign]
    found: dict[str, list[set[Verdict]]] = defaultdict(list)
    for source in SOURCES:
        for filing in city.filings(source):
            if filing.lead is None and filing.twin_of is None:  # they are judged with lead and first
                others = [*filing.members, *([filing.twin] if filing.twin else [])]
                together = set().union(*(city.verdicts(one) for one in (filing, *others)))
                found[makers.get((source, filing.case_no), "ordinary")].append(together)
    return found


@pytest.mark.parametrize("name", ["ordinary", *(planter.__name__ for planter in LOOKALIKES)])
def test_ordinary_filings_and_look_alikes_are_innocent(
    by_maker: dict[str, list[set[Verdict]]], name: str
) -> None:
    assert by_maker[name]
    assert not any(by_maker[name])


@pytest.mark.parametrize("planter", PLANTERS, ids=lambda planter: planter.__name__)
def test_every_planted_filing_breaks_what_its_planter_says(
    by_maker: dict[str, list[set[Verdict]]], planter: Planter
) -> None:
    found = by_maker[planter.__name__]
    monitor = (planter.__doc__ or "")[:3]
    assert found
    assert all(monitor in {verdict[0] for verdict in verdicts} for verdicts in found)


def test_numbers_repeat_across_departments(a_city: ACity) -> None:
    city = a_city()
    land = {filing.case_no for filing in city.filings("land")}
    housing = {filing.case_no for filing in city.filings("housing")}
    assert land & housing


def test_every_item_has_filings_in_a_city_of_the_default_size(a_city: ACity) -> None:
    city = a_city(cases=6000)
    filed = {filing.item.code for source in SOURCES for filing in city.filings(source)}
    assert len(filed) == 256


def test_what_lies_after_now_has_not_happened(a_city: ACity) -> None:
    city = a_city()
    for source in SOURCES:
        for filing in city.filings(source):
            known = as_of(filing, city.now)
            assert known is None or known.updated <= city.now


def test_time_changes_some_filings_and_adds_some(a_city: ACity) -> None:
    city = a_city()
    city.fill()
    before = dict(city.tax.rows)
    city.advance()
    assert len(city.tax.rows["cases"]) > len(before["cases"])
    changed = [raw for at, raw in city.tax.rows["cases"] if at > city.moments[0]]
    assert 0 < len(changed) < len(before["cases"]) / 2
    assert (city.folder / "housing/cases-002.csv").is_file()


def test_it_is_made_at_a_folder_that_did_not_exist(a_city: ACity, tmp_path: Path) -> None:
    a_city("deep/below").fill()
    assert (tmp_path / "deep/below/housing/cases-001.csv").is_file()
