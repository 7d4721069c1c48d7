"""REST: every page once, every record whole, every way of asking."""

import gzip
import hashlib
import hmac
import json
import time

import pytest

from hub.errors import AuthError, ConfigError, RateLimited, SourceChanged, Unavailable
from hub.model.records import Window
from hub.sdk import RestSource

from .conftest import Answer


def body(value) -> Answer:
    return Answer(json.dumps(value).encode(), headers={"Content-Type": "application/json"})


def numbered(pages):
    return lambda asked: body(
        {"data": {"list": pages[int(asked.query["page"]) - 1 : int(asked.query["page"])]}}
    )


PAGED = {"path": "/cases", "records": "data.list", "paging": "page"}


def test_pages_by_number_end_at_an_empty_page(serve, pull):
    url = serve(numbered([{"n": 1}, {"n": 2}, {"n": 3}]))
    assert pull("rest", {"base_url": url}, PAGED).raws == [b'{"n": 1}', b'{"n": 2}', b'{"n": 3}']


def test_pages_by_offset(serve, pull):
    rows = [{"n": n} for n in range(5)]
    url = serve(lambda asked: body(rows[int(asked.query["offset"]) :][: int(asked.query["page_size"])]))
    found = pull("rest", {"base_url": url}, {"paging": "offset", "page_size": 2})
    assert [json.loads(raw)["n"] for raw in found.raws] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("paging", "param"), [("cursor", "cursor"), ("token", "page_token")])
def test_pages_by_cursor_and_token(serve, pull, paging, param):
    nexts = {None: ("b", 1), "b": ("c", 2), "c": (None, 3)}

    def answer(asked):
        token, n = nexts[asked.query.get(param)]
        return body({"items": [{"n": n}], "next": token})

    found = pull("rest", {"base_url": serve(answer)}, {"paging": paging, "records": "items", "next": "next"})
    assert [json.loads(raw)["n"] for raw in found.raws] == [1, 2, 3]


@pytest.mark.parametrize("by_header", [True, False])
def test_pages_by_link(serve, pull, by_header):
    def answer(asked):
        n = int(asked.query.get("after", 0))
        link = f"/cases?after={n + 1}" if n < 2 else None
        reply = body({"items": [{"n": n}], "next": None if by_header else link})
        if by_header and link:
            reply.headers["Link"] = f'</first>; rel="first", <{link}>; rel="next"'
        return reply

    settings = {"paging": "link", "records": "items", **({} if by_header else {"next": "next"})}
    found = pull("rest", {"base_url": serve(answer)}, settings)
    assert [json.loads(raw)["n"] for raw in found.raws] == [0, 1, 2]


def test_the_window_is_asked_for_in_the_sources_own_form(serve, pull):
    asked_for = []
    url = serve(lambda asked: asked_for.append(asked.query) or body([]))
    window = Window("2024-05-01T00:00:00+00:00", "2024-05-02T00:00:00.5+00:00", "incremental")
    for form in ("iso", "epoch_ms", "%Y%m%d%H%M%S"):
        settings = {"since_param": "from", "until_param": "to", "since_format": form, "params": {"a": "b"}}
        assert pull("rest", {"base_url": url}, settings, window=window).error is None
    assert asked_for == [
        {"a": "b", "from": "2024-05-01T08:00:00+08:00", "to": "2024-05-02T08:00:00.500000+08:00"},
        {"a": "b", "from": "1714521600000", "to": "1714608000500"},
        {"a": "b", "from": "20240501080000", "to": "20240502080000"},
    ]


def test_posted_parameters_travel_as_json(serve, pull):
    url = serve(lambda asked: body([{"got": json.loads(asked.body), "method": asked.method}]))
    found = pull("rest", {"base_url": url}, {"method": "POST", "params": {"a": 1}})
    assert json.loads(found.raws[0]) == {"got": {"a": 1}, "method": "POST"}


def test_a_plugins_own_words_for_records(serve, pull):
    class Own(RestSource):
        def records(self, stream, page):
            return [page["only"]]

        def record(self, stream, record):
            return {**record, "seen": True}

    found = pull("rest", {"base_url": serve(lambda asked: body({"only": {"n": 1}}))}, source=Own())
    assert found.raws == [b'{"n":1,"seen":true}']


def test_oauth2_fetches_a_token_once_and_again_when_it_is_refused(serve, pull):
    issued, refused = [], []

    def answer(asked):
        if asked.path == "/token":
            assert b"client_secret=geheim" in asked.body
            issued.append(1)
            return body({"access_token": f"t{len(issued)}", "expires_in": 3600})
        if asked.query["page"] == "2" and not refused:
            refused.append(1)
            return Answer(status=401)
        assert asked.headers["Authorization"] == f"Bearer t{len(issued)}"
        return body([{"n": asked.query["page"]}] if int(asked.query["page"]) < 4 else [])

    config = {"auth": "oauth2", "token_url": "/token", "client_id": "me", "client_secret": "geheim"}
    found = pull("rest", {"base_url": serve(answer), **config}, {"paging": "page"})
    assert len(found.raws) == 3
    assert len(issued) == 2


