"""The land bureau: an exchange database in the ``EX_GDBS_*`` layout, polled by flag."""

from hub.demo.days import stamp
from hub.demo.filing import Filing
from hub.demo.tables import Exchange, Row

FLAG = "SJTBZT"
LAYOUT = {
    "EX_GDBS_SB": (
        "SBLSH",
        "SXBM SXMC SLBMMC XZQHDM SQRLX SQRMC SQRZJLX SQRZJHM SQRSJ XMMC SBSJ TJFS YSBLSH SJBBH",
    ),
    "EX_GDBS_YSL": ("SBLSH", "YSLZTDM YSLSJ SJBBH"),
    "EX_GDBS_SL": ("SBLSH", "SLZTDM SLSJ GDBLSX GDBLSXDW SLHZH SLRXM SJBBH"),
    "EX_GDBS_SPCL": ("SBLSH SPBZH", "SPHJDM SPHJMC SPRXM SPYJ SPSJ SPHJZTDM SJBBH"),
    "EX_GDBS_BZGZ": ("SBLSH XH", "BZGZYY BZCLQD BZGZSJ SJBBH"),
    "EX_GDBS_BZSL": ("SBLSH XH", "BZSJ SJBBH"),
    "EX_GDBS_TBCXSQ": ("SBLSH XH", "TBCXZL TBCXMC TBCXKSRQ TBCXPZR TBCXQDLY TBCXNR TBCXSX TBCXSXDW SJBBH"),
    "EX_GDBS_TBCXJG": ("SBLSH XH", "TBCXJSRQ TBCXSFJE SJBBH"),
    "EX_GDBS_BJ": ("SBLSH", "BJJGDM BJSJ SFJE ZJBH SJBBH"),
    "EX_GDBS_LQDJ": ("SBLSH", "LQSJ LQFS SJBBH"),
}
_RESULTS = {"granted": "0", "returned": "1", "denied": "1", "voided": "2", "forwarded": "4", "closed": "6"}
_STEPS = {"handle": "1", "review": "2", "approve": "3"}
_PAUSES = {"hearing": "A", "suspended": "B"}


class LandOffice:
    """Writes the rows of each step of a filing."""

    def __init__(self, url: str) -> None:
        self.exchange = Exchange(url, LAYOUT, FLAG)

    def take(self, filing: Filing) -> None:
        """Note a filing and all that belongs to it."""
        self._add("SB", filing, application_row(filing))
        if filing.channel == "online":
            row: Row = {"YSLZTDM": "1", "YSLSJ": stamp(filing.received + 300)}
            self._add("YSL", filing, row)
        if filing.accepted or filing.refused:
            self._add("SL", filing, acceptance_row(filing))
        for s in filing.steps:
            if s.ended:
                row = {"SPBZH": str(s.no), "SPHJDM": _STEPS.get(s.kind, s.kind), "SPHJMC": s.name}
                row |= {"SPRXM": s.handler, "SPYJ": "同意", "SPSJ": stamp(s.ended), "SPHJZTDM": "1"}
                self._add("SPCL", filing, row)
        self._add_interruptions(filing)
        if filing.closed:
            fee = f"{filing.fee_paid / 100:.2f}" if filing.fee_paid else None
            row = {"BJJGDM": _RESULTS[filing.result or "granted"], "BJSJ": stamp(filing.closed), "SFJE": fee}
            self._add("BJ", filing, row | {"ZJBH": filing.certificate})
        if filing.delivered:
            self._add("LQDJ", filing, {"LQSJ": stamp(filing.delivered), "LQFS": "1"})

    def _add_interruptions(self, filing: Filing) -> None:
        for n in filing.supplements:
            row: Row = {
                "XH": str(n.seq),
                "BZGZYY": "材料不齐",
                "BZCLQD": n.materials,
                "BZGZSJ": stamp(n.issued),
            }
            self._add("BZGZ", filing, row)
            if n.received:
                self._add("BZSL", filing, {"XH": str(n.seq), "BZSJ": stamp(n.received)})
        for p in filing.pauses:
            days = None if p.days is None else str(p.days)
            row = {"XH": str(p.seq), "TBCXZL": _PAUSES[p.kind], "TBCXKSRQ": stamp(p.started)}
            row |= {"TBCXPZR": p.approver, "TBCXQDLY": p.basis, "TBCXNR": p.reason}
            self._add("TBCXSQ", filing, row | {"TBCXSX": days, "TBCXSXDW": "G", "TBCXMC": None})
            if p.ended:
                self._add("TBCXJG", filing, {"XH": str(p.seq), "TBCXJSRQ": stamp(p.ended), "TBCXSFJE": "0"})

    def spoil(self, filing: Filing, number: int) -> None:
        """Note a row no mapping can accept."""
        row = application_row(filing)
        if number % 2:
            row["SBSJ"] = "0000-00-00"
        else:
            row["SQRLX"] = "9"
        self._add("SB", filing, row)

    def _add(self, table: str, filing: Filing, row: Row) -> None:
        row["SBLSH"] = filing.case_no
        row["SJBBH"] = str(filing.version)
        self.exchange.add(f"EX_GDBS_{table}", row)

    def close(self) -> None:
        self.exchange.flush()


def application_row(f: Filing) -> Row:
    a = f.applicant
    return {
        "SXBM": f.item_code,
        "SXMC": f.item.name,
        "SLBMMC": f.department,
        "XZQHDM": "410300",
        "SQRLX": "1" if a.kind == "person" else "2",
        "SQRMC": a.name,
        "SQRZJLX": "10" if a.id_type == "citizen_id" else "51",
        "SQRZJHM": a.id,
        "SQRSJ": a.phone,
        "XMMC": f.item.name,
        "SBSJ": stamp(f.received),
        "TJFS": "1" if f.channel == "window" else "2",
        "YSBLSH": None,
    }


def acceptance_row(f: Filing) -> Row:
    length, unit = f.item.at((f.accepted or f.received) // 86_400).statutory
    unit_code = {"working_day": "G", "calendar_day": "Z"}.get(unit)
    return {
        "SLZTDM": "2" if f.refused else "1",
        "SLSJ": stamp(f.refused or f.accepted),
        "GDBLSX": str(length) if unit_code else None,
        "GDBLSXDW": unit_code,
        "SLHZH": f"SL{f.case_no}",
        "SLRXM": f.handler,
    }
