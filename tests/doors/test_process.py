"""The hub command as a process: start-up, streams, encodings, signals."""

import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest

HUB = [sys.executable, "-m", "hub"]
CLEAN = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}


def hub(*arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*HUB, *arguments], cwd=cwd, env={**CLEAN, **env}, capture_output=True, timeout=60)


def test_chinese_is_spoken_where_nothing_says_otherwise() -> None:
    said = hub("--help")
    assert said.returncode == 0
    assert "用法" in said.stdout.decode()


@pytest.mark.parametrize(
    "env", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"PYTHONIOENCODING": "gbk"}, {"PYTHONIOENCODING": "ascii"}]
)
def test_no_terminal_encoding_ends_the_run(env: dict[str, str]) -> None:
    assert hub("--help", **env).returncode == 0
    assert hub("no-such-verb", **env).returncode == 2


def test_a_closed_stdout_ends_no_run() -> None:
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *HUB, "no-such-verb", "--json"], env=CLEAN, capture_output=True
    )
    assert closed.returncode == 2, closed.stderr


def test_the_locale_chooses_the_language_and_the_option_overrules_it() -> None:
    assert "Usage" in hub("--help", LANG="en_US.UTF-8").stdout.decode()
    assert "用法" in hub("--help", "--lang", "zh_CN", LANG="en_US.UTF-8").stdout.decode()


def test_help_imports_neither_database_nor_numbers_nor_network() -> None:
    code = (
        "import sys; from hub.cli.entry import run; from hub.cli.invocation import Invocation;"
        "run(['sync', '--help'], Invocation());"
        "print(sorted({'sqlalchemy', 'numpy', 'httpx', 'apscheduler', 'pluggy', 'rich'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], env=CLEAN, capture_output=True, timeout=60)
    assert said.stdout.decode().splitlines()[-1] == "[]"


def test_help_starts_within_thrice_its_libraries() -> None:
    hub("--help")  # compiled catalogues and bytecode are there from here on
    ours = min(_seconds([*HUB, "--help"]) for _ in range(5))
    theirs = min(_seconds([sys.executable, "-c", "import click, rich"]) for _ in range(5))
    assert ours < 3 * theirs


def test_version_is_printed() -> None:
    assert hub("--version", "--lang", "en").stdout.decode().startswith("hub, version ")


def test_a_new_installation_is_complete_and_never_overwrites(tmp_path: Path) -> None:
    said = hub("init", "city", "--json", cwd=tmp_path)
    files = json.loads(said.stdout)["files"]
    assert said.returncode == 0
    assert "city/hub.toml" in files
    assert "city/mappings/items.csv" in files
    assert (tmp_path / "city" / "plugins").is_dir()
    again = hub("init", "city", cwd=tmp_path)
    assert again.returncode == 2


def test_nothing_is_written_where_configuration_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text('[store]\nurl = "oracle://x"\n[source.a]\nevery = "x"\n', "utf-8")
    said = hub("sync", "--json", cwd=tmp_path)
    assert said.returncode == 2
    assert [c["line"] for c in json.loads(said.stdout)["error"]["complaints"]] == [2, 3, 4]
    assert [p.name for p in tmp_path.iterdir()] == ["hub.toml"]


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*HUB, "completion", "bash"], env=CLEAN, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    process.stdout.close()
    _, err = process.communicate(timeout=30)
    assert b"Traceback" not in err


def _seconds(command: list[str]) -> float:
    before = perf_counter()
    subprocess.run(command, env=CLEAN, capture_output=True, check=True, timeout=60)
    return perf_counter() - before
