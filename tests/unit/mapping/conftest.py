"""Builders: a mapping from its text, raw records from dicts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.mapping.mapping import Mapping, load_mapping

ZONE = ZoneInfo("Asia/Shanghai")
Load = Callable[..., Mapping]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads a mapping written as text; code lists by name as further texts."""

    def build(text: str, *, zone: ZoneInfo = ZONE, **lists: str) -> Mapping:
        (tmp_path / "m.toml").write_text(text, encoding="utf-8")
        (tmp_path / "codes").mkdir(exist_ok=True)
        for name, content in lists.items():
            (tmp_path / "codes" / f"{name}.toml").write_text(content, encoding="utf-8")
        return load_mapping(tmp_path / "m.toml", codes_dir=tmp_path / "codes", zone=zone)

    return build


@pytest.fixture
def raws() -> Callable[..., list[bytes]]:
    """Raw records as the wire carries them."""

    def build(*records: dict[str, Any]) -> list[bytes]:
        return [json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass") for record in records]

    return build