def test_a_refused_client_is_an_auth_error(serve, pull):
    config = {"auth": "oauth2", "token_url": "/token", "client_id": "me", "client_secret": "geheim"}
    for status in (400, 401, 403):
        url = serve(lambda asked, status=status: Answer(b"{}", status))
        assert isinstance(pull("rest", {"base_url": url, **config}).error, AuthError)


@pytest.mark.parametrize(
    ("config", "header", "value"),
    [
        ({"auth": "basic", "username": "u", "password": "p"}, "Authorization", "Basic dTpw"),
        ({"auth": "bearer", "token": "t"}, "Authorization", "Bearer t"),
        ({"auth": "api_key", "api_key": "k"}, "X-Api-Key", "k"),
        ({"auth": "api_key", "api_key": "k", "api_key_header": "Appcode"}, "Appcode", "k"),
    ],
)
def test_credentials_travel_in_their_header(serve, pull, config, header, value):
    seen = []
    url = serve(lambda asked: seen.append({k.title(): v for k, v in asked.headers.items()}) or body([]))
    assert pull("rest", {"base_url": url, **config}).error is None
    assert seen[0][header] == value


def test_an_hmac_signature_covers_what_the_template_names(serve, pull):
    def answer(asked):
        stamp = asked.headers["X-Timestamp"]
        text = f"GET\n/cases\na=b\n{stamp}\n{hashlib.sha256(b'').hexdigest()}"
        expected = hmac.new(b"key", text.encode(), "sha256").hexdigest()
        return body(
            [{"ok": asked.headers["X-Signature"] == expected and asked.headers["X-Access-Id"] == "me"}]
        )

    config = {"base_url": serve(answer), "auth": "hmac", "hmac_id": "me", "hmac_key": "key"}
    assert pull("rest", config, {"params": {"a": "b"}}).raws == [b'{"ok": true}']


def test_missing_credentials_are_a_config_error(serve, pull):
    error = pull("rest", {"base_url": serve(lambda asked: body([])), "auth": "oauth2"}).error
    assert isinstance(error, ConfigError)
    assert "token_url" in error.message


def test_gzip_and_gbk_bodies_are_read(serve, pull):
    text = json.dumps([{"name": "国土局"}], ensure_ascii=False)
    packed = gzip.compress(text.encode("gbk"))
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json; charset=GBK"}
    found = pull("rest", {"base_url": serve(lambda asked: Answer(packed, headers=headers))})
    assert json.loads(found.raws[0]) == {"name": "国土局"}


def test_a_charset_may_be_configured(serve, pull):
    text = json.dumps([{"name": "国土局"}], ensure_ascii=False)
    url = serve(lambda asked: Answer(text.encode("gb18030")))
    assert json.loads(pull("rest", {"base_url": url}, {"charset": "gb18030"}).raws[0]) == {"name": "国土局"}


@pytest.mark.parametrize("dated", [False, True])
def test_a_429_is_waited_out(serve, pull, dated):
    asked_at = []

    def answer(asked):
        asked_at.append(time.monotonic())
        if len(asked_at) > 1:
            return body([{"n": 1}])
        stamp = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 2))
        return Answer(status=429, headers={"Retry-After": stamp if dated else "1"})

    assert pull("rest", {"base_url": serve(answer)}).raws == [b'{"n": 1}']
    assert asked_at[1] - asked_at[0] >= (0.5 if dated else 1.0)


def test_a_429_beyond_the_deadline_ends_the_run_and_says_when(serve, pull):
    url = serve(lambda asked: Answer(status=429, headers={"Retry-After": "7200"}))
    error = pull("rest", {"base_url": url}).error
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 7200


def test_a_server_in_trouble_is_asked_again(serve, pull):
    answers = iter([Answer(status=503), body([{"n": 1}])])
    assert pull("rest", {"base_url": serve(lambda asked: next(answers))}).raws == [b'{"n": 1}']


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, AuthError), (403, AuthError), (404, SourceChanged), (400, SourceChanged), (502, Unavailable)],
)
def test_a_status_is_sorted_by_what_happens_next(serve, pull, status, kind):
    assert type(pull("rest", {"base_url": serve(lambda asked: Answer(b"x", status))}).error) is kind


def test_nobody_there_is_unavailable(pull):
    assert isinstance(pull("rest", {"base_url": "http://127.0.0.1:9"}).error, Unavailable)


def test_addresses_are_shown_without_their_secrets(serve, pull):
    url = serve(lambda asked: Answer(status=404))
    error = pull("rest", {"base_url": url}, {"params": {"access_token": "geheim", "page": "1"}}).error
    assert "geheim" not in error.message
    assert "page=1" in error.message
