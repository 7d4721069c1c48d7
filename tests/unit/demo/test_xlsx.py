"""The small workbook opens in a real reader."""

from pathlib import Path

import openpyxl

from hub.demo.xlsx import write_xlsx


def test_a_workbook_is_read_back_as_written(tmp_path: Path) -> None:
    rows = [["编号", "理由"], ["1", "材料 <不齐> & 缺件"], [None, "第二行\n换行"]]
    write_xlsx(tmp_path / "a.xlsx", rows)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == rows


def test_columns_beyond_z_keep_their_order(tmp_path: Path) -> None:
    row = [str(i) for i in range(60)]
    write_xlsx(tmp_path / "wide.xlsx", [row])
    sheet = openpyxl.load_workbook(tmp_path / "wide.xlsx").active
    assert [cell.value for cell in next(sheet.iter_rows())] == row


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_xlsx(tmp_path / name, [["x"]])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
