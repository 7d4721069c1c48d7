"""Whatever is wrongly configured, nothing is written: not even an empty store."""

from pathlib import Path
from typing import Any

import pytest

from hub.errors import ConfigError


@pytest.mark.parametrize("store_url", ["sqlite:///{folder}/var/hub.db"])
@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("permits.toml", '[streams.cases]\nrecord = "cas"\n'),
        ("items.csv", "item_code,effective_from\nA1,2010-13-01\n"),
        ("rules.toml", '[M05]\nseverity = "purple"\n'),
    ],
)
def test_an_audit_by_faulty_files_leaves_no_store(installation: Any, file: str, content: str) -> None:
    folder: Path = installation.folder
    text = (folder / "hub.toml").read_text("utf-8")
    (folder / "hub.toml").write_text(text.replace(installation.url, "sqlite:///var/hub.db"), "utf-8")
    (folder / "mappings" / file).write_text(content, "utf-8")
    before = set(folder.rglob("*"))
    with installation.app() as app, pytest.raises(ConfigError):
        app.audit(now=installation.now)
    assert set(folder.rglob("*")) == before


@pytest.mark.parametrize("store_url", ["sqlite:///{folder}/var/hub.db"])
def test_every_instant_of_an_alarm_is_iso_8601(installation: Any) -> None:
    with installation.app() as app:
        app.raise_alarm("auth", "permits", "refused", installation.now())
        (alarm,) = app.status(installation.now())["alarms"]
    assert alarm["last_seen_at"] == alarm["raised_at"] == "2012-10-26T18:00:00+08:00"
    assert alarm["cleared_at"] is None
