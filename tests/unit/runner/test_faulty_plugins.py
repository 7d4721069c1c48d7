"""Whatever a plugin does, its pull ends in time, with an error that says what it did."""

import json
import os
import time
from pathlib import Path

import psutil
import pytest

from hub.errors import (
    AuthError,
    ConfigError,
    DeadlineExceeded,
    PluginFault,
    RateLimited,
    SourceError,
    Unavailable,
)
from hub.runner.pull import Pull

HEAD = """
    import os, sys, time, threading, subprocess, signal
    from hub.sdk import *

    class Mine(Source):
        def pull(self, ctx, stream, window):
            yield Page([{"n": 1}])
            BODY

    @hookimpl
    def hub_source():
        return Mine
"""


def plugin(body: str) -> str:
    return HEAD.replace("BODY", body.replace("\n", "\n            "))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("os._exit(0)", "ended early with exit code 0"),
        ("sys.exit(0)", "called exit(0)"),
        ("sys.exit('bye')", "called exit('bye')"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("os.abort()", "SIGABRT"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("raise RuntimeError('boom')", "RuntimeError: boom"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("yield {'n': 2}", "yielded a dict"),
        ("yield None", "yielded a NoneType"),
        ("yield Page([3])", "holds a int where a record belongs"),
        ("yield Page(7)", "records are a int"),
        ("yield Page([{'n': 1}], origin=3)", "origin"),
        ("os.write(1, bytes(range(256)) * 100)", "printed bytes that are no text"),
        ("for fd in range(3, 60):\n    try: os.write(fd, b'garbage')\n    except OSError: pass", "no frame"),
        ("def down(): down()\ndown()", "RecursionError"),
        ("x = bytearray(8 << 30)", "out of the memory"),
        ("threading.Thread(target=time.sleep, args=(99,)).start()\nraise ValueError('x')", "ValueError: x"),
    ],
)
def test_a_broken_plugin_is_a_plugin_fault_with_its_reason(order, run, body, words):
    account = run(order(code=plugin(body)))
    assert isinstance(account.error, PluginFault), account.error  # and no DeadlineExceeded
    assert words in account.error.message


def test_what_came_before_a_fault_is_kept(order, run):
    account = run(order(code=plugin("raise RuntimeError('boom')")))
    assert account.raws == [b'{"n":1}']
    assert account.done == []


def test_a_record_that_is_not_utf8_gives_way_to_what_says_so(order, run):
    sent = 'yield Page([b\'{"n":2}\', b\'{"n":"\\xd6\\xd0"}\', b\'{"n":3}\'])'
    raws = run(order(code=plugin(sent))).raws
    assert [raws[0], raws[1], raws[3]] == [b'{"n":1}', b'{"n":2}', b'{"n":3}']
    assert json.loads(raws[2])["_malformed"] == "not UTF-8 at byte 6"


def test_a_traceback_and_the_last_words_are_told(order, run):
    account = run(order(code=plugin("print('almost there')\nraise RuntimeError('boom')")))
    assert "plugin.py" in account.error.detail
    assert "almost there" in account.error.detail


@pytest.mark.parametrize(
    "body",
    [
        "time.sleep(600)",
        "while True: pass",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)",
        "os.close(ctx.deadline and 1)\ntime.sleep(600)",
    ],
)
def test_a_plugin_that_hangs_is_stopped_at_its_deadline(order, run, body, tmp_path: Path):
    note = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
    account = run(order(code=plugin(note + body), deadline_s=1.5))
    assert isinstance(account.error, DeadlineExceeded)
    assert ended(int((tmp_path / "pid").read_text()))  # by itself it would not have


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


def test_grandchildren_die_with_the_plugin(order, run, tmp_path: Path):
    body = f"""
p = subprocess.Popen(['sleep', '600'])
open({str(tmp_path / "pid")!r}, 'w').write(str(p.pid))
time.sleep(600)"""
    run(order(code=plugin(body), deadline_s=1.5))
    pid = int((tmp_path / "pid").read_text())
    assert ended(pid)


