"""What a cell of a directory's tables may hold, column by column, and what to do about others.

A cell is repeated in a fault only where it is a code; a name could be anything.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final
from unicodedata import is_normalized

from routing.data.tables import legal_midnight
from schemas.identifiers import AGENCY_CODE_LIMIT, AGENCY_PATTERN, AGENCY_REF_PATTERN, UNIT_PATTERN
from schemas.wire import LINE_PATTERN

CERTAINTIES: Final = ("observed", "secondary", "memory", "unverified")

_AGENCY = re.compile(AGENCY_PATTERN)
_REFERENCE = re.compile(AGENCY_REF_PATTERN)
_UNIT = re.compile(UNIT_PATTERN)
_LINE = re.compile(LINE_PATTERN)
_WORD = re.compile(r"[a-z][a-z0-9-]{0,39}(?:\.[a-z][a-z0-9-]{0,39})?")
_VERSION = re.compile(r"[a-z0-9][a-z0-9.-]{2,79}")
_DATE = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\d")
_LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with something, and what to do about it."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a place: file, line (from 1) and, unless it is the line, the column."""

    file: str
    line: int
    column: int | None
    field: str | None
    what: str
    remedy: str

    def __str__(self) -> str:
        where = "" if self.column is None else f", column {self.column} ({self.field})"
        return f"{self.file}, line {self.line}{where}: {self.what}: {self.remedy}"


@cache
def read_date(cell: str) -> datetime | None:
    """Return the instant at which a date begins in Vietnam; None for an empty cell."""
    return legal_midnight(cell) if cell else None


def _agency(cell: str) -> Wrong | None:
    if _AGENCY.fullmatch(cell) and len(cell) <= AGENCY_CODE_LIMIT:
        return None
    return Wrong(
        f"{cell[:40]!r} is not an agency code",
        "a letter A to Y, two digits, then groups after dots, 35 characters at most (QĐ 20/2020)",
    )


def _agency_or_none(cell: str) -> Wrong | None:
    return _agency(cell) if cell else None


def _agencies(cell: str) -> Wrong | None:
    return _each(cell, _agency) if cell else None


def _units(cell: str) -> Wrong | None:
    return _each(cell, _unit) if cell else None


def _unit(cell: str) -> Wrong | None:
    if _UNIT.fullmatch(cell):
        return None
    return Wrong(
        f"{cell[:40]!r} is not a unit code",
        "2, 3 or 5 digits; keep leading zeros (a spreadsheet drops them: make the column text)",
    )


def _word(cell: str) -> Wrong | None:
    if _WORD.fullmatch(cell):
        return None
    return Wrong(f"{cell[:40]!r} is not a name", "lower-case letters, as in one-stop.commune")


def _words(cell: str) -> Wrong | None:
    return _each(cell, _word)


def _each(cell: str, one: Callable[[str], Wrong | None]) -> Wrong | None:
    parts = cell.split(" ")
    if len(set(parts)) < len(parts):
        return Wrong("something is listed twice", "list each once, with one space between")
    return next((wrong for part in parts if (wrong := one(part)) is not None), None)


def _date(cell: str) -> Wrong | None:
    remedy = "write an existing day as YYYY-MM-DD"
    if not _DATE.fullmatch(cell):
        return Wrong(f"{cell[:40]!r} is not a date", remedy)
    try:
        read_date(cell)
    except ValueError:
        return Wrong(f"there is no day {cell}", remedy)
    return None


def _date_or_open(cell: str) -> Wrong | None:
    return _date(cell) if cell else None


def _code_is(cell: str) -> Wrong | None:
    return None if cell in ("real", "demo") else Wrong("neither real nor demo", "say which")


def _certainty(cell: str) -> Wrong | None:
    if cell in CERTAINTIES:
        return None
    return Wrong("not a certainty", f"say which: {', '.join(CERTAINTIES)}")


def _text(cell: str) -> Wrong | None:
    if not cell or cell != cell.strip():
        return Wrong("empty, or spaces at its ends", "write it without them")
    if cell.startswith('"'):
        return Wrong("begins with a quotation mark", "save as plain tab-separated text, unquoted")
    if len(cell) > _LONGEST_TEXT or not _LINE.fullmatch(cell):
        return Wrong(
            "holds control characters, or is too long", f"{_LONGEST_TEXT} plain ones at most"
        )
    if not is_normalized("NFC", cell):
        return Wrong("accents are written apart from their letters", "normalise the text to NFC")
    return None


def _alias(cell: str) -> Wrong | None:
    if _REFERENCE.fullmatch(cell) and len(cell) <= AGENCY_CODE_LIMIT:
        return None
    return Wrong(
        f"{cell[:40]!r} is not an agency's code of either form",
        "write it as 000.07.15.H54 (QCVN 102:2016) or H54.15.07 (QĐ 20/2020)",
    )


def _version(cell: str) -> Wrong | None:
    if _VERSION.fullmatch(cell):
        return None
    return Wrong(
        "the header has no version, or one of another form",
        "add a first line such as: # version: thai-binh-hung-yen-2026-11-25",
    )


CELLS: Final[Mapping[str, Callable[[str], Wrong | None]]] = {
    "code": _agency,
    "level": _word,
    "roles": _words,
    "parent": _agency_or_none,
    "jurisdiction": _units,
    "begin": _date,
    "end": _date_or_open,
    "successors": _agencies,
    "code_is": _code_is,
    "certainty": _certainty,
    "source": _text,
    "name": _text,
    "alias": _alias,
    "form": _text,
    "version": _version,
}
"""Column → what is wrong with a cell of it, or None. `version` is the header's."""
