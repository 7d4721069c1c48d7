"""Every mapping in mappings/ is free of faults and does what its examples say."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.mapping.examples import examples_path, run_examples
from hub.mapping.mapping import check_mapping, load_mapping

FOLDER = Path(__file__).parent.parent / "mappings"
ZONE = ZoneInfo("Asia/Shanghai")
MAPPINGS = sorted(path for path in FOLDER.glob("*.toml") if path.stem != "rules" and "." not in path.stem)


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_a_mapping_is_free_of_faults(path: Path) -> None:
    assert check_mapping(path, codes_dir=FOLDER / "codes", zone=ZONE) == []


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_a_mapping_does_what_its_examples_say(path: Path) -> None:
    results = run_examples(path, zone=ZONE)
    assert results
    assert [(result.line, result.name, result.problems) for result in results if not result.ok] == []


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_every_stream_has_an_example(path: Path) -> None:
    text = examples_path(path).read_text(encoding="utf-8")
    for stream in load_mapping(path, codes_dir=FOLDER / "codes", zone=ZONE).streams:
        assert f'stream = "{stream}"' in text
