"""The catalogue: versions by date, and every fault of the file told at once with its line."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from hub.audit.catalogue import Catalogue, load_catalogue
from hub.audit.items import ItemVersion
from hub.errors import ConfigError
from hub.model.blocks import Coded

HEADER = (
    "item_code,name,case_type,statutory_limit,statutory_unit,promised_limit,effective_from,effective_to\n"
)


def written(folder: Path, text: str) -> Path:
    path = folder / "items.csv"
    path.write_text(text, encoding="utf-8")
    return path


def complaints(folder: Path, text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(ConfigError) as caught:
        load_catalogue(written(folder, text))
    return [(c.line, c.key) for c in caught.value.complaints]


def days(*texts: str) -> np.ndarray:
    return np.array([(date.fromisoformat(t) - date(1970, 1, 1)).days for t in texts])


def items(*codes: str | None) -> Coded:
    words = sorted({c for c in codes if c})
    return Coded(np.array([words.index(c) if c else -1 for c in codes], dtype=np.int32), words)


def test_a_case_is_governed_by_the_version_in_force_on_its_day(tmp_path: Path) -> None:
    catalogue = load_catalogue(
        written(tmp_path, HEADER + "A,x,,20,working_day,10,2020-01-01,\nA,x,,15,,5,2021-01-01,2021-12-31\n")
    )
    on = days("2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01", "2021-12-31", "2022-01-01")
    assert catalogue.lookup(items(*["A"] * 6), on).tolist() == [-1, 0, 0, 1, 1, -1]


def test_unknown_and_absent_items_have_no_version() -> None:
    catalogue = Catalogue((ItemVersion("B", date(2020, 1, 1)),))
    found = catalogue.lookup(items("A", None, "B", "C"), days(*["2024-01-01"] * 4))
    assert found.tolist() == [-1, -1, 0, -1]


def test_an_empty_catalogue_knows_no_item() -> None:
    assert Catalogue().lookup(items("A", None), days("2024-01-01", "2024-01-01")).tolist() == [-1, -1]
    assert Catalogue().knows(items("A", None)).tolist() == [False, False]


def test_the_statute_holds_where_the_item_is_silent() -> None:
    catalogue = Catalogue(
        (ItemVersion("A", date(2020, 1, 1)), ItemVersion("B", date(2020, 1, 1), statutory_limit=3))
    )
    length, _ = catalogue.statutory(np.array([0, 0, 1, -1]), np.array([False, True, True, False]))
    assert length[:3].tolist() == [20, 45, 3]
    assert np.isnan(length[3])


def test_every_fault_is_named_with_its_line(tmp_path: Path) -> None:
    text = (
        "item_code,effective_from,effective_to,promised_limit,promised_unit,case_type,color\n"
        "A,2020-13-01,,5,days,promised,red\n"
        '"B\n'
        'b",2020-01-01,2019-01-01,minus,,odd,\n'
        ",2020-01-01,,-1,,,\n"
        "C,,,,,,\n"
        "D,2020-01-01,2020-12-31,1,,,\n"
        "D,2020-06-01,,1,,,\n"
        "D,2020-06-01,,2,,,\n"
        "E,2020-01-01\n"
    )
    assert sorted(complaints(tmp_path, text)) == [
        (1, "color"),
        (2, "effective_from"),
        (2, "promised_unit"),
        (3, "case_type"),
        (3, "effective_to"),
        (3, "promised_limit"),
        (5, "item_code"),
        (5, "promised_limit"),
        (6, "effective_from"),
        (8, "effective_from"),
        (9, "effective_from"),
        (10, "(line)"),
    ]


def test_a_missing_column_or_file_is_a_complaint(tmp_path: Path) -> None:
    assert complaints(tmp_path, "name\nx\n") == [(1, "item_code"), (1, "effective_from")]
    with pytest.raises(ConfigError):
        load_catalogue(tmp_path / "absent.csv")


def test_changed_items_are_those_of_which_any_version_differs() -> None:
    old = Catalogue((ItemVersion("A", date(2020, 1, 1)), ItemVersion("B", date(2020, 1, 1))))
    new = Catalogue(
        (ItemVersion("A", date(2020, 1, 1)), ItemVersion("B", date(2020, 1, 1), promised_limit=3))
    )
    assert new.changed_since(old) == {"B"}
    assert new.version != old.version


def test_a_catalogue_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes("item_code,name,effective_from\nA1,许可,2010-01-01\n".encode("gb18030"))
    with pytest.raises(ConfigError) as caught:
        load_catalogue(path)
    (complaint,) = caught.value.complaints
    assert (complaint.line, complaint.found) == (2, "is not UTF-8")
