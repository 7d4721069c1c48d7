"""The bench runs end to end, so that it cannot rot; what it measures at this size means nothing."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bench.installations import Installation

ROOT = Path(__file__).parents[3]
TINY = {"BENCH_RECORDS": "2000", "BENCH_RUNS": "1", "BENCH_TABLE_ROWS": "2000", "BENCH_CSV_MB": "1"}


def test_each_run_begins_with_an_empty_store(tmp_path):
    installation = Installation(tmp_path, "sqlite:///var/hub.db")
    (tmp_path / "var" / "hub.db.locks").mkdir(parents=True)
    (tmp_path / "var" / "hub.db").touch()
    installation.clear()
    assert not (tmp_path / "var").exists()


#: What is stored here need not outlive a power cut; a busy disk would only make the test slow.
MEMORY = Path("/dev/shm")


def run(module: str, usual: Path, **sizes: str) -> str:
    """What a module of the bench prints."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else usual) as folder:
        env = {**os.environ, **TINY, **sizes, "TMPDIR": folder}
        command = [sys.executable, "-m", module]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    return run("bench", tmp_path_factory.mktemp("bench"))


@pytest.mark.parametrize(
    "row",
    [
        "COPY into a logged table",
        "executemany upsert, SQLite",
        *(
            f"hub REST → {engine}, {way}"
            for engine in ("postgresql", "sqlite")
            for way in ("first load", "0 % changed", "bytes differ", "10 % changed")
        ),
        "hub table → postgresql",
        "hub CSV of 1 MB → postgresql",
        "--all, nothing new",
        "after 400 changes",
        "hub --help",
        "hub status, 4,000 cases",
    ],
)
def test_every_row_that_is_asked_for_is_printed(printed: str, row: str) -> None:
    assert f"| {row}" in printed


def test_the_machine_is_told_by_its_class_only(printed: str) -> None:
    assert "PostgreSQL" in printed.splitlines()[-1]
    assert str(Path.home()) not in printed
    assert os.uname().nodename not in printed


def test_the_profile_tells_every_stage_of_each_way(tmp_path: Path) -> None:
    head, _, *rows = run("bench.profile", tmp_path, BENCH_ENGINES="sqlite").splitlines()
    stages = [
        "fetch",
        "frame",
        "split",
        "hash",
        "lookup",
        "decode",
        "map",
        "validate",
        "encode",
        "write",
        "commit",
    ]
    assert set(stages) <= set(head.strip("|").replace(" ", "").split("|"))
    for way in ("first load", "0 % changed", "bytes differ", "10 % changed"):
        assert any(row.startswith(f"| sqlite, {way}: CPU |") for row in rows)
