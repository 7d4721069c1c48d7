"""The hall: the city's own approval system for all other windows, in the ``EA_JC_STEP_*`` layout."""

from hub.demo.days import stamp
from hub.demo.filing import Filing
from hub.demo.tables import Exchange, Row

FLAG = "SIGNSTATE"
_COMMON = "DATAVER REGION_ID OCCURTIME MAKETIME"
LAYOUT = {
    "EA_JC_STEP_BASICINFO": (
        "ORGBUSNO PROJID",
        "ITEMNO ITEMNAME PROJECTNAME APPLICANT APPLYERTYPE APPLYERPAGETYPE APPLYERPAGECODE MOBILE "
        "ACCEPTDEPTID ACCEPTDEPTNAME APPROVALTYPE PROMISETIMELIMIT PROMISETIMEUNIT TIMELIMIT TIMEUNIT "
        f"SUBMIT {_COMMON}",
    ),
    "EA_JC_STEP_PROC": (
        "ORGBUSNO PROJID SN",
        f"NODENAME NODETYPE NODEPROCER NODESTATE NODESTARTTIME NODEENDTIME TIMELIMIT NODERESULT {_COMMON}",
    ),
    "EA_JC_STEP_SPECIALNODE": (
        "ORGBUSNO PROJID SN",
        "NODENAME NODEPROCER NODESTARTTIME NODEENDTIME NODEPROCACCORD NODEPROCADV TIMELIMIT NODERESULT "
        f"{_COMMON}",
    ),
    "EA_JC_STEP_DONE": (
        "ORGBUSNO PROJID",
        f"DONERESULT DONETIME EXITRES CERTIFICATENO ISFEE FEE FEESTANDARD {_COMMON}",
    ),
}
_APPROVAL = {"immediate": "1", "promised": "2", "joint": "3", "upward": "4"}
_UNITS = {"working_day": ("1", "G"), "calendar_day": ("2", "Z"), "month": ("5", "M")}
_RESULTS = {
    "granted": "0",
    "denied": "1",
    "voided": "2",
    "forwarded": "4",
    "returned": "5",
    "not_accepted": "6",
}
_SPECIAL = {"hearing": "2", "publicity": "3", "verification": "4", "suspended": "5"}
REGION = "410300"


class HallOffice:
    """Writes the rows of each step of a filing, in push order."""

    def __init__(self, url: str, departments: dict[str, str]) -> None:
        self.exchange = Exchange(url, LAYOUT, FLAG)
        self.departments = departments

    def take(self, filing: Filing) -> None:
        """Note a filing and all that belongs to it."""
        self._add("BASICINFO", filing, filing.received, filing.recorded, self.basic(filing))
        self._add_steps(filing)
        self._add_special(filing)
        if filing.closed or filing.refused:
            closed = filing.closed or filing.refused or 0
            row: Row = {"DONERESULT": _RESULTS[filing.result or "granted"], "DONETIME": stamp(closed)}
            row |= {
                "EXITRES": None if filing.result == "granted" else "不符合条件",
                "ISFEE": "1" if filing.fee_paid else "0",
            }
            row |= {
                "CERTIFICATENO": filing.certificate,
                "FEE": f"{filing.fee_paid / 100:.2f}" if filing.fee_paid else None,
            }
            self._add("DONE", filing, closed, closed + 600, row | {"FEESTANDARD": None})

    def _add_steps(self, filing: Filing) -> None:
        if filing.refused or filing.accepted:
            at = filing.accepted or filing.refused or 0
            row = _node(0, "受理", "1", filing.handler, filing.received, at, None)
            self._add("PROC", filing, at, at + 300, row | {"NODERESULT": "4" if filing.accepted else "2"})
        for s in filing.steps:
            kind = "3" if s.kind == "approve" else "2"
            row = _node(s.no, s.name, kind, s.handler, s.started, s.ended, s.limit)
            at = s.ended or s.started
            self._add("PROC", filing, at, at + 300, row | {"NODERESULT": "1" if s.ended else None})

    def _add_special(self, filing: Filing) -> None:
        seq = 0
        for n in filing.supplements:
            seq += 1
            row: Row = {"SN": str(seq), "NODENAME": "补正", "NODEPROCADV": n.materials, "NODERESULT": "1"}
            row |= {"NODESTARTTIME": stamp(n.issued), "NODEENDTIME": stamp(n.received or n.issued)}
            self._add("SPECIALNODE", filing, n.issued, n.issued + 300, row)
        for p in filing.pauses:
            seq += 1
            row = {"SN": str(seq), "NODENAME": p.kind, "NODEPROCACCORD": p.basis, "NODEPROCER": p.approver}
            row |= {"NODEPROCADV": p.reason, "TIMELIMIT": None if p.days is None else str(p.days)}
            row |= {"NODESTARTTIME": stamp(p.started), "NODEENDTIME": stamp(p.ended or p.started)}
            self._add("SPECIALNODE", filing, p.started, p.recorded, row | {"NODERESULT": _SPECIAL[p.kind]})

    def spoil(self, filing: Filing, number: int) -> None:
        """Note a row no mapping can accept."""
        row = self.basic(filing)
        happened, recorded = filing.received, filing.recorded
        match number % 3:
            case 0:
                row["APPROVALTYPE"] = "7"
            case 1:
                row["PROJID"] = ""
            case _:
                row["OCCURTIME"] = "2012-02-30 10:00:00"
        self._add("BASICINFO", filing, happened, recorded, row)

    def basic(self, f: Filing) -> Row:
        a = f.applicant
        version = f.item.at((f.accepted or f.received) // 86_400)
        return {
            "PROJID": f.case_no,
            "ITEMNO": f.item_code,
            "ITEMNAME": f.item.name,
            "PROJECTNAME": f.item.name,
            "APPLICANT": a.name,
            "APPLYERTYPE": "1" if a.kind == "person" else "2",
            "APPLYERPAGETYPE": "10" if a.id_type == "citizen_id" else "51",
            "APPLYERPAGECODE": a.id,
            "MOBILE": a.phone,
            "ACCEPTDEPTID": self.departments[f.department],
            "ACCEPTDEPTNAME": f.department,
            "APPROVALTYPE": _APPROVAL[f.item.case_type],
            "PROMISETIMELIMIT": str(version.promise[0]),
            "PROMISETIMEUNIT": _UNITS[version.promise[1]][0],
            "TIMELIMIT": str(version.statutory[0]),
            "TIMEUNIT": _UNITS[version.statutory[1]][1],
            "SUBMIT": "0" if f.channel == "window" else "1",
        }

    def _add(self, table: str, filing: Filing, happened: int, recorded: int, row: Row) -> None:
        row.setdefault("PROJID", filing.case_no)
        row["ORGBUSNO"] = f"{row['PROJID'] or filing.case_no}"
        row |= {"DATAVER": str(filing.version), "REGION_ID": REGION}
        row.setdefault("OCCURTIME", stamp(happened))
        row["MAKETIME"] = stamp(recorded)
        self.exchange.add(f"EA_JC_STEP_{table}", row)

    def close(self) -> None:
        self.exchange.flush()


def _node(no: int, name: str, kind: str, handler: str, start: int, end: int | None, limit: int | None) -> Row:
    return {
        "SN": str(no),
        "NODENAME": name,
        "NODETYPE": kind,
        "NODEPROCER": handler,
        "NODESTATE": "02" if end else "01",
        "NODESTARTTIME": stamp(start),
        "NODEENDTIME": stamp(end),
        "TIMELIMIT": None if limit is None else str(limit),
    }