def test_a_grandchild_that_survives_cannot_hold_the_hub(order, run, tmp_path: Path):
    """It left the session and inherited everything a fork inherits, the wire included."""
    body = f"""
if os.fork() == 0:
    os.setsid()
    open({str(tmp_path / "pid")!r}, 'w').write(str(os.getpid()))
    time.sleep(600)
while not os.path.exists({str(tmp_path / "pid")!r}): time.sleep(0.01)
os._exit(0)"""
    account = run(order(code=plugin(body), deadline_s=20.0))
    os.kill(int((tmp_path / "pid").read_text()), 9)  # it was there still
    assert isinstance(account.error, PluginFault), account.error  # and no DeadlineExceeded


def test_a_subprocess_of_the_plugin_does_not_inherit_the_wire(order, run):
    body = """
out = subprocess.run(['ls', '/proc/self/fd'], capture_output=True, text=True, close_fds=False).stdout
yield Page([{'fds': sorted(map(int, out.split()))}])"""
    account = run(order(code=plugin(body)))
    assert account.error is None
    assert account.raws[1] == b'{"fds":[0,1,2,3]}'


def test_a_plugin_sees_nothing_of_the_hubs_environment(order, run, monkeypatch):
    monkeypatch.setenv("HUB_STORE_URL", "postgresql://secret")
    monkeypatch.setenv("PYTHONSTARTUP", "/tmp/x")
    account = run(order(code=plugin("yield Page([dict(os.environ), {'argv': sys.argv}])")))
    assert b"secret" not in b"".join(account.raws)
    assert b"PYTHONSTARTUP" not in b"".join(account.raws)


def test_a_flood_of_output_is_capped_and_blocks_nothing(order, run):
    account = run(order(code=plugin("for _ in range(200_000): print('x' * 99)")))
    assert account.error is None
    assert len(account.output) < 70_000
    assert "bytes left out" in account.output


def test_secrets_are_blotted_out_of_output_and_errors(order, run):
    manifest = (
        '[plugin]\nname = "mine"\ncontract = 1\nkind = "code"\n'
        "[config.token]\nsecret = true\n[streams.cases]\n"
    )
    body = "print('token', ctx.config['token'])\nraise ValueError(ctx.config['token'])"
    account = run(
        order(code=plugin(body), manifest=manifest, config={"token": {"env": "T"}}, env={"T": "s3cr3t-word"})
    )
    assert "s3cr3t-word" not in account.output + account.error.message + account.error.detail
    assert "***" in account.error.message


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        ("AuthError('no')", AuthError),
        ("Unavailable('no', retry_after_s=7.0)", Unavailable),
        ("RateLimited('no', retry_after_s=7.0)", RateLimited),
        ("ConfigError('no')", ConfigError),
    ],
)
def test_sdk_errors_arrive_as_what_they_are(order, run, raised, kind):
    account = run(order(code=plugin(f"raise {raised}")))
    assert type(account.error) is kind
    assert getattr(account.error, "retry_after_s", 7.0) == 7.0


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import nonsense_that_is_not_there", "ModuleNotFoundError"),
        ("this is no python", "SyntaxError"),
        ("x = 1", "answered 0 times"),
        ("from hub.sdk import hookimpl\n@hookimpl\ndef hub_source(): return 7", "without pull()"),
        ("from hub.sdk import hookimpl\n@hookimpl\ndef hub_sauce(): return 7", "does not know"),
        ("from hub.sdk import hookimpl\n@hookimpl\ndef hub_source(wrong): return 7", "does not know"),
    ],
)
def test_a_plugin_that_cannot_be_loaded_says_why(order, run, code, words):
    account = run(order(code=code))
    assert isinstance(account.error, PluginFault)
    assert words in account.error.message


def test_a_pull_that_returns_no_pages_at_all_is_a_fault(order, run):
    account = run(order(code=plugin("").replace('yield Page([{"n": 1}])', "return None")))
    assert "returned a NoneType" in account.error.message


