"""REST: what a broken or hostile server sends ends in an error that names it, and nothing else."""

import gzip
import json
import time

import pytest

from hub.errors import SourceChanged, Unavailable

from .conftest import Answer


def test_a_page_for_people_is_not_taken_for_data(serve, pull):
    url = serve(lambda asked: Answer(b"<!DOCTYPE html><html>Maintenance</html>"))
    error = pull("rest", {"base_url": url}).error
    assert isinstance(error, SourceChanged)
    assert "HTML" in error.message


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"   ",
        b"nonsense",
        b'[{"n":1}',
        b'{"data":',
        b"[" * 100_000,
        b'"text"',
        b"7",
        b"null",
        b"\xff\xfe",
    ],
)
def test_what_is_no_list_of_records_is_a_change(serve, pull, text):
    found = pull("rest", {"base_url": serve(lambda asked: Answer(text))})
    assert isinstance(found.error, SourceChanged), found.error
    assert found.raws == []


def test_a_missing_list_names_the_keys_that_are_there(serve, pull):
    reply = json.dumps({"code": 401, "msg": "token expired"}).encode()
    error = pull("rest", {"base_url": serve(lambda asked: Answer(reply))}, {"records": "data.list"}).error
    assert "code, msg" in error.message
    assert "token expired" in error.message


def test_a_list_that_is_null_is_an_empty_list(serve, pull):
    url = serve(lambda asked: Answer(b'{"data": {"list": null}}'))
    found = pull("rest", {"base_url": url}, {"records": "data.list"})
    assert (found.raws, found.error) == ([], None)


def test_records_that_are_no_objects_travel_as_malformed(serve, pull):
    url = serve(lambda asked: Answer(b'[{"n":1}, 7, null, "x", [1]]'))
    found = [json.loads(raw) for raw in pull("rest", {"base_url": url}).raws]
    assert found[0] == {"n": 1}
    assert [r["_malformed"] for r in found[1:]] == ["not an object"] * 4
    assert [r["_text"] for r in found[1:]] == ["7", "null", '"x"', "[1]"]


def test_a_record_that_is_not_utf8_leaves_its_neighbours_as_they_are(serve, pull):
    url = serve(lambda asked: Answer(b'[{"n":1}, {"n":"\xd6\xd0"}, {"n":3}]'))
    assert pull("rest", {"base_url": url}).raws == [b'{"n":1}', b'{"n":"\xd6\xd0"}', b'{"n":3}']


def test_numbers_that_json_does_not_know_travel_as_words(serve, pull):
    url = serve(lambda asked: Answer(b'[{"n": NaN}, {"n": -Infinity}, {"n": 1}]'))
    found = [json.loads(raw) for raw in pull("rest", {"base_url": url}).raws]
    assert found == [{"n": "NaN"}, {"n": "-Infinity"}, {"n": 1}]


def test_half_characters_are_refused_record_by_record(serve, pull):
    url = serve(lambda asked: Answer(b'[{"n": "\\ud800"}, {"n": 1}]'))
    found = [json.loads(raw) for raw in pull("rest", {"base_url": url}).raws]
    assert "Unicode" in found[0]["_malformed"]
    assert found[1] == {"n": 1}


def test_a_dripping_body_ends_at_its_time(serve, pull):
    dripped = []

    def drip(out):
        out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for drop in range(1000):
            dripped.append(drop)
            out.write(b" ")
            time.sleep(0.05)

    found = pull("rest", {"base_url": serve(lambda asked: Answer(raw=drip)), "timeout_s": 0.5, "retries": 0})
    assert isinstance(found.error, Unavailable)
    assert 0 < len(dripped) < 1000


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[]", "RemoteProtocolError"),
        (b"garbage\r\n\r\n", "RemoteProtocolError"),
        (b"", "RemoteProtocolError"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\nno gzip", "no gzip"),
    ],
)
def test_a_broken_answer_is_unavailable(serve, pull, sent, words):
    error = pull("rest", {"base_url": serve(lambda asked: Answer(raw=lambda out: out.write(sent)))}).error
    assert isinstance(error, Unavailable)
    assert words in error.message


