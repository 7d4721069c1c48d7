"""The commerce bureau: a SOAP 1.1 service that answers in GBK, and faults when it is busy."""

import threading
from base64 import b64encode
from bisect import bisect_left
from html import escape

from lxml import etree

from hub.demo.days import stamp, wall_of
from hub.demo.filing import PAUSE_WORDS, Filing
from hub.demo.loopback import Request, Response

USER = "hub"
NAMESPACE = "http://gs.luoyang.example/approval"
OPERATIONS = {
    "QueryCases": "cases",
    "QuerySteps": "steps",
    "QueryNotices": "notices",
    "QueryPauses": "pauses",
}
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_TYPES = {"immediate": "即办件", "promised": "承诺件", "joint": "联办件", "upward": "上报件"}
_RESULTS = {"granted": "准予", "denied": "不准予", "not_accepted": "不予受理", "returned": "退件"}
_BUSY_EVERY = 25  # requests
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)

Row = dict[str, object]


class CommerceOffice:
    """Keeps the bureau's rows as GBK elements; ``rows`` lists them in order of their time of change."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[int, bytes]]] = {name: [] for name in OPERATIONS.values()}
        self._kept: dict[str, dict[object, tuple[int, bytes]]] = {name: {} for name in self.rows}

    def take(self, filing: Filing) -> None:
        """Note a filing and all that belongs to it."""
        no = filing.case_no
        self._add("cases", no, filing.updated, case_row(filing))
        for s in filing.steps:
            row: Row = {"SLH": no, "XH": s.no, "HJ": s.name, "BLR": s.handler, "SX": s.limit}
            row |= {"KSSJ": stamp(s.started), "JSSJ": stamp(s.ended)}
            self._add("steps", (no, s.no), max(s.ended or s.started, filing.shown), row)
        for n in filing.supplements:
            row = {
                "SLH": no,
                "XH": n.seq,
                "GZSJ": stamp(n.issued),
                "CL": n.materials,
                "BZSJ": stamp(n.received),
            }
            self._add("notices", (no, n.seq), n.received or n.issued, row)
        for p in filing.pauses:
            row = {"SLH": no, "XH": p.seq, "ZL": PAUSE_WORDS[p.kind], "YJ": p.basis, "PZR": p.approver}
            row |= {"LY": p.reason, "SQTS": p.days, "KSSJ": stamp(p.started), "JSSJ": stamp(p.ended)}
            self._add("pauses", (no, p.seq), max(p.recorded, p.ended or 0), row | {"RKSJ": stamp(p.recorded)})

    def spoil(self, filing: Filing, number: int) -> None:
        """Note a record no mapping can accept."""
        row = case_row(filing)
        match number % 3:
            case 0:
                row["SQSJ"] = "二〇一二年"
            case 1:
                row["JG"] = "待定？"
            case _:
                row["SLH"] = None
        self._add("cases", ("bad", number), filing.updated, row)

    def _add(self, stream: str, key: object, at: int, row: Row) -> None:
        row["GXSJ"] = stamp(at)
        inner = "".join(f"<{k}>{escape(str(v), quote=False)}</{k}>" for k, v in row.items() if v is not None)
        self._kept[stream][key] = (at, f"<Row>{inner}</Row>".encode("gbk"))

    def close(self) -> None:
        """List what was taken by time of change, as the bureau does."""
        self.rows.update({name: sorted(kept.values()) for name, kept in self._kept.items()})


def case_row(f: Filing) -> Row:
    """A case as the bureau's service gives it."""
    a = f.applicant
    return {
        "SLH": f.case_no,
        "SXBM": f.item_code,
        "BM": f.department,
        "XMMC": f.item.name,
        "BJLX": _TYPES[f.item.case_type],
        "SQRLX": "自然人" if a.kind == "person" else "企业",
        "SQR": a.name,
        "ZJLX": "身份证" if a.id_type == "citizen_id" else "统一社会信用代码",
        "ZJHM": a.id,
        "LXDH": a.phone,
        "QD": "窗口" if f.channel == "window" else "网上",
        "JBR": f.handler,
        "ZBJ": f.lead.case_no if f.lead else None,
        "SQSJ": stamp(f.received),
        "SLSJ": stamp(f.accepted),
        "BYSLSJ": stamp(f.refused),
        "JDSJ": stamp(f.decided),
        "BJSJ": stamp(f.closed),
        "LZSJ": stamp(f.delivered),
        "JG": _RESULTS[f.result] if f.result else None,
        "ZH": f.certificate,
        "YS": f.item.fee // 100 if f.item.fee and f.result == "granted" else None,
        "SS": f.fee_paid // 100 if f.fee_paid else None,
        "BB": f.version,
        "RKSJ": stamp(f.recorded),
    }


class CommerceService:
    """Answers the four queries page by page."""

    def __init__(self, office: CommerceOffice, password: str) -> None:
        self.office = office
        self._expected = "Basic " + b64encode(f"{USER}:{password}".encode()).decode()
        self._lock = threading.Lock()
        self._served = 0

    def __call__(self, request: Request) -> Response:
        with self._lock:
            self._served += 1
            served = self._served
        if request.headers.get("authorization") != self._expected:
            return Response(401, b"", "text/plain", {"WWW-Authenticate": "Basic"})
        if served % _BUSY_EVERY == 4:
            return _fault("soap:Server", "系统繁忙，请稍后再试", 500)
        body = _body(request.body)
        if body is None or not len(body):
            return _fault("soap:Client", "请求报文没有正文", 500)
        return self._query(body[0])

    def _query(self, asked: etree._Element) -> Response:
        operation = etree.QName(asked).localname
        rows = self.office.rows.get(OPERATIONS.get(operation, ""))
        if rows is None:
            return _fault("soap:Client", f"没有这个操作：{operation}", 500)
        given = {etree.QName(child).localname: child.text or "" for child in asked}
        size = min(int(given.get("pageSize") or 500), 1000)
        first = _place(rows, given.get("from"), 0)
        end = _place(rows, given.get("to"), len(rows), after=True)
        start = first + (int(given.get("pageNo") or 1) - 1) * size
        page = b"".join(raw for _, raw in rows[start : min(start + size, end)])
        total = f"<Total>{max(0, end - first)}</Total>".encode()
        answer = f'<{operation}Response xmlns="{NAMESPACE}">'.encode()
        return _envelope(answer + total + page + f"</{operation}Response>".encode(), 200)


def _body(content: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(content, _PARSER).find(f"{{{_ENVELOPE}}}Body")
    except etree.XMLSyntaxError:
        return None


def _place(rows: list[tuple[int, bytes]], text: str | None, default: int, *, after: bool = False) -> int:
    return bisect_left(rows, (wall_of(text) + after, b"")) if text else default


def _fault(code: str, text: str, status: int) -> Response:
    inner = f"<soap:Fault><faultcode>{code}</faultcode><faultstring>{escape(text)}</faultstring></soap:Fault>"
    return _envelope(inner.encode("gbk"), status)


def _envelope(body: bytes, status: int) -> Response:
    head = f'<?xml version="1.0" encoding="GBK"?>\n<soap:Envelope xmlns:soap="{_ENVELOPE}"><soap:Body>'
    content = head.encode() + body + b"</soap:Body></soap:Envelope>"
    return Response(status, content, "text/xml; charset=GBK")
