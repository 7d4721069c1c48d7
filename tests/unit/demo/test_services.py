"""The departments' services behave as real ones do: they ask who is there, page, and are busy at times."""

import gzip
import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable

import pytest
from lxml import etree

from hub.demo.city import City
from hub.demo.commerce import NAMESPACE, USER, CommerceService
from hub.demo.loopback import Loopback, Request, Response
from hub.demo.tax import CLIENT_ID, TaxService

ACity = Callable[..., City]


@pytest.fixture
def city(a_city: ACity) -> City:
    city = a_city(cases=2000)
    city.fill()
    return city


def token(service: TaxService, secret: str = "s") -> Response:
    form = f"grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={secret}"
    return service(Request("POST", "/oauth/token", {}, {}, form.encode()))


def page(service: TaxService, bearer: str, **query: str) -> Response:
    return service(Request("GET", "/api/v1/cases", query, {"authorization": f"Bearer {bearer}"}, b""))


def test_tax_gives_no_token_for_a_wrong_secret(city: City) -> None:
    assert token(TaxService(city.tax, "s"), "wrong").status == 401


def test_tax_gives_all_rows_once_through_expiring_tokens_and_busy_answers(city: City) -> None:
    service = TaxService(city.tax, "s")
    bearer, query, seen, statuses = "", {"page_size": "5"}, [], set()
    while query:
        answer = page(service, bearer, **query)
        statuses.add(answer.status)
        if answer.status == 401:
            bearer = json.loads(token(service).body)["access_token"]
        elif answer.status == 200:
            data = json.loads(answer.body)["data"]
            seen += data["list"]
            query = {"page_size": "5", "cursor": str(data["next"])} if data["next"] else {}
        else:
            assert answer.headers["Retry-After"] == "1"
    assert statuses == {200, 401, 429}
    assert len(seen) == len(city.tax.rows["cases"])


def test_tax_filters_by_time_of_change_both_ends_included(city: City) -> None:
    service = TaxService(city.tax, "s")
    bearer = json.loads(token(service).body)["access_token"]
    rows = [json.loads(raw) for _, raw in city.tax.rows["cases"]]
    low, high = rows[10]["gxsj"], rows[40]["gxsj"]
    listed = json.loads(page(service, bearer, updated_from=low, updated_to=high).body)["data"]["list"]
    assert listed == [row for row in rows if low <= row["gxsj"] <= high]


def ask(service: CommerceService, operation: str, *, password: str = "p", **given: str) -> Response:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in given.items())
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<{operation} xmlns="{NAMESPACE}">{inner}</{operation}></s:Body></s:Envelope>'
    )
    basic = b64encode(f"{USER}:{password}".encode()).decode()
    return service(Request("POST", "/", {}, {"authorization": f"Basic {basic}"}, body.encode()))


def test_commerce_answers_in_gbk_and_faults_at_times(city: City) -> None:
    service = CommerceService(city.commerce, "p")
    first = ask(service, "QueryCases", pageNo="1", pageSize="10")
    assert first.body.startswith(b'<?xml version="1.0" encoding="GBK"?>')
    rows = etree.fromstring(first.body).findall(f".//{{{NAMESPACE}}}Row")
    assert len(rows) == 10
    assert rows[0].findtext(f"{{{NAMESPACE}}}BM") == "市工商局"
    assert [ask(service, "QueryCases").status for _ in range(5)].count(500) == 1


def test_commerce_refuses_strangers_and_unknown_operations(city: City) -> None:
    service = CommerceService(city.commerce, "p")
    assert ask(service, "QueryCases", password="x").status == 401
    assert ask(service, "DropTables").status == 500
    bare = Request(
        "GET", "/", {}, {"authorization": f"Basic {b64encode(f'{USER}:p'.encode()).decode()}"}, b""
    )
    assert b"soap:Client" in service(bare).body


def test_the_loopback_server_compresses_what_is_long(city: City) -> None:
    server = Loopback(lambda _: Response(200, b"x" * 5000))
    server.start()
    try:
        asked = urllib.request.Request(server.url, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(asked) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(answer.read()) == b"x" * 5000
    finally:
        server.stop()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(server.url)
