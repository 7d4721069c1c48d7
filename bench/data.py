"""The bench's records: half a million approvals of twenty fields, as a department's interface gives them."""

import itertools
import json
from collections.abc import Iterator
from typing import Literal

Variant = Literal["first", "tenth", "reordered"]
FIELDS = 20

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗"
_DIGITS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def record(n: int, variant: Variant = "first") -> dict[str, object]:
    """Record n. ``tenth``: every tenth one has moved on; ``reordered``: other bytes, same values."""
    day = n % 28 + 1
    made: dict[str, object] = {
        "lsh": f"4103002012{n:09d}",
        "sxbm": f"{n % 256:012d}",
        "sxmc": f"建筑工程施工许可证核发（{n % 256}）",
        "bm": f"市住房和城乡建设委员会{n % 48}",
        "xzqh": "410300",
        "lx": "承诺件",
        "xmmc": f"洛阳新区第{n}号项目",
        "sqrlx": str(n % 3 + 1),
        "sqrmc": f"{_SURNAMES[n % 20]}{_SURNAMES[n // 20 % 20]}",
        "zjlx": "身份证",
        "zjhm": _identity(n),
        "lxdh": f"138{n % 100_000_000:08d}",
        "qd": "窗口",
        "ck": f"{n % 60}号窗口",
        "jbr": f"经办{n % 300}",
        "sbsj": f"2012-09-{day:02d} 09:{n % 60:02d}:{n // 60 % 60:02d}",
        "slsj": f"2012-09-{day:02d} 15:{n % 60:02d}:{n // 60 % 60:02d}",
        "bjsj": f"2012-10-{day:02d} 11:{n % 60:02d}:{n // 60 % 60:02d}",
        "jg": "0",
        "sfje": f"{n % 500}.00",
    }
    if variant == "tenth" and n % 10 == 3:
        made["bjsj"] = f"2012-11-{day:02d} 16:{n % 60:02d}:00"
        made["jbr"] = f"经办{n % 300 + 1}"
    if variant == "reordered":
        made = dict(reversed(made.items()))
    return made


def _identity(n: int) -> str:
    body = f"410305{1950 + n % 50}{n % 12 + 1:02d}{n % 28 + 1:02d}{n % 1000:03d}"
    total = sum(int(d) * w for d, w in zip(body, _DIGITS, strict=True))
    return body + "10X98765432"[total % 11]


def pages(count: int, variant: Variant, size: int = 5000) -> Iterator[bytes]:
    """Pages of the interface: {"data": {"list": […], "next": cursor or null}}."""
    for start in range(0, count, size):
        stop = min(start + size, count)
        following = str(stop) if stop < count else None
        rows = [record(n, variant) for n in range(start, stop)]
        yield json.dumps({"data": {"list": rows, "next": following}}, ensure_ascii=False).encode()


def ready_line(n: int) -> str:
    """Record n as a line of COPY text; no value needs escaping."""
    return "\t".join(map(str, record(n).values())) + "\n"


def csv_lines() -> Iterator[str]:
    """A header and records without end; no value needs quoting."""
    yield ",".join(record(0)) + "\n"
    for n in itertools.count():
        yield ",".join(map(str, record(n).values())) + "\n"


#: The same fields as the columns of an exchange table, timestamps and amounts typed.
FIELD_TYPES = {
    name: "timestamp" if name in ("sbsj", "slsj", "bjsj") else "numeric(12,2)" if name == "sfje" else "text"
    for name in record(0)
}

MAPPING = """
[streams.permits]
record = "case"
[streams.permits.fields]
case_no = "lsh"
item_code = "sxbm"
title = "xmmc"
department = "bm"
region = "xzqh"
case_type = { from = "lx", codes = { "承诺件" = "promised", "即办件" = "immediate" } }
applicant_type = { from = "sqrlx", codes = { "1" = "person", "2" = "enterprise", "3" = "other" } }
applicant_name = "sqrmc"
applicant_id_type = "zjlx"
applicant_id = "zjhm"
phone = "lxdh"
channel = "qd"
window = "ck"
handler = "jbr"
received_at = { from = "sbsj", as = "datetime", format = "%Y-%m-%d %H:%M:%S" }
accepted_at = { from = "slsj", as = "datetime", format = "%Y-%m-%d %H:%M:%S" }
closed_at = { from = "bjsj", as = "datetime", format = "%Y-%m-%d %H:%M:%S" }
result = { from = "jg", codes = { "0" = "granted", "1" = "returned" } }
fee_paid = { from = "sfje", as = "money" }
certificate_no = "sxmc"
"""
