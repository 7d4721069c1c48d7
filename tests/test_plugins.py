"""Every plugin of the repository passes the exam that ships with the SDK (``hub plugin test``)."""

from pathlib import Path

import pytest

from hub.app import open_app
from hub.model.instants import parse_iso
from hub.settings import load_settings

ROOT = Path(__file__).parents[1]
PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/*/plugin.toml"))


@pytest.mark.parametrize("name", PLUGINS)
def test_what_went_into_a_plugin_comes_out_as_the_records_expected(name: str) -> None:
    settings = load_settings(ROOT / "hub.toml")
    with open_app(settings) as app:
        examined = app.plugin_test(name, now=parse_iso("2012-10-26T18:00:00", settings.zone))
    assert examined["problems"] == []
    assert examined["cases"] != []
    assert [case for case in examined["cases"] if not case["ok"]] == []


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugins_folder_is_complete(name: str) -> None:
    folder = ROOT / "plugins" / name
    assert (folder / "README.md").is_file()
    assert list(folder.glob("test_*.py"))
