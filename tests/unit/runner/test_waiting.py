"""Processes that wait for their orders: taken once, ended when nobody takes them."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace

import psutil

from hub.runner.pull import Pull, PulledBatch
from hub.runner.waiting import Waiting
from tests.unit.runner.test_faulty_plugins import ended

CODE = """
from hub.sdk import Page, Source, hookimpl

class Mine(Source):
    def pull(self, ctx, stream, window):
        yield Page([{"n": 1}])

@hookimpl
def hub_source():
    return Mine
"""


def children() -> list[psutil.Process]:
    return psutil.Process(os.getpid()).children(recursive=True)


def test_a_process_that_nobody_takes_is_ended():
    with Waiting({"tax": "rest", "land": "files"}, "."):
        waiting = children()
        assert len(waiting) == 2
    assert not any(process.is_running() for process in waiting)


def test_a_pull_through_a_process_that_waited_is_as_any_other(order):
    asked = order(code=CODE)
    with Waiting({"mine": "code"}, asked.base_dir) as waiting:
        process = waiting.take("mine")
        assert waiting.take("mine") is None
        with Pull(asked, waiting=process) as running:
            pulled = next(iter(running))
            running.answer(b"\1")
    assert pulled.batch.raws == [b'{"n":1}']
    assert children() == []


def test_a_process_that_was_told_its_order_is_not_told_again(order):
    asked = order(code=CODE)
    with Waiting({"mine": "code"}, asked.base_dir) as waiting:
        waiting.tell("mine", asked.to_wire())
        process = waiting.take("mine")
        with Pull(asked, waiting=process) as running:
            assert [pulled.batch.raws for pulled in answered(running)] == [[b'{"n":1}']]
        assert process.reaped


def test_a_process_that_was_told_something_else_is_ended_and_another_one_asked(order):
    asked = order(code=CODE)
    with Waiting({"mine": "code"}, asked.base_dir) as waiting:
        waiting.tell("mine", replace(asked, limit=7).to_wire())
        process = waiting.take("mine")
        with Pull(asked, waiting=process) as running:
            assert process.reaped
            assert [pulled.batch.raws for pulled in answered(running)] == [[b'{"n":1}']]


def answered(running: Pull) -> Iterator[PulledBatch]:
    for pulled in running:
        running.answer(b"\1" * len(pulled.batch.raws))
        yield pulled


def test_a_process_that_waits_does_not_outlive_a_hub_that_was_killed():
    reader, writer = os.pipe()
    hub = os.fork()
    if hub == 0:
        with Waiting({"mine": "rest"}, "."):
            os.write(writer, str(children()[0].pid).encode())
            signal.pause()
        os._exit(0)
    os.close(writer)
    pid = int(os.read(reader, 20))
    os.kill(hub, signal.SIGKILL)
    os.waitpid(hub, 0)
    os.close(reader)
    assert ended(pid)
