"""Manifests are read without importing anything, and every fault of one is told at once."""

import sys
from pathlib import Path

import pytest

from hub.plugins.manifests import discover


def write(folder: Path, name: str, text: str, code: str | None = None) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "plugin.toml").write_text(text, "utf-8")
    if code is not None:
        (folder / name / "plugin.py").write_text(code, "utf-8")


GOOD = (
    '[plugin]\nname = "tax"\ntitle = "地税局"\nowner = "IT"\ncontract = 1\nkind = "rest"\n[streams.cases]\n'
)


def test_the_four_kinds_are_plugins_themselves():
    found = discover(None)
    assert {name: plugin.state for name, plugin in found.items()} == dict.fromkeys(
        ("rest", "soap", "table", "files"), "loaded"
    )
    assert all(plugin.code is None for plugin in found.values())


def test_a_plugin_is_read_without_running_its_code(tmp_path):
    write(tmp_path, "tax", GOOD, "raise SystemExit('I ran')")
    plugin = discover(tmp_path)["tax"]
    assert plugin.state == "loaded"
    assert plugin.title == "地税局"
    assert plugin.code == tmp_path / "tax/plugin.py"
    assert not [name for name in sys.modules if name.startswith("hub_plugin")]


def test_a_plugin_understands_the_keys_of_its_kind_and_its_own(tmp_path):
    more = '[config.district]\nrequired = true\n[config.base_url]\ndefault = "https://tax.example"\n[stream.lang]\n'
    write(tmp_path, "tax", GOOD + 'lang = "zh"\npath = "/x"\n' + more)
    plugin = discover(tmp_path)["tax"]
    assert plugin.state == "loaded", plugin.why
    assert plugin.config_schema["district"].required
    assert not plugin.config_schema["base_url"].required
    assert plugin.config_schema["client_secret"].secret
    assert plugin.streams["cases"].settings == {"lang": "zh", "path": "/x"}


def test_every_fault_is_told_with_its_line(tmp_path):
    text = """[plugin]
name = "other"
contract = 2
kind = "carrier pigeon"
colour = "red"
[config.token]
secret = "yes"
default = "x"
type = "colour"
[streams.cases]
delivery = "sometimes"
cursor = 7
ordered = "maybe"
"""
    write(tmp_path, "tax", text)
    plugin = discover(tmp_path)["tax"]
    assert plugin.state == "failed"
    assert sorted((c.line, c.key) for c in plugin.complaints) == [
        (2, "plugin.name"),
        (3, "plugin.contract"),
        (4, "plugin.kind"),
        (5, "plugin.colour"),
        (7, "config.token.secret"),
        (9, "config.token.type"),
        (11, "streams.cases.delivery"),
        (12, "streams.cases.cursor"),
        (13, "streams.cases.ordered"),
    ]
    assert all(c.remedy for c in plugin.complaints)


@pytest.mark.parametrize(
    "text", ["", "[plugin", "\xff", "plugin = 3", '[plugin]\nname = "tax"\n', "streams = 1"]
)
def test_a_manifest_that_is_none_fails_alone(tmp_path, text):
    write(tmp_path, "tax", text)
    write(tmp_path, "land", GOOD.replace("tax", "land"))
    found = discover(tmp_path)
    assert found["tax"].state == "failed"
    assert found["tax"].complaints
    assert found["land"].state == "loaded"


def test_a_blocked_plugin_says_so(tmp_path):
    write(tmp_path, "tax", GOOD)
    plugin = discover(tmp_path, ["tax", "rest"])["tax"]
    assert (plugin.state, plugin.why) == ("blocked", "blocked in hub.toml")


def test_code_of_no_kind_needs_a_file(tmp_path):
    write(tmp_path, "tax", GOOD.replace('"rest"', '"code"'))
    assert "plugin.py" in discover(tmp_path)["tax"].why


def test_installed_plugins_are_found_without_importing_them(tmp_path, monkeypatch):
    """One whose package is broken does not hide the others."""
    package = tmp_path / "site/acme_hub"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    write(package, "tax", GOOD)
    info = tmp_path / "site/acme-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[hub.plugins]\ngone = nowhere_at_all\ntax = acme_hub.tax\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    found = discover(None)
    assert found["tax"].state == "loaded", found["tax"].why
    assert found["gone"].state == "failed"
    assert "acme_hub" not in sys.modules
    assert "tax" not in discover(None, entry_points=False)


FIRE = """[plugin]
name = "fire"
contract = 1
[monitors.X_FIRE1]
title = "消防验收"
severity = "yellow"
legal_basis = "消防法"
effective_from = 2024-05-01
"""


def test_a_plugin_may_have_monitors_and_no_source(tmp_path):
    write(tmp_path, "fire", FIRE, "raise SystemExit('I ran')")
    plugin = discover(tmp_path)["fire"]
    assert (plugin.state, plugin.kind) == ("loaded", "monitors"), plugin.why
    monitor = plugin.monitors["X_FIRE1"]
    assert (monitor.title, monitor.severity, monitor.legal_basis) == ("消防验收", "yellow", "消防法")
    assert str(monitor.effective_from) == "2024-05-01"
    write(tmp_path, "tax", GOOD + "[monitors.TAX_1]\nlegal_basis = 'x'\n", "")
    both = discover(tmp_path)["tax"]
    assert (both.kind, list(both.monitors), list(both.streams)) == ("rest", ["TAX_1"], ["cases"])


def test_every_fault_of_a_monitor_is_told_with_its_line(tmp_path):
    text = """[plugin]
name = "fire"
contract = 1
[monitors.M05]
legal_basis = "x"
[monitors.x_fire]
legal_basis = ""
[monitors.X_FIRE1]
severity = "purple"
effective_from = "May"
threshold = 3
[monitors]
X_FIRE2 = 7
[streams.cases]
"""
    write(tmp_path, "fire", text)
    plugin = discover(tmp_path)["fire"]
    assert plugin.state == "failed"
    assert sorted((c.line, c.key) for c in plugin.complaints) == [
        (4, "monitors"),
        (4, "monitors.M05"),
        (6, "monitors.x_fire"),
        (7, "monitors.x_fire.legal_basis"),
        (8, "monitors.X_FIRE1.legal_basis"),
        (9, "monitors.X_FIRE1.severity"),
        (10, "monitors.X_FIRE1.effective_from"),
        (11, "monitors.X_FIRE1.threshold"),
        (13, "monitors.X_FIRE2"),
        (13, "monitors.X_FIRE2.legal_basis"),
        (14, "streams"),
    ]
    assert "X_FIRE1" in plugin.monitors


def test_no_two_plugins_declare_one_monitor(tmp_path):
    write(tmp_path, "fire", FIRE, "")
    write(tmp_path, "land", FIRE.replace('"fire"', '"land"'), "")
    found = discover(tmp_path)
    assert (found["fire"].state, found["land"].state) == ("loaded", "failed")
    assert [(c.line, c.key) for c in found["land"].complaints] == [(4, "monitors.X_FIRE1")]
    assert "fire" in found["land"].why
    assert not found["land"].monitors


def test_a_kind_of_monitors_without_any_is_a_fault(tmp_path):
    write(tmp_path, "tax", GOOD.replace('"rest"', '"monitors"').replace("[streams.cases]\n", ""), "")
    assert "no monitor is declared" in discover(tmp_path)["tax"].why
