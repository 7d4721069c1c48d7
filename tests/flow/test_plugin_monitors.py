"""A plugin's own monitor: its verdicts are cards like all others, its failures never "no breach"."""

from pathlib import Path
from typing import Any

import pytest

from hub.app import open_app
from hub.errors import ConfigError
from hub.settings import load_settings

MANIFEST = """[plugin]
name = "fire"
title = "消防支队"
contract = 1
[monitors.X_FIRE1]
title = "closed without a result"
severity = "yellow"
legal_basis = "《中华人民共和国消防法》第十五条"
"""
CODE = """
import os, time
from hub.sdk import CaseBlock, Verdict, hookimpl, instants

class FireSafety:
    id = "X_FIRE1"

    def judge(self, block: CaseBlock, as_of: int) -> list[Verdict]:
        closed = block.instants["closed_at"]
        return [
            Verdict(case, "办结时没有结果 <b>&", stopped_at=int(closed[case]))
            for case in range(len(block))
            if closed[case] != instants.NO_INSTANT and block.words["result"].word(case) is None
        ]

@hookimpl
def hub_monitors():
    return [FireSafety]
"""
CASE = {"no": "K1", "item": "A1", "received": "2012-10-24 09:00:00", "accepted": "2012-10-24 10:00:00"}
CLOSED = {**CASE, "no": "K2", "closed": "2012-10-25 09:00:00"}


@pytest.fixture
def plugin(installation: Any) -> Path:
    """The plugin's folder in an installation with an open case K1 and a closed one K2."""
    folder = installation.folder / "plugins" / "fire"
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(MANIFEST, "utf-8")
    (folder / "plugin.py").write_text(CODE, "utf-8")
    installation.drop("cases1.csv", [{**CASE, "closed": ""}, CLOSED])
    installation.sync()
    return folder


def audited(installation: Any, **options: Any) -> dict[str, Any]:
    installation.time += 2_000_000
    with installation.app() as app:
        return app.audit(now=installation.now, **options)


def cards(installation: Any) -> list[dict[str, Any]]:
    with installation.app() as app:
        return app.findings(monitor="X_FIRE1")["findings"]


def told(installation: Any, case_no: str) -> list[dict[str, Any]]:
    with installation.app() as app:
        lines = app.explain("permits", case_no, now=installation.now())["limits"]
    return [line for line in lines if line["monitor"] == "X_FIRE1"]


@pytest.mark.usefixtures("plugin")
def test_its_verdict_is_a_card_with_law_rule_and_the_plugin_s_own_words(installation: Any) -> None:
    assert audited(installation)["by_monitor"]["X_FIRE1"] == 1
    (card,) = cards(installation)
    assert (card["case_no"], card["severity"], card["status"]) == ("K2", "yellow", "issued")
    assert card["reason"] == "办结时没有结果 <b>&"
    assert card["legal_basis"] == "《中华人民共和国消防法》第十五条"
    assert card["rule_version"].startswith("X_FIRE1-")
    (line,) = told(installation, "K2")
    assert (line["verdict"], line["reason"]) == ("yellow", "办结时没有结果 <b>&")
    assert line["stopped_at"] == "2012-10-25T09:00:00+08:00"
    assert told(installation, "K1") == []
    again = audited(installation, all_=True)
    assert (again["issued"], again["unsupported"], again["undecided"]) == (0, 0, 0)