def test_a_gzip_body_cut_short_is_unavailable(serve, pull):
    packed = gzip.compress(json.dumps([{"n": n} for n in range(1000)]).encode())[:-20]
    url = serve(lambda asked: Answer(packed, headers={"Content-Encoding": "gzip"}))
    assert isinstance(pull("rest", {"base_url": url}).error, Unavailable)


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_body_beyond_its_size_is_refused_before_it_fills_memory(serve, pull, encoding):
    bomb = b" " * (300 << 20) if encoding == "gzip" else b" " * (3 << 20)
    sent = gzip.compress(bomb, 1) if encoding == "gzip" else bomb
    url = serve(lambda asked: Answer(sent, headers={"Content-Encoding": encoding}))
    error = pull("rest", {"base_url": url, "max_body_mb": 2}).error
    assert isinstance(error, SourceChanged)
    assert "more than 2 MB" in error.message


def test_an_encoding_nobody_asked_for_is_refused(serve, pull):
    url = serve(lambda asked: Answer(b"xx", headers={"Content-Encoding": "gzip, gzip"}))
    assert "content-encoding" in pull("rest", {"base_url": url}).error.message


PAGED = {"paging": "page", "records": "list", "total": "total"}


def test_a_total_that_is_not_reached_is_told_and_what_came_is_kept(serve, pull):
    def answer(asked):
        rows = [{"n": asked.query["page"]}] if int(asked.query["page"]) < 4 else []
        return Answer(json.dumps({"list": rows, "total": 5}).encode())

    found = pull("rest", {"base_url": serve(answer)}, PAGED)
    assert len(found.raws) == 3
    assert "5 records announced, 3 sent" in found.error.message


def test_a_page_that_repeats_for_ever_is_seen(serve, pull):
    found = pull("rest", {"base_url": serve(lambda asked: Answer(b'{"list": [{"n": 1}]}'))}, PAGED)
    assert "page 2 repeats page 1" in found.error.message
    assert len(found.raws) == 1


def test_a_cursor_that_goes_round_is_seen(serve, pull):
    count = iter(range(100))
    nexts = {None: "a", "a": "b", "b": "a"}

    def answer(asked):
        after = nexts[asked.query.get("cursor")]
        return Answer(json.dumps({"list": [{"n": next(count)}], "next": after}).encode())

    settings = {"paging": "cursor", "records": "list", "next": "next"}
    found = pull("rest", {"base_url": serve(answer)}, settings)
    assert "circle" in found.error.message
    assert len(found.raws) == 3


@pytest.mark.parametrize(
    "target", ["http://evil.example/x", "file:///etc/passwd", "//evil.example/", "http://["]
)
@pytest.mark.parametrize("way", ["redirect", "link"])
def test_nobody_is_led_to_another_host(serve, pull, target, way):
    def answer(asked):
        if way == "redirect":
            return Answer(status=302, headers={"Location": target})
        return Answer(json.dumps({"list": [{"n": 1}], "next": target}).encode())

    found = pull("rest", {"base_url": serve(answer)}, {"paging": "link", "records": "list", "next": "next"})
    assert isinstance(found.error, SourceChanged)


def test_credentials_stay_behind_where_a_redirect_leads_to_another_port(serve, pull):
    seen = []
    other = serve(lambda asked: seen.append(asked.headers) or Answer(b"[]"))
    url = serve(lambda asked: Answer(status=307, headers={"Location": other + "/x"}))
    config = {"base_url": url, "auth": "bearer", "token": "geheim", "headers": {"X-Key": "geheim"}}
    assert pull("rest", config).error is None
    assert "geheim" not in str(seen)


def test_credentials_stay_behind_where_a_next_link_leads_to_another_port(serve, pull):
    seen = []
    other = serve(lambda asked: seen.append(asked.headers) or Answer(b'{"list": []}'))
    url = serve(lambda asked: Answer(json.dumps({"list": [{"n": 1}], "next": other + "/x"}).encode()))
    config = {"base_url": url, "auth": "bearer", "token": "geheim", "headers": {"X-Key": "geheim"}}
    found = pull("rest", config, {"paging": "link", "records": "list", "next": "next"})
    assert (len(found.raws), found.error) == (1, None)
    assert "geheim" not in str(seen)


def test_redirects_without_end_are_seen(serve, pull):
    url = serve(lambda asked: Answer(status=302, headers={"Location": "/again"}))
    assert "redirects more than" in pull("rest", {"base_url": url}).error.message


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_secret_that_was_posted_is_not_carried_to_another_port(serve, pull, status):
    seen = []
    other = serve(lambda asked: seen.append(asked.body) or Answer(b'{"access_token": "x"}'))
    url = serve(lambda asked: Answer(status=status, headers={"Location": other + "/token"}))
    config = {"auth": "oauth2", "token_url": "/token", "client_id": "me", "client_secret": "geheim"}
    error = pull("rest", {"base_url": url, **config}).error
    assert "redirects what was posted" in error.message
    assert seen == []
