"""A report as a table in a terminal, or in a text file."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from gateway.reports.making import Report
from gateway.reports.sheet import Cell, Column
from gateway.reports.writers import said_of_books

_NAMES = 24
_WIDE = 200
"""Columns of a text file, and of what is not a terminal."""


def print_report(report: Report, out: Path | None) -> None:
    """Print a report for people; to a file, if one is named."""
    if out is None:
        _print(report, Console(width=None if Console().is_terminal else _WIDE))
        return
    with out.open("w", encoding="utf-8") as file:
        _print(report, Console(file=file, width=_WIDE))


def _print(report: Report, console: Console) -> None:
    sheet = report.sheet
    title = f"{sheet.form}. {sheet.title_vi}" if sheet.form else sheet.title_vi
    console.print(f"[bold]{title}[/bold]")
    for name, value in sheet.heading:
        console.print(f"{name}: {value}", highlight=False)
    table = Table(show_lines=False)
    for column in sheet.columns:
        is_text = column.kind == "text"
        table.add_column(
            _heading_of(column),
            justify="left" if is_text else "right",
            min_width=_NAMES if is_text and column.key != "no" else None,
        )
    for row in sheet.rows:
        cells = [_said(cell) for cell in row.cells]
        table.add_row(*cells, style=None if row.kind == "line" else "bold")
    console.print(table)
    for note in (*sheet.notes, said_of_books(report)):
        console.print(note, highlight=False)


def _heading_of(column: Column) -> str:
    title = f"{column.under[0]}: {column.vi}" if column.under else column.vi
    return f"{title}\n({column.number})" if column.number else title


def _said(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case float():
            return f"{cell:,.2f}".replace(",", " ").replace(".", ",")
        case int():
            return f"{cell:,}".replace(",", ".")
        case _:
            return cell
