"""CSV that Excel opens rightly, in which nothing that somebody wrote is ever run."""

import csv
import io
from datetime import UTC

import openpyxl
import pytest

from gateway.reports.books import BooksState
from gateway.reports.making import Report
from gateway.reports.sheet import Column, Row, Sheet
from gateway.reports.spreadsheets import write_rows
from gateway.reports.writers import Format, for_excel, write_report

ATTACKS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "http://x"]


@pytest.mark.parametrize("cell", ATTACKS[:-1])
def test_what_looks_like_a_formula_is_text(cell: str) -> None:
    written = write_rows(["Tên"], [[cell]]).decode("utf-8-sig")

    [_, [read]] = csv.reader(io.StringIO(written))
    assert read == f"'{cell}"


def test_excel_in_vietnamese_reads_its_own_form() -> None:
    vi, en = (write_rows(["Tên", "n"], [["Phố Hiến", 12.5]], language=one) for one in ("vi", "en"))

    assert vi == "\ufeffTên;n\r\nPhố Hiến;12,5\r\n".encode()
    assert en == "\ufeffTên,n\r\nPhố Hiến,12.5\r\n".encode()


def test_a_workbook_has_texts_numbers_and_no_formula() -> None:
    columns = (
        Column("no", "TT", "No.", kind="text"),
        Column("unit", "Đơn vị", "Unit", kind="text"),
        Column("received", "Tổng", "Total", "3", ("Tiếp nhận", "Received")),
        Column("share", "Tỷ lệ", "Share", "4", ("Tiếp nhận", "Received"), kind="percent"),
    )
    rows = [Row("line", (str(no), text, no, None)) for no, text in enumerate(ATTACKS)]
    sheet = Sheet("bieu-06", None, "a", "b", (), columns, rows, language="en")
    report = Report(sheet, BooksState(None, behind=False), UTC)

    page = openpyxl.load_workbook(io.BytesIO(write_report(report, Format.XLSX))).active

    assert page is not None
    cells = [cell for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)
    found = {cell.value: cell.offset(0, 1).value for cell in cells if cell.value in ATTACKS}
    assert found == {text: no for no, text in enumerate(ATTACKS)}
    assert "Received: Total" in for_excel(report).decode("utf-8-sig")
