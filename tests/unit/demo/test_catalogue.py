"""The catalogue of the demo city is a real city's in size and kind."""

import re
from collections import Counter

from hub.demo.catalogue import SOURCES, Item


def test_it_has_256_items_of_48_window_units(items: list[Item]) -> None:
    assert len(items) == 256
    assert len({item.department for item in items}) == 48


def test_every_item_has_a_name_of_its_own(items: list[Item]) -> None:
    names = [item.name for item in items]
    assert len(set(names)) == len(names)
    assert not [name for name in names if re.search(r"\d", name)]


def test_codes_are_base_codes_of_twelve_digits(items: list[Item]) -> None:
    assert all(re.fullmatch(r"\d{12}", item.code) for item in items)


def test_every_type_of_case_occurs_and_most_are_promised(items: list[Item]) -> None:
    types = Counter(item.case_type for item in items)
    assert set(types) == {"immediate", "promised", "joint", "upward"}
    assert types["promised"] > len(items) / 2


def test_some_items_have_two_versions_and_the_later_promise_is_shorter(items: list[Item]) -> None:
    changed = [item for item in items if len(item.versions) == 2]
    assert len(changed) >= 10
    assert all(item.versions[0].promise[0] > item.versions[1].promise[0] for item in changed)
    version = changed[0].versions[1]
    assert changed[0].at(version.since) is version
    assert changed[0].at(version.since - 1) is changed[0].versions[0]


def test_every_department_system_has_items(items: list[Item]) -> None:
    assert {item.source for item in items} == set(SOURCES)
