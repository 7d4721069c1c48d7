"""What the transport below httpx does with connections and with bodies of every framing."""

import json
import threading

from hub.errors import Unavailable
from tests.unit.sdk.conftest import Answer

PAGES = {"paging": "page", "records": "list", "total": "total"}


def a_page(asked):
    return Answer(json.dumps({"total": 3, "list": [{"n": asked.query["page"]}]}).encode())


def test_one_connection_serves_every_page(serve, pull):
    threads = set()

    def answer(asked):
        threads.add(threading.get_ident())
        return a_page(asked)

    found = pull("rest", {"base_url": serve(answer)}, PAGES)
    assert (len(found.raws), found.error) == (3, None)
    assert len(threads) == 1


def test_a_connection_that_the_server_closed_is_opened_anew(serve, pull):
    def answer(asked):
        page = a_page(asked).body
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(page)}\r\n\r\n".encode()
        return Answer(raw=lambda out: out.write(head + page))

    found = pull("rest", {"base_url": serve(answer), "retries": 2}, PAGES)
    assert (len(found.raws), found.error) == (3, None)


def test_a_body_without_a_length_ends_with_its_connection(serve, pull):
    sent = b"HTTP/1.0 200 OK\r\n\r\n" + json.dumps([{"n": 1}] * 5000).encode()
    found = pull("rest", {"base_url": serve(lambda asked: Answer(raw=lambda out: out.write(sent)))})
    assert (len(found.raws), found.error) == (5000, None)


def test_a_body_in_chunks_is_put_together(serve, pull):
    body = json.dumps([{"n": n} for n in range(5000)]).encode()
    pieces = [body[start : start + 777] for start in range(0, len(body), 777)] + [b""]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    sent = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    found = pull("rest", {"base_url": serve(lambda asked: Answer(raw=lambda out: out.write(sent)))})
    assert (len(found.raws), found.error) == (5000, None)


def test_chunks_that_stop_short_are_unavailable(serve, pull):
    sent = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{}]\n\r\n"
    found = pull("rest", {"base_url": serve(lambda asked: Answer(raw=lambda out: out.write(sent)))})
    assert isinstance(found.error, Unavailable)


def test_nobody_listening_is_unavailable(pull):
    found = pull("rest", {"base_url": "http://127.0.0.1:9"})
    assert isinstance(found.error, Unavailable)
    assert "ConnectError" in found.error.message
