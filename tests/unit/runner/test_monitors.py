"""A plugin's monitors answer block by block; whatever one does, the Hub is told in time."""

import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from hub.errors import PluginFault
from hub.model.blocks import CaseBlock, Coded
from hub.plugins.manifests import discover
from hub.runner.judging import Judges

MANIFEST = """[plugin]
name = "fire"
contract = 1
[monitors.X_FIRE1]
legal_basis = "law"
[monitors.X_FIRE2]
legal_basis = "law"
"""
HEAD = """
    import ctypes, os, subprocess, sys, time
    import numpy as np
    from hub.sdk import *

    class One:
        id = "X_FIRE1"
        def judge(self, block, as_of):
            BODY
    class Two:
        id = "X_FIRE2"
        def judge(self, block, as_of):
            return [Verdict(case, f"closed at {block.instants['closed_at'][case]} of {as_of}")
                    for case in range(len(block))]
    @hookimpl
    def hub_monitors():
        return [One, Two()]
"""
Build = Callable[..., Judges]


def block_of(*closed: int) -> CaseBlock:
    n = len(closed)
    nothing = np.zeros(n, dtype=np.int64)
    return CaseBlock(
        dossier_ids=np.arange(n),
        sources=Coded(np.zeros(n, dtype=np.int32), ["permits"]),
        instants={"closed_at": np.array(closed, dtype=np.int64)},
        words={"item_code": Coded(np.zeros(n, dtype=np.int32), ["A1"])},
        numbers={},
        known_until=nothing,
        held=nothing > 0,
        applicant_id_valid=np.zeros(n, dtype=np.int8),
        parents=nothing,
        children={},
    )


@pytest.fixture
def judges(tmp_path: Path) -> Iterator[Build]:
    made: list[Judges] = []

    def build(body: str = "return []", *, code: str = HEAD, deadline_s: float = 20.0) -> Judges:
        folder = tmp_path / "fire"
        folder.mkdir()
        (folder / "plugin.toml").write_text(MANIFEST, "utf-8")
        body = body.replace("\n", "\n            ")
        (folder / "plugin.py").write_text(textwrap.dedent(code.replace("BODY", body)), "utf-8")
        plugin = discover(tmp_path)["fire"]
        assert plugin.state == "loaded", plugin.why
        made.append(Judges(plugin, timezone="Asia/Shanghai", deadline_s=deadline_s))
        return made[-1]

    yield build
    for each in made:
        each.close()


def said(judges: Judges, monitor: str, block: CaseBlock) -> list[str | None]:
    opinion = judges.ask(monitor, block, 77)
    return [opinion.reasons.word(row) for row in range(len(opinion))]


def test_one_process_answers_block_after_block_and_monitor_after_monitor(judges: Build) -> None:
    asked = judges("return [Verdict(0, str(os.getpid()))]")
    first, second = block_of(5, 6), block_of(7)
    assert said(asked, "X_FIRE2", first) == ["closed at 5 of 77", "closed at 6 of 77"]
    pid = said(asked, "X_FIRE1", first)
    assert said(asked, "X_FIRE1", second) == pid
    assert said(asked, "X_FIRE2", second) == ["closed at 7 of 77"]
    assert said(asked, "X_FIRE2", block_of()) == []


def test_verdicts_may_be_columns(judges: Build) -> None:
    body = """
n, no = len(block), np.full(len(block), instants.NO_INSTANT)
words = Coded(np.zeros(n), ["x"]) if as_of < 0 else Coded(np.zeros(n, dtype=int), ["many"])
return VerdictColumns(np.arange(n), words, np.full(n, -1), np.zeros(n, dtype=bool), no, no, no, no)"""
    asked = judges(body)
    assert said(asked, "X_FIRE1", block_of(1, 2)) == ["many", "many"]
    with pytest.raises(PluginFault, match="reasons is of float64"):
        asked.ask("X_FIRE1", block_of(1), -1)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise RuntimeError('boom')", "RuntimeError: boom"),
        ("sys.exit(0)", "SystemExit"),
        ("return None", "returned a NoneType"),
        ("return [7]", "verdict 0 is 7"),
        ("return [Verdict(5, 'x')]", "none of the 1"),
        ("return [Verdict(0, 'a\\nb')]", "not one line"),
        ("return [Verdict(0, 'x', due_at=2**62)]", "due_at that is no instant"),
        ("x = bytearray(8 << 30)", "out of the memory"),
    ],
)
def test_a_monitor_that_raises_or_talks_nonsense_spoils_its_own_answer_only(
    judges: Build, body: str, words: str
) -> None:
    asked, block = judges(body), block_of(3)
    with pytest.raises(PluginFault, match=words):
        asked.ask("X_FIRE1", block, 77)
    assert said(asked, "X_FIRE2", block) == ["closed at 3 of 77"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("os._exit(0)", "ended early with exit code 0"),
        ("ctypes.string_at(0)", "SIGSEGV"),
        ("for fd in range(3, 60):\n    try: os.write(fd, b'garbage')\n    except OSError: pass", "no frame"),
    ],
)
def test_a_process_that_dies_or_talks_over_the_wire_is_not_asked_again(
    judges: Build, body: str, words: str
) -> None:
    asked = judges(body)
    for monitor in ("X_FIRE1", "X_FIRE2"):
        with pytest.raises(PluginFault, match=words):
            asked.ask(monitor, block_of(3), 77)


def test_a_monitor_that_hangs_is_stopped_with_all_it_started_and_costs_one_deadline(
    judges: Build, tmp_path: Path
) -> None:
    pid = tmp_path / "pid"
    body = f"""
p = subprocess.Popen(['sleep', '600'])
open({str(pid)!r}, 'w').write(str(p.pid))
print('waiting for the register', flush=True)
time.sleep(600)"""
    asked = judges(body, deadline_s=3.0)
    with pytest.raises(PluginFault, match="X_FIRE1 of plugin fire did not answer within 3 s") as caught:
        asked.ask("X_FIRE1", block_of(3), 77)
    assert "waiting for the register" in caught.value.detail
    with pytest.raises(PluginFault, match="did not answer"):  # where a new process would answer
        asked.ask("X_FIRE2", block_of(3), 77)
    assert ended(int(pid.read_text()))


def ended(pid: int) -> bool:
    """Whether a process is gone, or will be in a moment: a kill takes its time on a busy machine."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
    return False


def test_code_that_cannot_be_loaded_answers_every_question_with_its_reason(judges: Build) -> None:
    asked = judges(code="    raise ImportError('no scipy here')\n")
    for monitor in ("X_FIRE1", "X_FIRE2"):
        with pytest.raises(PluginFault, match="no scipy here"):
            asked.ask(monitor, block_of(3), 77)


def test_what_a_monitor_says_in_an_error_holds_no_personal_number(judges: Build) -> None:
    asked = judges("raise ValueError('41030519800101123X, 13812345678')")
    with pytest.raises(PluginFault) as told:
        asked.ask("X_FIRE1", block_of(1), 7)
    words = f"{told.value.message} {told.value.detail}"
    assert "ValueError" in words
    assert "41030519800101123X" not in words
    assert "13812345678" not in words


def test_a_monitor_that_the_code_does_not_offer_is_named(judges: Build) -> None:
    asked = judges(code=HEAD.replace('id = "X_FIRE1"', 'id = "X_OTHER1"').replace("BODY", "return []"))
    with pytest.raises(PluginFault, match="no monitor X_FIRE1"):
        asked.ask("X_FIRE1", block_of(3), 77)
