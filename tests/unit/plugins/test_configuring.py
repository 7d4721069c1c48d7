"""What hub.toml gives a plugin is checked against its manifest before anything runs."""

from pathlib import Path

import pytest

from hub.plugins.configuring import hosts_of, resolve_config, stream_specs
from hub.plugins.manifests import discover


@pytest.fixture(scope="module")
def rest():
    return discover(None, entry_points=False)["rest"]


def faults(complaints):
    return {c.key: c.found for c in complaints}


def test_references_are_followed_and_defaults_filled_in(rest, tmp_path: Path):
    (tmp_path / "key").write_text("from a file\n", "utf-8")
    given = {"base_url": {"env": "URL"}, "api_key": {"file": "key"}, "retries": {"env": "N"}}
    config, complaints = resolve_config(
        rest, given, {"URL": "https://x.example ", "N": "7"}, base_dir=tmp_path
    )
    assert complaints == []
    assert (config["base_url"], config["api_key"], config["retries"]) == (
        "https://x.example",
        "from a file",
        7,
    )
    assert config["timeout_s"] == 30


def test_every_fault_is_told_at_once_and_no_secret_shown(rest):
    given = {
        "client_secret": "hunter2!",
        "password": {"env": "NOT_SET"},
        "token": {"file": "not/there"},
        "retries": "many",
        "headers": {"X": {"env": "NOT_SET"}},
        "bas_url": "https://x.example",
        "token_url": "https://me:hunter2!@x.example",
    }
    _, complaints = resolve_config(rest, given, {}, at=("source", "tax", "config"))
    assert set(faults(complaints)) == {
        f"source.tax.config.{key}"
        for key in (
            "client_secret",
            "password",
            "token",
            "retries",
            "headers.X",
            "bas_url",
            "token_url",
            "base_url",
        )
    }
    assert "hunter2!" not in str([str(c) for c in complaints])


def test_the_line_of_a_fault_is_asked_of_the_file(rest):
    _, complaints = resolve_config(
        rest, {"base_url": 3}, {}, line=lambda *keys: 42 if keys[-1] == "base_url" else None
    )
    assert [c.line for c in complaints] == [42]


def test_streams_come_from_the_manifest_and_the_configuration_which_wins(tmp_path):
    folder = tmp_path / "tax"
    folder.mkdir()
    (folder / "plugin.toml").write_text(
        '[plugin]\nname = "tax"\ncontract = 1\nkind = "rest"\n'
        '[streams.cases]\ncursor = "t"\npath = "/a"\npage_size = 5\n[streams.steps]\n'
    )
    plugin = discover(tmp_path)["tax"]
    config = {"page_size": 9, "streams": {"cases": {"path": "/b", "ordered": True}, "more": {}}}
    specs, complaints = stream_specs(plugin, config)
    assert complaints == []
    assert list(specs) == ["cases", "steps", "more"]
    assert (specs["cases"].cursor, specs["cases"].ordered) == ("t", True)
    assert (specs["cases"].settings["path"], specs["cases"].settings["page_size"]) == ("/b", 5)
    assert specs["steps"].settings["page_size"] == 9


def test_faults_in_streams_are_told(rest):
    config = {"streams": {"a": 3, "b": {"delivery": "never", "pth": "/x", "page_size": "big"}}}
    _, complaints = stream_specs(rest, config, at=("config",))
    assert set(faults(complaints)) == {
        "config.streams.a",
        "config.streams.b.delivery",
        "config.streams.b.pth",
        "config.streams.b.page_size",
    }
    assert [c.found for c in stream_specs(rest, {})[1]] == ["no stream"]
    assert [c.found for c in stream_specs(rest, {"streams": 3})[1]] == ["no stream"]


def test_a_source_may_speak_to_the_hosts_of_its_own_addresses(rest):
    config = {"base_url": "https://tax.example:8443/api", "token_url": "/token", "hosts": ["*.more.example"]}
    assert hosts_of(rest, config) == ("*.more.example", "tax.example")
