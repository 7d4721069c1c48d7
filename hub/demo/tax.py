"""The tax bureau: a REST service with OAuth2 client credentials, cursors, 429 and gzip."""

import itertools
import json
import threading
from base64 import b64decode
from bisect import bisect_left
from urllib.parse import parse_qs

from hub.demo.days import stamp, wall_of
from hub.demo.filing import PAUSE_WORDS, Filing
from hub.demo.loopback import Request, Response

CLIENT_ID = "hub-of-luoyang"
STREAMS = ("cases", "pauses", "extensions", "payments")
_RESULTS = {"granted": "1", "denied": "2", "not_accepted": "3", "returned": "4"}
_TOKEN_LIVES = 25  # requests
_BUSY_EVERY = 30  # requests


class TaxOffice:
    """Keeps the bureau's rows, encoded; ``rows`` lists them in order of their time of change."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[int, bytes]]] = {name: [] for name in STREAMS}
        self._kept: dict[str, dict[object, tuple[int, bytes]]] = {name: {} for name in STREAMS}

    def take(self, filing: Filing) -> None:
        """Note a filing and all that belongs to it."""
        at = filing.updated
        self._add("cases", filing.case_no, at, case_row(filing))
        for p in filing.pauses:
            row = {
                "lsh": filing.case_no,
                "xh": p.seq,
                "zl": PAUSE_WORDS[p.kind],
                "yj": p.basis,
                "pzr": p.approver,
            }
            row |= {"ly": p.reason, "sqts": p.days, "kssj": stamp(p.started), "jssj": stamp(p.ended)}
            self._add(
                "pauses",
                (filing.case_no, p.seq),
                max(p.recorded, p.ended or 0),
                row | {"rksj": stamp(p.recorded)},
            )
        for e in filing.extensions:
            row = {"lsh": filing.case_no, "xh": e.seq, "ycts": e.days, "pzr": e.approver, "ly": e.reason}
            self._add("extensions", (filing.case_no, e.seq), e.approved, row | {"pzsj": stamp(e.approved)})
        if filing.fee_paid_at:
            row = {
                "lsh": filing.case_no,
                "xh": 1,
                "je": money(filing.fee_paid),
                "jfsj": stamp(filing.fee_paid_at),
            }
            self._add("payments", filing.case_no, filing.fee_paid_at, row)

    def spoil(self, filing: Filing, number: int) -> None:
        """Note a record no mapping can accept: a bad date, an unknown code, no key."""
        row = case_row(filing)
        match number % 3:
            case 0:
                row["sbsj"] = "2012-13-45 25:61:00"
            case 1:
                row["jgdm"] = "Z9"
            case _:
                row["lsh"] = None
        self._add("cases", ("bad", number), filing.updated, row)

    def _add(self, stream: str, key: object, at: int, row: dict[str, object]) -> None:
        row["gxsj"] = stamp(at)
        raw = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
        self._kept[stream][key] = (at, raw)

    def close(self) -> None:
        """List what was taken by time of change, as the bureau does."""
        self.rows.update({name: sorted(kept.values()) for name, kept in self._kept.items()})


def case_row(f: Filing) -> dict[str, object]:
    """A case as the bureau's service gives it."""
    a = f.applicant
    return {
        "lsh": f.case_no,
        "sxbm": f.item_code,
        "bmmc": f.department,
        "xmmc": f.item.name,
        "sqr": {
            "lx": "1" if a.kind == "person" else "2",
            "mc": a.name,
            "zjlx": "10" if a.id_type == "citizen_id" else "51",
            "zjhm": a.id,
            "dh": a.phone,
        },
        "qd": "1" if f.channel == "window" else "2",
        "jbr": f.handler,
        "sbsj": stamp(f.received),
        "slsj": stamp(f.accepted),
        "bslsj": stamp(f.refused),
        "jdsj": stamp(f.decided),
        "bjsj": stamp(f.closed),
        "sdsj": stamp(f.delivered),
        "cnqx": stamp(f.due),
        "jgdm": _RESULTS[f.result] if f.result else None,
        "zsbh": f.certificate,
        "ysje": money(f.told_due),
        "ssje": money(f.told_paid),
        "sjbb": f.version,
        "rksj": stamp(f.recorded),
    }


def money(fen: int | None) -> str | None:
    return None if fen is None else f"{fen // 100}.{fen % 100:02d}"


class TaxService:
    """Answers requests: a token first, then pages by cursor; now and then it is too busy."""

    def __init__(self, office: TaxOffice, secret: str) -> None:
        self.office = office
        self.secret = secret
        self._lock = threading.Lock()
        self._tokens: dict[str, int] = {}
        self._numbers = itertools.count(1)
        self._served = 0

    def __call__(self, request: Request) -> Response:
        with self._lock:
            if request.path == "/oauth/token":
                return self._grant(request)
            return self._refusal(request) or self._page(request)

    def _grant(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        given = (form.get("client_id", ""), form.get("client_secret", ""))
        scheme, _, basic = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            user, _, password = b64decode(basic).decode().partition(":")
            given = (user, password)
        if given != (CLIENT_ID, self.secret) or form.get("grant_type") != "client_credentials":
            return _json(401, {"error": "invalid_client"})
        token = f"demo-token-{next(self._numbers)}"
        self._tokens[token] = _TOKEN_LIVES
        return _json(200, {"access_token": token, "token_type": "Bearer", "expires_in": 600})

    def _refusal(self, request: Request) -> Response | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._tokens.get(token, 0) <= 0:
            return _json(401, {"code": 40101, "msg": "令牌无效或已过期"})
        self._tokens[token] -= 1
        self._served += 1
        if self._served % _BUSY_EVERY == 3:
            return Response(429, b'{"code":42901}', headers={"Retry-After": "1"})
        return None

    def _page(self, request: Request) -> Response:
        rows = self.office.rows.get(request.path.removeprefix("/api/v1/"))
        if rows is None:
            return _json(404, {"code": 40400, "msg": "没有这个接口"})
        query = request.query
        size = min(int(query.get("page_size", "500")), 1000)
        start = int(query["cursor"]) if "cursor" in query else _place(rows, query.get("updated_from"), 0)
        end = _place(rows, query.get("updated_to"), len(rows), after=True)
        page = rows[start : min(start + size, end)]
        following = f'"{start + size}"' if start + size < end else "null"
        body = b'{"code":0,"data":{"next":' + following.encode() + b',"list":['
        return Response(200, body + b",".join(raw for _, raw in page) + b"]}}")


def _place(rows: list[tuple[int, bytes]], text: str | None, default: int, *, after: bool = False) -> int:
    if not text:
        return default
    return bisect_left(rows, (wall_of(text) + after, b""))


def _json(status: int, body: dict[str, object]) -> Response:
    return Response(status, json.dumps(body, ensure_ascii=False).encode())
