"""A department on the standard writes no code: a manifest is the whole plugin."""

from pathlib import Path
from zoneinfo import ZoneInfo

from hub.mapping.mapping import load_mapping
from hub.plugins.manifests import discover

HERE = Path(__file__).parent
MAPPINGS = HERE.parents[1] / "mappings"


def test_it_has_no_code() -> None:
    assert not (HERE / "plugin.py").exists()
    assert discover(HERE.parent)["land"].state == "loaded"


def test_its_streams_are_those_of_the_ready_mapping() -> None:
    mapping = load_mapping(
        MAPPINGS / "ex_gdbs.toml", codes_dir=MAPPINGS / "codes", zone=ZoneInfo("Asia/Shanghai")
    )
    assert set(discover(HERE.parent)["land"].streams) == set(mapping.streams)
    assert all(stream.delivery == "flagged" for stream in discover(HERE.parent)["land"].streams.values())
