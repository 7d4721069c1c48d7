"""The housing committee: a folder it drops GB18030 CSV files and workbooks into."""

# ruff: noqa: SIM905 - one line per header row reads better

import csv
import io
from pathlib import Path

from hub.demo.days import stamp
from hub.demo.filing import PAUSE_WORDS, Filing
from hub.demo.xlsx import write_xlsx

_RESULTS = {"granted": "准予许可", "denied": "不予许可", "not_accepted": "不予受理", "returned": "退件"}
# Columns as the export names them, in its order.
_CASES = (
    "办件编号,事项编码,实施部门,项目名称,申请人类型,申请人,证件类型,证件号码,联系电话,申请方式,经办人,收件时间,"
    "受理时间,不予受理时间,决定时间,办结时间,领证时间,办理结果,证书编号,应收金额,实收金额,版本,录入时间"
).split(",")
_PAUSES = "办件编号,序号,种类,依据,批准人,理由,申请天数,开始时间,结束时间,录入时间".split(",")
_STEPS = "办件编号,序号,环节,办理人,开始时间,结束时间,时限".split(",")
_NOTICES = "办件编号,序号,告知时间,材料,补齐时间".split(",")
_PER_FILE = 20_000


class HousingOffice:
    """Writes its files as filings come; a new round of files gets a new number."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*-[0-9][0-9][0-9].*"):
            old.unlink()  # of a city that was here before
        self.folder = folder
        self.round = 0
        self._begin()

    def _begin(self) -> None:
        self._cases = io.BytesIO()
        self._count = 0
        self._steps: list[list[str | None]] = []
        self._pauses: list[list[str | None]] = []
        self._notices: list[list[str | None]] = []
        self._write(_CASES)

    def take(self, filing: Filing) -> None:
        """Note a filing and all that belongs to it."""
        no = filing.case_no
        self._write(case_row(filing))
        self._count += 1
        for s in filing.steps:
            limit = None if s.limit is None else f"{s.limit}"
            self._steps.append([no, str(s.no), s.name, s.handler, stamp(s.started), stamp(s.ended), limit])
        for p in filing.pauses:
            row = [no, str(p.seq), PAUSE_WORDS[p.kind], p.basis, p.approver, p.reason]
            days = None if p.days is None else str(p.days)
            self._pauses.append([*row, days, stamp(p.started), stamp(p.ended), stamp(p.recorded)])
        for n in filing.supplements:
            self._notices.append([no, str(n.seq), stamp(n.issued), n.materials, stamp(n.received)])
        if self._count >= _PER_FILE:
            self.close()

    def spoil(self, filing: Filing, number: int) -> None:
        """Note a row no mapping can accept: garbage bytes, a bad date, an unknown result, no key."""
        row = case_row(filing)
        match number % 4:
            case 0:
                self._cases.write(b"\xff\xff\x80\x80" + ",".join(row[4:]).encode("gb18030") + b"\r\n")
                return
            case 1:
                row[11] = "2012年13月45日"
            case 2:
                row[17] = "不明"
            case _:
                row[0] = ""
        self._write(row)

    def _write(self, row: list[str]) -> None:
        text = io.StringIO()
        csv.writer(text).writerow(row)
        self._cases.write(text.getvalue().encode("gb18030"))

    def close(self) -> None:
        """Drop what was noted as one round of files; nothing noted, nothing dropped."""
        self.round += 1
        if self._count:
            (self.folder / f"cases-{self.round:03d}.csv").write_bytes(self._cases.getvalue())
        for name, header, rows in (("pauses", _PAUSES, self._pauses), ("notices", _NOTICES, self._notices)):
            if rows:
                write_xlsx(self.folder / f"{name}-{self.round:03d}.xlsx", [header, *rows])
        if self._steps:
            with (self.folder / f"steps-{self.round:03d}.csv").open(
                "w", encoding="gb18030", newline=""
            ) as file:
                csv.writer(file).writerows([_STEPS, *self._steps])
        self._begin()


def case_row(f: Filing) -> list[str]:
    """A case as the committee's export has it: two ways to write a date, a newline in a cell."""
    a = f.applicant
    slashes = f.received % 3 == 0
    row: list[str | None] = [f.case_no, f.item_code, f.department]
    row.append(f"{f.item.name}\n（窗口收件）" if f.received % 5 == 0 else f.item.name)
    row += ["个人" if a.kind == "person" else "企业", a.name]
    row += ["身份证" if a.id_type == "citizen_id" else "统一社会信用代码", a.id, a.phone]
    row += ["窗口" if f.channel == "window" else "网上", f.handler]
    times = (f.received, f.accepted, f.refused, f.decided, f.closed, f.delivered)
    row += [_date(t, slashes=slashes) for t in times]
    row += [_RESULTS[f.result] if f.result else None, f.certificate, _yuan(f.told_due)]
    row += [_yuan(f.told_paid), str(f.version), stamp(f.recorded)]
    return [cell or "" for cell in row]


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else f"{fen / 100:.2f}"


def _date(second: int | None, *, slashes: bool) -> str | None:
    text = stamp(second)
    return text.replace("-", "/") if text and slashes else text
