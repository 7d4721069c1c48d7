"""The rulebook: defaults, what a file may change, and every complaint at once."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.audit.defaults import DEFAULTS
from hub.audit.rulebook import default_rulebook, load_rulebook
from hub.audit.rules import Rule
from hub.errors import ConfigError
from hub.model.instants import parse_iso

ZONE = ZoneInfo("Asia/Shanghai")
SHIPPED = Path(__file__).parents[3] / "mappings" / "rules.toml"


def loaded(folder: Path, text: str):
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return load_rulebook(path, ZONE)


def test_the_shipped_rulebook_says_exactly_the_defaults() -> None:
    assert load_rulebook(SHIPPED, ZONE).version == default_rulebook().version


def test_what_a_file_does_not_say_has_its_default(tmp_path: Path) -> None:
    book = loaded(tmp_path, '[M05]\nclock = "elapsed"\neffective_from = 2024-05-01\n')
    assert book["M05"].clock == "elapsed"
    assert book["M05"].effective_from == parse_iso("2024-05-01", ZONE)
    assert book["M05"].confirm
    assert book["M04"] == DEFAULTS["M04"]


def test_a_rule_s_version_follows_its_content_only(tmp_path: Path) -> None:
    same = loaded(tmp_path, "# a remark\n[M03]\nthreshold = 3\n")
    other = loaded(tmp_path, "[M03]\nthreshold = 2\n")
    assert same.version == default_rulebook().version
    assert other.changed_since(same) == {"M03"}
    assert other["M04"].version == same["M04"].version


def test_every_fault_is_named_with_its_line(tmp_path: Path) -> None:
    text = (
        '[M05]\nenabled = "yes"\nseverity = "purple"\nclock = "sun"\nthreshhold = 1\n'
        'threshold = "x"\nlegal_basis = ""\neffective_from = "May"\n[M99]\nenabled = true\n'
    )
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert [c.line for c in caught.value.complaints] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert all(c.remedy for c in caught.value.complaints)


FIRE = {"X_FIRE1": Rule("X_FIRE1", "yellow", "消防法", code="abc")}


def test_a_plugin_s_monitor_has_a_table_exactly_when_it_is_declared(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[X_FIRE1]\nseverity = "red"\neffective_from = 2024-05-01\n', encoding="utf-8")
    rule = load_rulebook(path, ZONE, FIRE)["X_FIRE1"]
    assert (rule.severity, rule.confirm, rule.legal_basis) == ("red", True, "消防法")
    assert rule.version != FIRE["X_FIRE1"].version
    with pytest.raises(ConfigError) as caught:
        load_rulebook(path, ZONE)
    assert [(c.line, c.key) for c in caught.value.complaints] == [(1, "X_FIRE1")]
    assert "X_FIRE1" not in load_rulebook(path, ZONE, others=True).rules


def test_a_plugin_s_monitor_has_no_clock_and_no_threshold(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[X_FIRE1]\nclock = "elapsed"\nroll = true\nthreshold = 3\n', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_rulebook(path, ZONE, FIRE)
    assert [c.line for c in caught.value.complaints] == [2, 3, 4]


def test_other_code_is_another_rule() -> None:
    assert replace(FIRE["X_FIRE1"], code="abd").version != FIRE["X_FIRE1"].version
