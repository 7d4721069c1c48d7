"""hub.toml becomes frozen values, or every complaint at once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.errors import Complaint, ConfigError
from hub.settings import Settings, load_settings

FULL = """
[hub]
city = "洛阳市"
region = "410300"
timezone = "Asia/Shanghai"
[store]
url = "sqlite:///var/hub.db"
[calendar]
base = "cn"
overlays = []
office_hours = ["08:30-12:00", "14:00-17:30"]
clock = "whole_day"
[plugins]
folder = "plugins"
block = ["old"]
[source.tax]
plugin = "tax"
mapping = "tax"
every = "10m"
overlap = "2h"
settle = "1m"
deadline = "5m"
expect_every = "1d"
[source.tax.config]
base_url = "https://example.invalid"
client_secret = { env = "TAX_SECRET" }
[source.permits]
plugin = "files"
cron = "0 7 * * 1-5"
"""

Load = Callable[[str], Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(text: str, **env: str) -> Settings:
        (tmp_path / "hub.toml").write_text(text, "utf-8")
        return load_settings(tmp_path / "hub.toml", env)

    return load


def complaints(load: Load, text: str) -> list[Complaint]:
    with pytest.raises(ConfigError) as caught:
        load(text)
    return list(caught.value.complaints)


def test_every_key_of_the_contract_is_read(load: Load, tmp_path: Path) -> None:
    settings = load(FULL)
    tax, permits = settings.sources["tax"], settings.sources["permits"]
    assert (settings.city, settings.region, settings.zone.key) == ("洛阳市", "410300", "Asia/Shanghai")
    assert settings.calendar.office_hours == ("08:30-12:00", "14:00-17:30")
    assert (tax.every_s, tax.overlap_s, tax.settle_s, tax.deadline_s, tax.expect_every_s) == (
        600,
        7200,
        60,
        300,
        86_400,
    )
    assert tax.config["client_secret"] == {"env": "TAX_SECRET"}
    assert (permits.cron, permits.every_s, permits.mapping) == ("0 7 * * 1-5", None, "permits")
    assert settings.plugin_folder == tmp_path / "plugins"
    assert settings.plugin_block == ("old",)


def test_an_empty_file_is_a_working_installation(load: Load, tmp_path: Path) -> None:
    settings = load("")
    assert settings.store_url == f"sqlite:///{tmp_path}/var/hub.db"
    assert settings.zone.key == "Asia/Shanghai"
    assert settings.sources == {}


def test_a_relative_sqlite_path_is_beside_hub_toml_and_an_absolute_one_stays(
    load: Load, tmp_path: Path
) -> None:
    assert load('[store]\nurl = "sqlite:///a/b.db"').store_url == f"sqlite:///{tmp_path}/a/b.db"
    assert load('[store]\nurl = "sqlite:////srv/b.db"').store_url == "sqlite:////srv/b.db"


def test_the_postgresql_driver_is_always_named(load: Load) -> None:
    assert load('[store]\nurl = "postgresql://u@h/d"').store_url == "postgresql+psycopg://u@h/d"


def test_the_store_url_may_come_from_the_environment_or_a_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("sqlite:////srv/f.db\n")
    assert load('[store]\nurl = { env = "U" }', U="sqlite:////srv/e.db").store_url == "sqlite:////srv/e.db"  # type: ignore[call-arg]
    assert load('[store]\nurl = { file = "url" }').store_url == "sqlite:////srv/f.db"


def test_a_missing_environment_variable_is_one_complaint(load: Load) -> None:
    (complaint,) = complaints(load, '[store]\nurl = { env = "NOWHERE" }')
    assert (complaint.key, complaint.line) == ("store.url", 2)
    assert "NOWHERE" in complaint.found


def test_every_fault_is_named_at_once_with_its_line_and_remedy(load: Load) -> None:
    faults = """[hub]
cty = "x"
region = 41
timezone = "Asia/Luoyang"
[store]
url = "mysql://u:hunter2@h/d"
[calendar]
base = "us"
overlays = ["missing.csv"]
office_hours = ["14:00-17:30", "08:30-12:00"]
clock = 3
[plugins]
block = "tax"
[source.tax]
every = "ten minutes"
cron = "61 * * * *"
mapping = "../tax"
deadline = "0s"
overlap = 5
[source.land]
plugin = ""
config = 3
[extra]
"""
    found = complaints(load, faults)
    assert {(c.line, c.key) for c in found} == {
        (2, "hub.cty"), (3, "hub.region"), (4, "hub.timezone"), (6, "store.url"), (8, "calendar.base"),
        (9, "calendar.overlays[0]"), (10, "calendar.office_hours[1]"), (11, "calendar.clock"),
        (13, "plugins.block"), (14, "source.tax.plugin"), (15, "source.tax.every"), (16, "source.tax.cron"),
        (17, "source.tax.mapping"), (18, "source.tax.deadline"), (19, "source.tax.overlap"),
        (21, "source.land.plugin"), (22, "source.land.config"), (23, "extra"),
    }  # fmt: skip
    assert all(c.found and c.remedy for c in found)
    assert "hunter2" not in "".join(map(str, found))


def test_an_unknown_key_says_what_was_probably_meant(load: Load) -> None:
    (complaint,) = complaints(load, '[source.tax]\nplugin = "tax"\nevry = "10m"')
    assert "'every'" in complaint.remedy


@pytest.mark.parametrize(
    "text", ["hub = 3", "source = 3", "source = [1]", "[source]\ntax = 1", "calendar = []", "store = true"]
)
def test_a_table_that_is_no_table_is_a_complaint_not_a_crash(load: Load, text: str) -> None:
    assert complaints(load, text)


def test_office_hours_that_are_empty_are_refused_because_no_hour_would_pass(load: Load) -> None:
    (complaint,) = complaints(load, "[calendar]\noffice_hours = []")
    assert complaint.key == "calendar.office_hours"


def test_office_hours_may_last_the_whole_day(load: Load) -> None:
    assert load('[calendar]\noffice_hours = ["00:00-24:00"]').calendar.office_hours == ("00:00-24:00",)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path / "hub.toml", {})
    assert "hub init" in caught.value.remedy


def test_the_password_of_the_store_is_not_in_the_printed_form(load: Load) -> None:
    assert "hunter2" not in repr(load('[store]\nurl = "postgresql://u:hunter2@h/d"'))
