"""A report written down: CSV for other programs, XLSX for people."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import tzinfo
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

import orjson
import xlsxwriter  # type: ignore[import-untyped]

from gateway.reports.books import BooksState
from gateway.reports.making import Report
from gateway.reports.sheet import Cell, Column, Language, Sheet, said
from gateway.reports.spreadsheets import write_rows


class Format(StrEnum):
    """How a report can be written down."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


MEDIA: Final[Mapping[Format, str]] = MappingProxyType(
    {
        Format.JSON: "application/json",
        Format.CSV: "text/csv; charset=utf-8",
        Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)


def write_report(report: Report, how: Format) -> bytes:
    """Write a report in a format."""
    return _WRITERS[how](report)


def said_of_books(report: Report) -> str:
    """Say how far the books go, in the report's language."""
    return said_of(report.books, report.sheet.language, report.zone)


def said_of(books: BooksState, language: Language, zone: tzinfo) -> str:
    """Say how far the books go."""
    until = books.booked_until
    if until is None:
        return said(_NOTHING, language)
    at = f"{until.astimezone(zone):%H:%M:%S %d/%m/%Y}"
    return said(_BEHIND if books.behind else _COMPLETE, language).format(at=at)


_NOTHING: Final = ("Chưa có số liệu nào được ghi sổ.", "Nothing is booked yet.")
_BEHIND: Final = (
    "Số liệu đã ghi sổ đến {at}; còn sự kiện chưa ghi sổ.",
    "Booked until {at}; there are events that are not booked yet.",
)
_COMPLETE: Final = (
    "Số liệu đã ghi sổ đến {at}; đã ghi hết các sự kiện.",
    "Booked until {at}; nothing is left to book.",
)


def _json(report: Report) -> bytes:
    return orjson.dumps(report.view(), option=orjson.OPT_UTC_Z)


def _csv(report: Report) -> bytes:
    """Write one line of headings, then the rows; UTF-8 with a mark, so that Excel reads it."""
    return write_rows(*_written(report.sheet))


def for_excel(report: Report) -> bytes:
    """Write CSV as Excel opens it that is set to the report's language: see `write_rows`."""
    return write_rows(*_written(report.sheet), language=report.sheet.language)


def _written(sheet: Sheet) -> tuple[list[str], Iterable[Sequence[Cell]]]:
    headings = [_heading_of(column, sheet.language) for column in sheet.columns]
    return headings, (row.cells for row in sheet.rows)


def _heading_of(column: Column, language: Language) -> str:
    above, title = column.group(language), column.called(language)
    title = f"{above}: {title}" if above else title
    return f"({column.number}) {title}" if column.number else title


def _xlsx(report: Report) -> bytes:
    sheet, out = report.sheet, io.BytesIO()
    with xlsxwriter.Workbook(out, {**_AS_WRITTEN, "in_memory": True}) as book:
        page = book.add_worksheet(sheet.name)
        looks = _looks(book)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        row = _write_title(page, report, looks)
        first = _write_headings(page, sheet, row, looks)
        page.repeat_rows(row, first - 1)
        page.freeze_panes(first, 2)
        for at, line in enumerate(sheet.rows, start=first):
            for no, (column, cell) in enumerate(zip(sheet.columns, line.cells, strict=True)):
                page.write(at, no, cell, looks[_look_of(column, line.kind)])
        for at, note in enumerate((*sheet.notes, said_of_books(report)), first + len(sheet.rows)):
            page.write(at + 1, 0, note, looks["note"])
    return out.getvalue()


def _write_title(page: Any, report: Report, looks: Mapping[str, Any]) -> int:
    sheet = report.sheet
    page.write(0, 0, sheet.form or "", looks["note"])
    page.write(1, 0, sheet.title.upper(), looks["title"])
    for at, (name, value) in enumerate(sheet.heading, start=2):
        page.write(at, 0, f"{name}: {value}", looks["plain"])
    return 3 + len(sheet.heading)


def _write_headings(page: Any, sheet: Sheet, row: int, looks: Mapping[str, Any]) -> int:
    """Write two rows of headings, and the columns' numbers; return the row that follows."""
    look, numbered = looks["heading"], any(column.number for column in sheet.columns)
    language = sheet.language
    at = 0
    for under, columns in groupby(sheet.columns, key=lambda column: column.under):
        below = list(columns)
        if under is not None and len(below) > 1:
            page.merge_range(row, at, row, at + len(below) - 1, said(under, language), look)
        for no, column in enumerate(below, start=at):
            if under is None:
                page.merge_range(row, no, row + 1, no, column.called(language), look)
            else:
                page.write(row + 1, no, column.called(language), look)
            if numbered:
                page.write(row + 2, no, f"({column.number})" if column.number else "", look)
            page.set_column(no, no, _WIDTHS.get(column.key, 11))
        at += len(below)
    return row + (3 if numbered else 2)


_AS_WRITTEN: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""What was written by somebody stays text, whatever it begins with."""
_WIDTHS: Final = {"no": 6, "unit": 46, "field": 30, "step": 30, "procedure": 46}


def _look_of(column: Column, kind: str) -> str:
    shape = {"text": "text", "count": "count"}.get(column.kind, "decimal")
    return f"{shape}-bold" if kind != "line" else shape


def _looks(book: Any) -> dict[str, Any]:
    font = {"font_name": "Times New Roman", "font_size": 11}
    edge = {**font, "border": 1, "valign": "vcenter"}
    shapes: dict[str, dict[str, Any]] = {
        "text": {"text_wrap": True},
        "count": {"num_format": "#,##0"},
        "decimal": {"num_format": "#,##0.00"},
    }
    looks = {name: book.add_format({**edge, **shape}) for name, shape in shapes.items()}
    looks |= {
        f"{name}-bold": book.add_format({**edge, **shape, "bold": True})
        for name, shape in shapes.items()
    }
    looks["heading"] = book.add_format({**edge, "bold": True, "text_wrap": True, "align": "center"})
    looks["title"] = book.add_format({**font, "bold": True, "font_size": 14})
    looks["plain"] = book.add_format(font)
    looks["note"] = book.add_format({**font, "italic": True})
    return looks


_WRITERS: Final[Mapping[Format, Callable[[Report], bytes]]] = MappingProxyType(
    {Format.JSON: _json, Format.CSV: _csv, Format.XLSX: _xlsx}
)
