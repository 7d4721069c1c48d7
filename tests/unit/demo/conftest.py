"""A small city, filled once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.demo.catalogue import Item, read_items
from hub.demo.city import City
from hub.demo.days import wall
from hub.demo.plan import NOW

ITEMS = Path(__file__).parents[3] / "mappings/items.csv"


@pytest.fixture(scope="session")
def items() -> list[Item]:
    return read_items(ITEMS)


@pytest.fixture
def a_city(items: list[Item], tmp_path: Path) -> Iterator[Callable[..., City]]:
    built: list[City] = []

    def build(name: str = "city", *, cases: int = 800, seed: int = 7) -> City:
        built.append(City(tmp_path / name, items, cases=cases, seed=seed, now=wall(NOW)))
        return built[-1]

    yield build
    for city in built:
        city.close()