def test_the_rulebook_has_the_last_word_and_a_change_judges_again(installation: Any, plugin: Path) -> None:
    rules = installation.folder / "mappings" / "rules.toml"
    text = rules.read_text("utf-8")
    audited(installation)
    rules.write_text(text + '[X_FIRE1]\nseverity = "warning"\n', "utf-8")
    assert audited(installation)["changes"]["monitors"]["cases"] == 2
    assert {card["severity"]: card["supported"] for card in cards(installation)} == {
        "yellow": False,
        "warning": True,
    }
    rules.write_text(text + "[X_FIRE1]\nenabled = false\n", "utf-8")
    assert "X_FIRE1" not in audited(installation, all_=True)["by_monitor"]
    rules.write_text(text + "[X_FIRE2]\nenabled = false\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        audited(installation)
    assert [c.key for c in caught.value.complaints] == ["X_FIRE2"]
    rules.write_text(text + "[X_FIRE1]\nthreshold = 3\n", "utf-8")
    with pytest.raises(ConfigError):
        audited(installation)
    rules.write_text(text, "utf-8")
    (plugin / "plugin.py").write_text(CODE + "# a line more\n", "utf-8")
    assert audited(installation)["changes"]["monitors"]["cases"] == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise RuntimeError('boom')", "RuntimeError: boom"),
        ("os._exit(0)", "ended early with exit code 0"),
        ("return [Verdict(99, 'x')]", "none of the 2"),
        ("return 'late'", "verdict 0 is 'l'"),
    ],
)
def test_a_monitor_that_fails_is_an_alarm_and_its_cases_are_undecided(
    installation: Any, plugin: Path, body: str, words: str
) -> None:
    audited(installation)
    head, judging = CODE.split("        closed =")
    (plugin / "plugin.py").write_text(f"{head}        {body}\n        closed ={judging}", "utf-8")
    document = audited(installation, all_=True)
    (alarm,) = document["alarms"]
    assert (alarm["kind"], alarm["key"]) == ("evaluation", "X_FIRE1")
    assert words in alarm["message"]
    assert document["undecided_why"] == {"evaluation_failed": 2}
    assert [card["supported"] for card in cards(installation)] == [True]
    (line,) = told(installation, "K2")
    assert (line["verdict"], line["reason"]) == ("undecided", "evaluation_failed")
    (plugin / "plugin.py").write_text(CODE, "utf-8")
    mended = audited(installation)
    assert (mended["undecided"], mended["judged"]) == (0, 2)


def test_a_manifest_with_a_fault_leaves_its_monitor_undecided(installation: Any, plugin: Path) -> None:
    (plugin / "plugin.toml").write_text(MANIFEST.replace("contract = 1", "contract = 2"), "utf-8")
    document = audited(installation)
    assert [alarm["key"] for alarm in document["alarms"]] == ["X_FIRE1"]
    assert document["undecided"] == 2


def test_a_blocked_plugin_judges_nothing_and_a_source_needs_more_than_monitors(
    installation: Any, plugin: Path
) -> None:
    config = installation.folder / "hub.toml"
    text = config.read_text("utf-8")
    config.write_text(text + '[plugins]\nblock = ["fire"]\n', "utf-8")
    assert "X_FIRE1" not in audited(installation)["by_monitor"]
    config.write_text(text, "utf-8")
    assert audited(installation)["by_monitor"] == {"X_FIRE1": 1}
    config.write_text(text.replace('plugin = "files"', 'plugin = "fire"'), "utf-8")
    with installation.app() as app, pytest.raises(ConfigError) as caught:
        app.sync([], now=installation.now)
    assert "no source" in str(caught.value.complaints[0])


@pytest.mark.usefixtures("plugin")
def test_safe_mode_judges_without_plugins_and_leaves_their_cards_alone(installation: Any) -> None:
    audited(installation)
    rules = installation.folder / "mappings" / "rules.toml"
    rules.write_text(rules.read_text("utf-8") + '[X_FIRE1]\nseverity = "yellow"\n', "utf-8")
    settings = load_settings(installation.folder / "hub.toml")
    installation.time += 2_000_000
    with open_app(settings, safe_mode=True) as app:
        document = app.audit(now=installation.now, all_=True)
    assert (document["by_monitor"], document["alarms"]) == ({}, [])
    assert [card["supported"] for card in cards(installation)] == [True]
    assert audited(installation)["changes"]["monitors"]["cases"] == 2


def test_the_exam_of_a_plugin_tries_its_monitors_on_a_block_of_no_cases(
    installation: Any, plugin: Path
) -> None:
    def tried() -> list[tuple[str, bool, str]]:
        with installation.app() as app:
            document = app.plugin_test("fire", now=installation.now())
        return [(case["name"], case["ok"], case["message"]) for case in document["cases"]]

    assert tried() == [("X_FIRE1", True, "")]
    (plugin / "plugin.py").write_text(CODE.replace("closed_at", "shut_at"), "utf-8")
    assert tried() == [("X_FIRE1", False, "KeyError: 'shut_at'")]
