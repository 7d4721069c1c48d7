"""SOAP: records out of envelopes in any encoding; faults sorted by what happens next."""

import json
from html import escape

import pytest

from hub.errors import AuthError, SourceChanged, Unavailable
from hub.model.records import Window

from .conftest import Answer

ENVELOPE = '<?xml version="1.0" encoding="{0}"?><s:Envelope xmlns:s="{1}"><s:Body>{2}</s:Body></s:Envelope>'
V11, V12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"


def soap(
    inner: str, *, charset: str = "utf-8", status: int = 200, header: bool = True, ns: str = V11
) -> Answer:
    content_type = f"text/xml; charset={charset}" if header else "text/xml"
    return Answer(ENVELOPE.format(charset, ns, inner).encode(charset), status, {"Content-Type": content_type})


ROWS = "<r:QResponse xmlns:r='urn:x'><r:Rows><r:Row><名>国土局</名><e/></r:Row></r:Rows></r:QResponse>"


@pytest.mark.parametrize("charset", ["utf-8", "gbk", "gb2312", "gb18030"])
@pytest.mark.parametrize("header", [True, False])
def test_answers_in_every_encoding_are_read(serve, pull, charset, header):
    url = serve(lambda asked: soap(ROWS, charset=charset, header=header))
    found = pull("soap", {"url": url, "namespace": "urn:x"})
    assert json.loads(found.raws[0]) == {"名": "国土局", "e": None}


@pytest.mark.parametrize("truth", ["utf-8", "gb18030"])
@pytest.mark.parametrize("claim", ["utf-8", "ascii", "klingon"])
def test_a_wrong_declaration_is_seen_through(serve, pull, truth, claim):
    sent = ENVELOPE.format(claim, V11, ROWS).encode(truth)
    url = serve(lambda asked: Answer(sent, headers={"Content-Type": f"text/xml; charset={claim}"}))
    assert json.loads(pull("soap", {"url": url}).raws[0]) == {"名": "国土局", "e": None}


@pytest.mark.parametrize(
    ("version", "ns", "content_type"),
    [("1.1", V11, "text/xml; charset=gbk"), ("1.2", V12, "application/soap+xml; charset=gbk; action=")],
)
def test_the_request_is_what_its_version_asks_for(serve, pull, version, ns, content_type):
    seen = []
    url = serve(lambda asked: seen.append(asked) or soap(ROWS, ns=ns))
    config = {"url": url, "namespace": "urn:x", "version": version}
    settings = {"operation": "Query", "charset": "gbk", "params": {"dept": "国土局", "f": {"a": 1}}}
    settings |= {"since_param": "from", "page_param": "pageNo", "size_param": "size", "page_size": 9}
    window = Window("2024-05-01T00:00:00+00:00", None, "incremental")
    pull("soap", config, settings, window=window)
    body = seen[0].body.decode("gb18030")
    assert seen[0].headers["Content-Type"].startswith(content_type)
    assert ("SOAPAction" in seen[0].headers) == (version == "1.1")
    for part in (ns, "<Query", "<dept>国土局</dept>", "<f><a>1</a></f>", "<from>2024-05-01 08:00:00</from>"):
        assert part in body
    assert "<pageNo>1</pageNo><size>9</size>" in body


def test_pages_end_at_an_empty_one_or_at_the_total(serve, pull):
    def answer(asked):
        page = int(asked.body.split(b"<p>")[1].split(b"<")[0])
        return soap(f"<R><Total>{total}</Total>" + (f"<Row><n>{page}</n></Row>" if page < 4 else "") + "</R>")

    url = serve(answer)
    total = 3
    found = pull("soap", {"url": url}, {"page_param": "p", "total": "Total"})
    assert (len(found.raws), found.error) == (3, None)
    total = 9
    assert (
        "9 records announced, 3 sent"
        in pull("soap", {"url": url}, {"page_param": "p", "total": "Total"}).error.message
    )


def test_xml_within_text_is_opened(serve, pull):
    inner = escape("<?xml version='1.0' encoding='GBK'?><d><Row><n>国</n></Row></d>")
    url = serve(lambda asked: soap(f"<R><return>{inner}</return></R>", charset="gbk"))
    assert json.loads(pull("soap", {"url": url}, {"inner": "return"}).raws[0]) == {"n": "国"}


@pytest.mark.parametrize(
    ("code", "said", "kind"),
    [
        ("soap:Server", "系统繁忙", Unavailable),
        ("soap:Client", "no such operation", SourceChanged),
        ("soap:Client", "Authentication failed", AuthError),
        ("soap:Server", "用户名或密码错误", AuthError),
    ],
)
@pytest.mark.parametrize("status", [200, 500])
def test_a_fault_is_sorted_by_what_happens_next(serve, pull, code, said, kind, status):
    fault = f"<s:Fault><faultcode>{code}</faultcode><faultstring>{said}</faultstring></s:Fault>"
    found = pull("soap", {"url": serve(lambda asked: soap(fault, status=status)), "retries": 0})
    assert type(found.error) is kind
    assert said in found.error.message


def test_a_fault_of_soap_12_is_read_too(serve, pull):
    fault = (
        "<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code>"
        "<s:Reason><s:Text xml:lang='zh'>忙</s:Text></s:Reason></s:Fault>"
    )
    config = {"url": serve(lambda asked: soap(fault, status=500, ns=V12)), "version": "1.2", "retries": 0}
    assert "s:Receiver: 忙" in pull("soap", config).error.message


def test_a_busy_server_is_asked_again(serve, pull):
    fault = "<s:Fault><faultcode>s:Server</faultcode><faultstring>busy</faultstring></s:Fault>"
    answers = iter([soap(fault, status=500), soap(ROWS)])
    assert len(pull("soap", {"url": serve(lambda asked: next(answers))}).raws) == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"<html>Maintenance</html>", "instead of a SOAP envelope"),
        (b"", "no XML"),
        (b"{}", "no XML"),
        (b"<s:Envelope", "no XML"),
        (b"\xff\xfe<", "is in none of"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        (b"<a>" * 5000 + b"</a>" * 5000, "no XML"),
    ],
)
def test_what_is_no_envelope_is_a_change(serve, pull, sent, words):
    error = pull("soap", {"url": serve(lambda asked: Answer(sent))}).error
    assert isinstance(error, SourceChanged), error
    assert words in error.message


def test_a_fault_inside_a_record_is_only_a_record(serve, pull):
    url = serve(lambda asked: soap("<R><Row><Fault>none</Fault></Row></R>"))
    assert json.loads(pull("soap", {"url": url}).raws[0]) == {"Fault": "none"}
