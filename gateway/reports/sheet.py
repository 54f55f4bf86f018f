"""A report as a sheet: titles, columns, rows and notes, whoever writes it down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` for machines, its number on the form, what it is called, under what."""

    key: str
    vi: str
    en: str
    number: str | None = None
    under: tuple[str, str] | None = None
    """The heading that it shares with its neighbours, Vietnamese and English."""
    kind: Literal["text", "count", "percent", "hours"] = "count"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a line, a group with its sum, or the total of all."""

    kind: Literal["line", "group", "total"]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole report."""

    name: str
    form: str | None
    title_vi: str
    title_en: str
    heading: tuple[tuple[str, str], ...]
    """What stands above the table: what it is of, from when to when, as known when."""
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    notes: tuple[str, ...] = ()

    def view(self) -> dict[str, Any]:
        """Return the sheet as a document for machines: rows by the keys of the columns."""
        keys = [column.key for column in self.columns]
        return {
            "name": self.name,
            "form": self.form,
            "title": {"vi": self.title_vi, "en": self.title_en},
            "columns": [
                {"key": one.key, "number": one.number, "vi": one.vi, "en": one.en}
                for one in self.columns
            ],
            "rows": [
                {"kind": row.kind, **dict(zip(keys, row.cells, strict=True))} for row in self.rows
            ],
            "notes": list(self.notes),
        }


def percent(part: int, whole: int) -> float | None:
    """Return a share in per cent with two decimals; None of nothing."""
    return round(100 * part / whole, 2) if whole else None
