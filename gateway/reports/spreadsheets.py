"""Rows as CSV that a spreadsheet opens rightly: as text what is text, in its own language.

A cell that begins as a formula does is text with an apostrophe before it: nothing that somebody
wrote into a name or a reason is ever run. UTF-8 with a mark, without which Excel reads Vietnamese
as something else. Excel set to Vietnamese parts columns by semicolons and writes decimals with a
comma; for other programs it is commas and points.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from gateway.reports.sheet import Cell, Language

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_rows(
    headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, language: Language = "en"
) -> bytes:
    """Write one line of headings, then the rows; what is not known is an empty cell."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=";" if language == "vi" else ",")
    lines.writerow(headings)
    lines.writerows([_written(cell, language) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _written(cell: Cell, language: Language) -> Cell:
    match cell:
        case str() if cell.startswith(_FORMULAS):
            return f"'{cell}"
        case float() if language == "vi":
            return str(cell).replace(".", ",")
        case _:
            return cell
