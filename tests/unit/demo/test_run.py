"""The demo as a whole: everything planted is found, and nothing is invented."""

from pathlib import Path

import pytest

from hub.demo.plan import DemoPlan
from hub.demo.run import run_demo
from hub.demo.score import Score, patterns
from hub.demo.serving import PORTS, emptied, install, mark, repository
from hub.demo.truth import Truth
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
    patterns = {row["pattern"]: row for row in result["patterns"]}
    gaming = [patterns[name] for name in ("paused_only_when_late", "re_reported")]
    assert all(row["found"] == row["planted"] > 0 for row in gaming)
    innocent = [row for row in patterns.values() if row["innocent"]]
    assert len(innocent) > 10
    assert all((row["planted"], row["false"]) == (0, 0) for row in innocent)


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


def test_each_pattern_tells_what_was_found_in_its_own_cases_and_whether_they_are_innocent() -> None:
    mark, invented = ("tax", "1", "M15", "warning"), ("tax", "2", "M15", "warning")
    plots = {"paused_only_when_late": ["1"], "paused_twice_for_two_reasons": ["2"]}
    guilty, innocent = patterns(
        {"tax": Truth(plots=plots)}, Score(frozenset({mark}), frozenset({mark, invented}))
    )
    assert (guilty["innocent"], guilty["cases"], guilty["found"], guilty["false"]) == (False, 1, 1, 0)
    assert (innocent["innocent"], innocent["cases"], innocent["found"], innocent["false"]) == (True, 1, 0, 1)


@pytest.mark.parametrize("source", PORTS)
def test_an_installation_points_at_the_ports_it_is_given(tmp_path: Path, source: str) -> None:
    text = install(tmp_path, {name: 1000 + i for i, name in enumerate(PORTS)}, DemoPlan()).read_text("utf-8")
    assert f"127.0.0.1:{PORTS[source]}" not in text
    assert (tmp_path / "plugins" / source / "plugin.toml").is_file()
    assert (tmp_path / "mappings/items.csv").is_file()
