"""How the daemon is, for those who look from outside: a JSON file, a loopback page, and systemd."""

import json
import os
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Health:
    """Keeps the latest report; ``healthy`` decides between 200 and 503."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.report: dict[str, Any] = {"state": "starting", "healthy": True, "pid": os.getpid()}
        self._server: ThreadingHTTPServer | None = None

    def tell(self, report: dict[str, Any]) -> None:
        """Replace the report, atomically for readers of the file."""
        self.report = {"pid": os.getpid(), **report}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        part = self.file.with_suffix(".part")
        part.write_text(json.dumps(self.report, ensure_ascii=False, indent=1) + "\n", "utf-8")
        part.replace(self.file)

    def serve(self, port: int) -> int:
        """Answer GET /health on loopback; the port taken (0 asks for any free one)."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(lambda: self.report))
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True).start()
        return int(self._server.server_address[1])

    def close(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()


def notify_systemd(state: str) -> None:
    """Tell systemd READY=1, WATCHDOG=1 or STOPPING=1, where it asked to be told."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(address)
        channel.sendall(state.encode())


def _handler(report: Callable[[], dict[str, Any]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            now = report()
            known = self.path in ("/", "/health")
            body = json.dumps(now if known else {"error": "only /health is here"}).encode()
            self.send_response((200 if now.get("healthy") else 503) if known else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class's name
            """Silent: probes come every few seconds."""

    return Handler
