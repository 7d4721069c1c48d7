"""The department's side of the bench: a paged JSON interface on loopback, its pages ready in memory.

``python -m bench.server COUNT`` prints its port; /first, /tenth and /reordered are the variants.
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from bench.data import pages

PAGE = 5000


def serve(count: int) -> None:
    ready: dict[str, list[bytes]] = {}

    class Interface(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            variant = url.path.strip("/")
            at = int(parse_qs(url.query).get("cursor", ["0"])[0])
            if variant not in ready:
                ready[variant] = list(pages(count, variant, PAGE))  # type: ignore[arg-type]
            body = ready[variant][at // PAGE]
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Interface) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