def test_a_plugin_does_not_outlive_a_hub_that_was_killed(order, tmp_path: Path):
    """It hangs, nobody waits for it any more, and its own child hangs too."""
    body = f"""
p = subprocess.Popen(['sleep', '600'])
open({str(tmp_path / "pids")!r}, 'w').write(f"{{os.getpid()}} {{p.pid}}")
time.sleep(600)"""
    asked = order(code=plugin(body))
    hub = os.fork()
    if hub == 0:
        with Pull(asked) as running:
            for pulled in running:
                running.answer(b"\1" * len(pulled.batch.raws))
        os._exit(0)
    while len((tmp_path / "pids").read_text().split() if (tmp_path / "pids").exists() else ()) < 2:
        assert psutil.Process(hub).status() != psutil.STATUS_ZOMBIE
    os.kill(hub, 9)
    os.waitpid(hub, 0)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert all(map(ended, pids))


def test_a_pull_that_hangs_can_be_stopped(order, tmp_path: Path):
    def carry(running: Pull) -> None:
        for pulled in running:
            running.answer(b"\1" * len(pulled.batch.raws))

    hangs = tmp_path / "hangs"
    asked = order(code=plugin(f"open({str(hangs)!r}, 'w').close()\ntime.sleep(600)"))
    with (
        Pull(asked, stop=hangs.exists) as running,
        pytest.raises(SourceError, match="stopped by a signal"),
    ):
        carry(running)


FORGED = """
    import os, sys
    from hub import wire
    from hub.sdk import *

    class Mine(Source):
        def pull(self, ctx, stream, window):
            def send(head, raws=()):
                for piece in wire.frame(head, raws): os.write(int(sys.argv[2]), piece)
            def batch(raws=(b"{}",), body=bytearray(), **said):
                wire.pack_records(raws, body)
                send(wire.BatchHead(stream="cases", count=len(raws), **said), [body])
                wire.read_frame(lambda n: os.read(int(sys.argv[1]), n))
            FORGERY
            send(wire.Final({"cases": 1}, {"cases": True}))
            os._exit(0)
            yield

    @hookimpl
    def hub_source():
        return Mine
"""


@pytest.mark.parametrize(
    ("forgery", "words"),
    [
        ("batch(cursor='soon')", "a cursor that is none: 'soon'"),
        ("batch(cursor='')", "a cursor that is none"),
        ("batch(cursor='2024-01-01' + chr(0))", "a cursor that is none"),
        ("batch(cursor='9' * 5000)", "a cursor of 5000 characters"),
        ("batch(marks={'a' + chr(0): 'b'})", "a mark that is no text"),
        ("batch([b''] * 300_000)", "a batch of 300000 records"),
    ],
)
def test_a_batch_a_plugin_forged_is_refused_before_it_is_stored(order, run, forgery, words):
    account = run(order(code=FORGED.replace("FORGERY", forgery)))
    assert isinstance(account.error, PluginFault)
    assert words in account.error.message
    assert account.raws == []


def test_what_a_plugin_says_is_cut_to_what_a_person_may_read(order, run):
    account = run(order(code=FORGED.replace("FORGERY", "batch(origin='x\\0\\x1b[2J' + 'y' * (9 << 20))")))
    assert account.batches[0].origin.startswith("x��[2Jyyy")
    assert len(account.batches[0].origin) <= 2_000
    account = run(order(code=FORGED.replace("FORGERY", "send(wire.Fault('auth', 'z' * (9 << 20)))")))
    assert len(account.error.message) <= 2_000


def test_secrets_in_headers_and_in_addresses_are_blotted_out_too(order, run):
    manifest = (
        '[plugin]\nname = "mine"\ncontract = 1\nkind = "code"\n[config.url]\n'
        '[config.headers]\ntype = "table"\n[streams.cases]\n'
    )
    body = "print(ctx.config)\nraise ValueError(ctx.config['headers']['X-Pass'] + ' p4ss/w0rd')"
    config = {"url": {"env": "U"}, "headers": {"X-Pass": {"env": "T"}}}
    env = {"U": "postgresql://me:p4ss%2Fw0rd@host/db", "T": "s3cr3t-word"}
    account = run(order(code=plugin(body), manifest=manifest, config=config, env=env))
    told = account.output + account.error.message + account.error.detail
    assert "s3cr3t-word" not in told
    assert "p4ss" not in told
