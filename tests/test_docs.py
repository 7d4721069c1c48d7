"""Documentation is run: its files are written, its commands executed, its output found line by line.

In a page of docs/, a fence "```toml hub.toml" is a file (appended when the info string ends in +), and
a fence "```console" holds commands after "$ " with the output they must contain; "…" stands for
anything, within a line or as a line. "# exit 1" after a command states its exit code.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.model.reference import field_reference

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(p for p in DOCS.glob("*.md") if "```console" in p.read_text("utf-8"))
_FENCE = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"\s+# exit (\d)$")


@dataclass(frozen=True)
class Step:
    """One command of a page, the exit code it states, and the output it promises."""

    command: str
    code: int
    output: list[str]


def _steps(text: str) -> list[Step]:
    steps: list[Step] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            stated = _EXIT.search(line)
            command = _EXIT.sub("", line[2:])
            steps.append(Step(command, int(stated[1]) if stated else 0, []))
        elif line.strip() not in ("", "…"):
            steps[-1].output.append(line)
    return steps


def _run(step: Step, folder: Path, language: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "HUB_LANG": language, "COLUMNS": "200"}
    done = subprocess.run(
        step.command, shell=True, cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    printed = done.stdout + done.stderr
    assert done.returncode == step.code, f"$ {step.command}\n{printed}"
    rest = re.sub(r"[ \t]+", " ", printed)
    for line in step.output:
        parts = re.sub(r"[ \t]+", " ", line).split("…")
        pattern = r"[^\n]*".join(re.escape(part.strip()) for part in parts)
        found = re.search(pattern, rest)
        assert found, f"$ {step.command}\nmust print: {line}\nprinted:\n{printed}"
        rest = rest[found.end() :]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_is_what_happens(page: Path, tmp_path: Path) -> None:
    language = "zh_CN" if ".zh-CN." in page.name else "en"
    for kind, name, body in _FENCE.findall(page.read_text("utf-8")):
        if kind == "console":
            for step in _steps(body):
                _run(step, tmp_path, language)
        elif name:
            path = tmp_path / name.rstrip("+").strip()
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a" if name.endswith("+") else "w", encoding="utf-8") as out:
                out.write(body)


@pytest.mark.parametrize(("name", "language"), [("fields.md", "en"), ("fields.zh-CN.md", "zh")])
def test_the_field_reference_is_made_from_the_record_kinds(name: str, language: str) -> None:
    made = field_reference(language)  # type: ignore[arg-type]
    assert (DOCS / name).read_text("utf-8") == made, f"run: make docs/{name}"


def test_every_link_between_the_pages_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "deploy").glob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert broken == []


def _shown(text: str) -> list[object]:
    """The files and the commands of a page, in order; of any other fence what it holds is of no matter."""
    fences = _FENCE.findall(text)
    return [
        name or ([step.command for step in _steps(body)] if kind == "console" else kind)
        for kind, name, body in fences
    ]


@pytest.mark.parametrize("chinese", sorted(DOCS.glob("*.zh-CN.md")), ids=lambda page: page.name)
def test_a_page_in_two_languages_names_its_twin_and_shows_the_same_files_and_commands(chinese: Path) -> None:
    english = DOCS / chinese.name.replace(".zh-CN", "")
    pages = [page.read_text("utf-8") for page in (english, chinese)]
    if english.stem != "fields":  # which is made, in both
        assert f"]({chinese.name})" in pages[0]
        assert f"]({english.name})" in pages[1]
    assert _shown(pages[0]) == _shown(pages[1])


def test_the_readmes_name_each_other_and_the_two_commands() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert "(README.zh-CN.md)" in english
    assert "(README.md)" in chinese
    for text in (english, chinese):
        assert "make demo" in text
        assert "make test" in text
