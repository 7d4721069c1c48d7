"""The exam that ships with the SDK: a plugin's cases, set up on this machine and compared record by record.

A case is a folder ``plugins/<name>/cases/<case>/``:

- ``case.toml``: ``[config]`` as in hub.toml; ``{server}``, ``{input}`` and ``{database}`` stand for
  what the case brings; references to the environment get the value "a secret";
- its input: a folder ``input/``, a script ``input.sql``, or ``exchanges.json``: a list of answers
  given in order, each with ``path``, and if wanted ``asks`` (text the query or body must hold),
  ``status``, ``headers``, ``type``, ``charset``, ``body`` (text, or JSON);
- ``expected.json``: ``{stream: [record, …]}``.
"""

import json
import sqlite3
import threading
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlsplit

SECRET = "a secret"  # noqa: S105 - what a case's references to the environment resolve to


class Environment(Mapping[str, str]):
    """An environment that has a value for every name."""

    def __getitem__(self, name: str) -> str:
        return SECRET

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(frozen=True, slots=True)
class Case:
    """One case; what it expects of each stream."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def expected(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = json.loads((self.folder / "expected.json").read_text("utf-8"))
        return found


def cases_of(plugin: Path) -> list[Case]:
    """The cases of a plugin's folder, by name."""
    return [Case(path.parent) for path in sorted(plugin.glob("cases/*/expected.json"))]


@dataclass
class Staged:
    """A case ready to be pulled; ``complaints`` tells what was asked that it did not foresee."""

    config: dict[str, Any]
    complaints: list[str] = field(default_factory=list)


@contextmanager
def staged(case: Case, scratch: Path) -> Iterator[Staged]:
    """Make a case's input ready (server, database, folder) and give the configuration that leads to it."""
    words = {"input": str(case.folder / "input")}
    if (case.folder / "input.sql").is_file():
        words["database"] = str(scratch / f"{case.name}.db")
        with closing(sqlite3.connect(words["database"])) as connection:
            connection.set_authorizer(_only_this_file)
            connection.executescript((case.folder / "input.sql").read_text("utf-8"))
    exchanges = case.folder / "exchanges.json"
    if not exchanges.is_file():
        yield Staged(_config(case, words))
        return
    steps: list[dict[str, Any]] = json.loads(exchanges.read_text("utf-8"))
    complaints: list[str] = []
    with _served(steps, complaints) as words["server"]:
        yield Staged(_config(case, words), complaints)


def _only_this_file(action: int, *_: object) -> int:
    """A case's script makes tables of its own and opens no other database."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def _config(case: Case, words: Mapping[str, str]) -> dict[str, Any]:
    text = (case.folder / "case.toml").read_text("utf-8")
    for word, value in words.items():
        text = text.replace("{" + word + "}", value)
    config: dict[str, Any] = tomllib.loads(text).get("config", {})
    return config


@contextmanager
def _served(steps: Sequence[Mapping[str, Any]], complaints: list[str]) -> Iterator[str]:
    """A server on loopback that answers step by step."""
    waiting = iter(steps)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, content = _answer(next(waiting, None), self.path, body, complaints)
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(content))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(
    step: Mapping[str, Any] | None, asked: str, body: bytes, complaints: list[str]
) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(asked)
    said = unquote_plus(parts.query) + body.decode("utf-8", "replace")
    if step is None or step["path"] != parts.path or str(step.get("asks", "")) not in said:
        wanted = "nothing more" if step is None else f"{step['path']} with {step.get('asks', 'anything')!r}"
        complaints.append(f"asked {parts.path} with {said[:200]!r} where the case has {wanted}")
        return 404, {}, b""
    given = step.get("body", "")
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    headers = {"Content-Type": str(step.get("type", "application/json")), **step.get("headers", {})}
    return int(step.get("status", 200)), headers, text.encode(step.get("charset", "utf-8"))


def differences(expected: Mapping[str, Sequence[Any]], raws: Mapping[str, Sequence[bytes]]) -> list[str]:
    """What sets the records pulled apart from those expected; nothing when they are the same."""
    found = defaultdict(list, {name: [json.loads(raw) for raw in rows] for name, rows in raws.items()})
    told = []
    for stream in sorted(set(expected) | {name for name, rows in found.items() if rows}):
        wanted, got = list(expected.get(stream, [])), found[stream]
        if len(wanted) != len(got):
            told.append(f"{stream}: {len(wanted)} records expected, {len(got)} pulled")
        for number, (a, b) in enumerate(zip(wanted, got, strict=False), 1):
            if a != b:
                told.append(f"{stream}: record {number}: {_difference(a, b)}")
                break
    return told


def _difference(wanted: Any, got: Any) -> str:
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in [*wanted, *got]:
            if wanted.get(key, ...) != got.get(key, ...):
                return f"{key}: expected {wanted.get(key, 'nothing')!r}, got {got.get(key, 'nothing')!r}"
    return f"expected {wanted!r}, got {got!r}"
