"""HTTP/1.1 below httpx, by the standard library's client: a body comes in large pieces and is copied once.

Not httpx's own transport, because that carries a body through three parsers in pieces of 64 KB, which
costs more than all the rest of a page; and its import, that of its command line included, more than a
short sync.
"""

import http.client
import select
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from hub.sdk.lean import httpx
from hub.sdk.surroundings import Deadline

_PIECE = 1 << 20
#: A connection that rested longer may have been forgotten on the way.
_REST_S = 5.0
#: The extension of a request that says until when its answer must be here.
LIMIT = "hub_limit"


class Transport(httpx.BaseTransport):
    """Keeps one connection open between the pages; ``context`` for https."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._kept: tuple[tuple[Any, ...], http.client.HTTPConnection, float] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        limit: Deadline = request.extensions[LIMIT]
        connection = self._connection(request.url, limit)
        try:
            with _named_faults(httpx.ReadTimeout, httpx.ReadError):
                _send(connection, request)
                wire = connection.sock  # kept, because an answer without a length takes it away
                answer = connection.getresponse()
        except BaseException:
            connection.close()
            raise
        headers = [
            (name.encode("latin-1"), value.encode("latin-1", "replace"))
            for name, value in answer.getheaders()
        ]
        body = _Body(answer, wire, limit, partial(self._done, request.url, connection, answer))
        return httpx.Response(answer.status, headers=headers, stream=body)

    def _connection(self, url: httpx.URL, limit: Deadline) -> http.client.HTTPConnection:
        kept, self._kept = self._kept, None
        if kept is not None:
            home, connection, since = kept
            if home == _home(url) and time.monotonic() - since < _REST_S and not _readable(connection):
                _wait_until(connection.sock, limit)
                return connection
            connection.close()
        return self._opened(url, limit)

    def _opened(self, url: httpx.URL, limit: Deadline) -> http.client.HTTPConnection:
        host, port = url.raw_host.decode("ascii"), url.port
        timeout = max(limit.remaining(), 0.001)
        if url.scheme == "https":
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=timeout, context=self._context
            )
        else:
            connection = http.client.HTTPConnection(host, port, timeout=timeout)
        try:
            with _named_faults(httpx.ConnectTimeout, httpx.ConnectError):
                connection.connect()
        except BaseException:
            connection.close()
            raise
        return connection

    def _done(
        self,
        url: httpx.URL,
        connection: http.client.HTTPConnection,
        answer: http.client.HTTPResponse,
        *,
        whole: bool,
    ) -> None:
        """Keep the connection for the next page where it can be of use."""
        answer.close()
        if whole and not getattr(answer, "will_close", True):
            self.close()
            self._kept = (_home(url), connection, time.monotonic())
        else:
            connection.close()

    def close(self) -> None:
        if self._kept is not None:
            self._kept[1].close()
            self._kept = None


class _Body(httpx.SyncByteStream):
    """The body of one answer, as large a piece at a time as has arrived."""

    def __init__(
        self, answer: http.client.HTTPResponse, wire: Any, limit: Deadline, done: Callable[..., None]
    ) -> None:
        self._answer, self._wire, self._limit, self._done = answer, wire, limit, done
        self._whole = False

    def __iter__(self) -> Iterator[bytes]:
        chunked, length = getattr(self._answer, "chunked", False), self._answer.length
        left = None if chunked or length is None else int(length)
        with _named_faults(httpx.ReadTimeout, httpx.ReadError):
            while left is None or left > 0:
                _wait_until(self._wire, self._limit)
                piece = self._answer.read1(_PIECE if left is None else min(_PIECE, left))
                if not piece:
                    break
                left = None if left is None else left - len(piece)
                yield piece
        if left:
            raise httpx.RemoteProtocolError(f"the connection ended {left} bytes before the body did")
        self._whole = True

    def close(self) -> None:
        self._done(whole=self._whole)


def _send(connection: http.client.HTTPConnection, request: httpx.Request) -> None:
    target = request.url.raw_path.decode("ascii")
    connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
    for name, value in request.headers.raw:
        connection.putheader(name.decode("latin-1"), value.decode("latin-1"))
    connection.endheaders(request.read() or None)


def _home(url: httpx.URL) -> tuple[Any, ...]:
    return url.scheme, url.raw_host, url.port


def _wait_until(wire: Any, limit: Deadline) -> None:
    """Wait for the next bytes no longer than the whole answer may take."""
    if wire is not None:
        wire.settimeout(max(limit.remaining(), 0.001))


def _readable(connection: http.client.HTTPConnection) -> bool:
    """Whether anything came unasked: the server's good-bye, or what no answer may begin with."""
    if connection.sock is None:
        return True
    waiting = select.poll()
    waiting.register(connection.sock.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


@contextmanager
def _named_faults(timeout: type[httpx.TransportError], other: type[httpx.TransportError]) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise timeout(str(error)) from error
    except http.client.HTTPException as error:
        raise httpx.RemoteProtocolError(str(error) or type(error).__name__) from error
    except OSError as error:
        raise other(str(error)) from error
    except ValueError as error:  # the standard library's own words for headers that cannot be read
        raise httpx.RemoteProtocolError(str(error)) from error
