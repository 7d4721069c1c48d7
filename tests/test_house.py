"""The house keeps its shape: floors, sizes, names, and nothing that does not belong in the repository."""

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "hub").rglob("*.py")) + sorted((ROOT / "plugins").rglob("plugin.py"))
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}


def _tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listing.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_imports_run_downward_only_and_rooms_on_a_floor_are_strangers() -> None:
    linter = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    done = subprocess.run(linter, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_small_and_named_by_what_it_holds(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES
    assert len(path.read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_function_is_over_fifty_lines(path: Path) -> None:
    functions = (
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long = [f"{f.name}: {f.end_lineno - f.lineno + 1}" for f in functions if f.end_lineno - f.lineno >= 50]
    assert not long


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_in_one_sentence_what_is_here_and_not_elsewhere(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    if path.name == "__init__.py" and not tree.body:
        return
    assert ast.get_docstring(tree)


def test_package_inits_are_empty_but_the_sdks() -> None:
    filled = [p for p in (ROOT / "hub").rglob("__init__.py") if p.read_text("utf-8").strip()]
    assert filled in ([], [ROOT / "hub/sdk/__init__.py"])


#: Doors, and what the SDK must tell a department's server about this very moment, or hear from it.
READS_THE_CLOCK = ("cli/", "daemon/", "demo/", "child.py", "sdk/auth.py", "sdk/reply.py")
CLOCKS = re.compile(
    r"\b(datetime|date)\.(now|today|utcnow)\b|\btime\.(time|time_ns|localtime|gmtime|ctime)\b"
    r"|from time import .*\b(time|time_ns|localtime|gmtime|ctime)\b|\bfunc\.now\b|CURRENT_TIMESTAMP"
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_doors_read_the_clock(path: Path) -> None:
    if not path.relative_to(ROOT).as_posix().startswith(tuple(f"hub/{place}" for place in READS_THE_CLOCK)):
        assert not CLOCKS.findall(path.read_text("utf-8"))


def test_every_exception_to_the_linter_says_why() -> None:
    silent = re.compile(r"# noqa(: [A-Z0-9, ]+)?\s*$|# noqa(?!:)|# type: ignore(?!\[)", re.MULTILINE)
    assert [str(path.relative_to(ROOT)) for path in MODULES if silent.search(path.read_text("utf-8"))] == []


def test_the_map_names_nothing_that_is_not_there_and_every_part_of_the_house() -> None:
    text = (ROOT / "docs/maintainers.md").read_text("utf-8")
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|toml))`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []
    parts = {
        path.relative_to(ROOT / "hub").parts[0] for path in _tracked() if path.is_relative_to(ROOT / "hub")
    }
    unnamed = {part for part in parts if f"`hub/{part}" not in text} - {"__init__.py"}
    assert unnamed == set()


def test_no_tracked_file_names_a_package_registry_or_a_machine_path() -> None:
    registries = "|".join(
        ["pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian"]
    )
    pattern = re.compile(rf"{registries}|(^|[^\w./-])/(work|root|home/\w+)/".encode(), re.MULTILINE)
    found = [str(p.relative_to(ROOT)) for p in _tracked() if pattern.search(p.read_bytes())]
    assert not found


def test_every_locked_dependency_is_pinned_and_hashed() -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text("utf-8").strip())
    assert len(entries) > 30
    assert [e.split()[0] for e in entries if "==" not in e or "--hash=sha256:" not in e] == []


def test_a_wheel_holds_every_file_of_the_hub(tmp_path: Path) -> None:
    """Also what is no module: the statements of the migrations, catalogues, templates."""
    done = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(done, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {path.relative_to(ROOT).as_posix() for path in _tracked() if path.is_relative_to(ROOT / "hub")}
    wanted |= {name.replace(".po", ".mo") for name in wanted if name.endswith(".po")}
    assert wanted - held == set()
