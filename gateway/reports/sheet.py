"""A report as a sheet: titles, columns, rows and notes, whoever writes it down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Cell = str | int | float | None
Language = Literal["vi", "en"]
Pair = tuple[str, str]
"""The same in Vietnamese and in English."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` for machines, its number on the form, what it is called, under what."""

    key: str
    vi: str
    en: str
    number: str | None = None
    under: Pair | None = None
    """The heading that it shares with its neighbours, Vietnamese and English."""
    kind: Literal["text", "count", "percent", "hours"] = "count"

    def called(self, language: Language) -> str:
        return self.vi if language == "vi" else self.en

    def group(self, language: Language) -> str | None:
        """Return the heading above it, if there is one."""
        return None if self.under is None else said(self.under, language)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a line, a group with its sum, or the total of all."""

    kind: Literal["line", "group", "total"]
    cells: tuple[Cell, ...]
    of: str | None = None
    """The code of what a line is about: an agency, a field, a procedure."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole report; what it says itself is in its language."""

    name: str
    form: str | None
    title_vi: str
    title_en: str
    heading: tuple[tuple[str, str], ...]
    """What stands above the table: what it is of, from when to when, as known when."""
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    notes: tuple[str, ...] = ()
    language: Language = "vi"

    @property
    def title(self) -> str:
        return said((self.title_vi, self.title_en), self.language)

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


def said(pair: Pair, language: Language) -> str:
    """Return the half of a pair that is in a language."""
    return pair[0] if language == "vi" else pair[1]


def percent(part: int, whole: int) -> float | None:
    """Return a share in per cent with two decimals; None of nothing."""
    return round(100 * part / whole, 2) if whole else None
