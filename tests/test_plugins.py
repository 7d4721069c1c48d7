"""Every plugin's cases: what went in comes out as the records expected.

A case is a folder ``plugins/<name>/cases/<case>/`` with ``case.toml`` (the configuration, where
``{server}``, ``{input}`` and ``{database}`` stand for what the case brings), its input (a folder
``input/``, a script ``input.sql``, or ``exchanges.json``: answers given in order) and
``expected.json``: the records of each stream.
"""

import json
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.demo.loopback import Loopback, Request, Response
from hub.model.instants import parse_iso
from hub.model.records import Window
from hub.plugins.configuring import hosts_of, resolve_config, stream_specs
from hub.plugins.manifests import discover
from hub.runner.pull import Pull, PullOrder, StreamOrder

PLUGINS = Path(__file__).parents[1] / "plugins"
CASES = sorted(path.parent for path in PLUGINS.glob("*/cases/*/expected.json"))
SHANGHAI = ZoneInfo("Asia/Shanghai")


def exchanges(case: Path) -> Loopback:
    """A server that gives the case's answers in order, and checks what is asked."""
    waiting = iter(json.loads((case / "exchanges.json").read_text("utf-8")))

    def answer(request: Request) -> Response:
        step = next(waiting, None)
        asked = {
            "path": request.path,
            "asks": request.body.decode() + "&".join(map("=".join, request.query.items())),
        }
        if step is None or step["path"] != asked["path"] or step.get("asks", "") not in asked["asks"]:
            return Response(404, json.dumps({"expected": step, "asked": asked}).encode())
        body = step.get("body", "")
        content = (body if isinstance(body, str) else json.dumps(body)).encode(step.get("charset", "utf-8"))
        return Response(
            step.get("status", 200), content, step.get("type", "application/json"), step.get("headers", {})
        )

    return Loopback(answer)


@contextmanager
def prepared(case: Path, folder: Path) -> Iterator[dict[str, str]]:
    """The case's input made ready; what the placeholders stand for."""
    words = {"input": str(case / "input")}
    server = exchanges(case) if (case / "exchanges.json").is_file() else None
    if (case / "input.sql").is_file():
        words["database"] = str(folder / "case.db")
        with closing(sqlite3.connect(words["database"])) as connection:
            connection.executescript((case / "input.sql").read_text("utf-8"))
    if server is not None:
        server.start()
        words["server"] = server.url
    try:
        yield words
    finally:
        if server is not None:
            server.stop()


def pulled(case: Path, folder: Path) -> dict[str, list[Any]]:
    """Pull the case through the plugin's own process; the records of each stream."""
    plugin = discover(PLUGINS)[case.parents[1].name]
    assert plugin.state == "loaded", plugin.why
    with prepared(case, folder) as words:
        text = (case / "case.toml").read_text("utf-8")
        for word, value in words.items():
            text = text.replace("{" + word + "}", value)
        given = tomllib.loads(text)["config"]
        config, faults = resolve_config(plugin, given, {"SECRET": "a secret"}, base_dir=folder)
        specs, more = stream_specs(plugin, config)
        assert not faults + more
        streams = {
            name: StreamOrder(
                s.delivery, s.cursor, s.ordered, Window(None, None, "incremental"), settings=s.settings
            )
            for name, s in specs.items()
        }
        order = PullOrder(
            source=plugin.name,
            plugin=plugin,
            config=config,
            streams=streams,
            timezone="Asia/Shanghai",
            started_at=parse_iso("2012-10-26T18:00:00", SHANGHAI),
            deadline_s=60,
            base_dir=str(folder),
            hosts=hosts_of(plugin, config),
        )
        return records(order)


def records(order: PullOrder) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    with Pull(order) as pull:
        for one in pull:
            found.setdefault(one.batch.stream, []).extend(json.loads(raw) for raw in one.batch.raws)
            pull.answer(bytes([1] * len(one.batch.raws)))
        assert not pull.stream_errors
    return {stream: raws for stream, raws in found.items() if raws}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parents[1].name}/{case.name}")
def test_a_case_gives_the_records_expected(case: Path, tmp_path: Path) -> None:
    assert pulled(case, tmp_path) == json.loads((case / "expected.json").read_text("utf-8"))


def test_every_plugin_has_cases_a_readme_and_tests_beside_it() -> None:
    for manifest in PLUGINS.glob("*/plugin.toml"):
        folder = manifest.parent
        assert list(folder.glob("cases/*/expected.json")), folder
        assert (folder / "README.md").is_file(), folder
        assert (folder / f"test_{folder.name}.py").is_file(), folder


def test_every_shipped_manifest_is_sound() -> None:
    assert {name: p.why for name, p in discover(PLUGINS).items() if p.state != "loaded"} == {}
