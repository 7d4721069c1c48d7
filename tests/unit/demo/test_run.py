"""The demo as a whole: everything planted is found, and nothing is invented."""

from pathlib import Path

import pytest

from hub.demo.plan import DemoPlan
from hub.demo.run import run_demo
from hub.demo.score import Score
from hub.demo.serving import PORTS, emptied, install, mark, repository
from hub.errors import ConfigError


def test_a_small_city_is_found_out_completely(tmp_path: Path) -> None:
    result = run_demo(DemoPlan(cases=600, folder=tmp_path))
    assert (result["missed"], result["false"]) == ([], [])
    assert [row["quarantined"] for row in result["departments"]] == [
        row["bad"] for row in result["departments"]
    ]
    assert result["exit_code"] == 0
    assert result["folder"] == str(tmp_path)
    assert sum(row["planted"] for row in result["departments"]) > 30


def test_it_does_as_well_with_everything_on_postgresql(empty_pg_url: str, tmp_path: Path) -> None:
    plan = DemoPlan(cases=400, folder=tmp_path, exchange_url=empty_pg_url, store_url=empty_pg_url)
    result = run_demo(plan)
    assert (result["missed"], result["false"], result["exit_code"]) == ([], [], 0)


def test_an_earlier_demo_gives_way_and_anything_else_is_left_alone(tmp_path: Path) -> None:
    assert emptied(tmp_path / "new") == tmp_path / "new"
    mark(tmp_path / "old/var/demo")
    (tmp_path / "old/var/hub.db").touch()
    emptied(tmp_path / "old")
    assert not (tmp_path / "old/var").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/hub.toml").touch()
    for folder in (tmp_path / "mine", repository()):
        with pytest.raises(ConfigError):
            emptied(folder)
    assert (tmp_path / "mine/hub.toml").exists()


def test_what_is_missed_and_what_is_invented_are_told_apart() -> None:
    planted = frozenset({("tax", "1", "M04", "yellow"), ("tax", "2", "M05", "red")})
    found = frozenset({("tax", "1", "M04", "yellow"), ("tax", "3", "M05", "red")})
    score = Score(planted, found)
    assert score.row(0, "tax") == {"planted": 2, "found": 1, "missed": 1, "false": 1}
    assert [row["monitor"] for row in score.monitors()] == ["M04", "M05"]


@pytest.mark.parametrize("source", PORTS)
def test_an_installation_points_at_the_ports_it_is_given(tmp_path: Path, source: str) -> None:
    text = install(tmp_path, {name: 1000 + i for i, name in enumerate(PORTS)}, DemoPlan()).read_text("utf-8")
    assert f"127.0.0.1:{PORTS[source]}" not in text
    assert (tmp_path / "plugins" / source / "plugin.toml").is_file()
    assert (tmp_path / "mappings/items.csv").is_file()
