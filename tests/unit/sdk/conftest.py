"""Sources pulled in this very process, from servers on loopback and files in a temporary folder."""

import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest

from hub.model.instants import at
from hub.model.records import Window
from hub.plugins.manifests import discover
from hub.sdk import Clock, Context, Deadline, FilesSource, RestSource, SoapSource, Stream, TableSource
from hub.sdk.encoding import encode_all

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHANGHAI_JUNE = datetime(2024, 6, 1, 8, tzinfo=SHANGHAI)
SOURCES = {"rest": RestSource, "soap": SoapSource, "table": TableSource, "files": FilesSource}


@dataclass
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What the server sends; ``raw``: in place of the whole answer."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: Callable[[Any], None] | None = None


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Start a server for a function from request to answer; returns its address.

    ``certificate``: a file with a certificate and its key, for https.
    """
    servers = []

    def start(answer: Callable[[Asked], Answer], certificate: Path | None = None) -> str:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked = Asked(
                    self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers), body
                )
                reply = answer(asked)
                if reply.raw is not None:
                    self.close_connection = True
                    reply.raw(self.wfile)
                    return
                self.send_response(reply.status)
                for name, value in ({"Content-Length": str(len(reply.body))} | reply.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                pass

            def handle(self) -> None:
                try:
                    super().handle()
                except (ConnectionError, ssl.SSLError):  # the client hung up: as it should
                    self.close_connection = True

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        servers.append((server, thread))
        return f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Pulled:
    """What a pull yielded before it ended, and how it ended."""

    raws: list[bytes]
    origins: list[str]
    marks: dict[str, str]
    error: Exception | None


def defaults(kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    plugin = discover(None, entry_points=False)[kind]
    config = {k: v.default for k, v in plugin.config_schema.items() if v.default is not None}
    return config, {k: v.default for k, v in plugin.stream_schema.items() if v.default is not None}


@pytest.fixture
def pull(tmp_path: Path) -> Callable[..., Pulled]:
    """Pull one stream of a kind."""

    def run(
        kind: str,
        config: dict[str, Any],
        settings: dict[str, Any] | None = None,
        *,
        window: Window | None = None,
        source: Any = None,
        stream: dict[str, Any] | None = None,
        seconds: float = 30.0,
    ) -> Pulled:
        base, base_settings = defaults(kind)
        ctx = Context(
            source="mine",
            config={**base, "retries": 1, "look_s": 0.0, **config},
            clock=Clock(at(SHANGHAI_JUNE), SHANGHAI),
            deadline=Deadline(seconds),
            hosts=("127.0.0.1",),
            base_dir=tmp_path,
        )
        wanted = Stream("cases", settings={**base_settings, **(settings or {})}, **(stream or {}))
        found = Pulled([], [], {}, None)
        try:
            pages = (source or SOURCES[kind]()).pull(ctx, wanted, window or Window(None, None, "incremental"))
            for page in pages:
                found.raws += encode_all(page.records)
                found.origins.append(page.origin)
                found.marks |= page.marks
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            found.error = error
        finally:
            ctx.close()
        return found

    return run
