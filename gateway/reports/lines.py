"""The lines of a report: sums by level and unit, or by field, each made from one tally."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from gateway.reports.books import Tally
from gateway.reports.names import FIELDS, LEVELS, field_of, level_of
from gateway.reports.question import Answering
from gateway.reports.sheet import Cell, Column, Row

Cells = Callable[[Tally], tuple[Cell, ...]]
"""How a report makes its columns, after the first two, from a tally."""
Line = tuple[str, str, Tally]
"""Its code, what it is called, its sums."""
TOTAL: Final = ("Tổng cộng", "Total")


def leading(key: str, vi: str, en: str) -> tuple[Column, Column]:
    """Return the first two columns: the number of the line, and what it is about."""
    return Column("no", "TT", "No.", "1", kind="text"), Column(key, vi, en, "2", kind="text")


def by_level(answering: Answering, tallies: Mapping[str, Tally], cells: Cells) -> list[Row]:
    """Return a group for each level with its sum, its units in code order, and the total."""
    groups: dict[str, list[Line]] = {}
    for code, tally in sorted(tallies.items()):
        if not tally.is_empty:
            line = (code, answering.name(code), tally)
            groups.setdefault(answering.level(code), []).append(line)
    rows: list[Row] = []
    for number, level in enumerate(in_order(groups, LEVELS)):
        of_level = sum((tally for _, _, tally in groups[level]), Tally())
        rows.append(
            Row("group", (ROMAN[number], answering.said(level_of(level)), *cells(of_level)), level)
        )
        rows.extend(_numbered(groups[level], cells))
    return [*rows, total_of(answering, tallies.values(), cells)]


def by_field(answering: Answering, tallies: Mapping[str, Tally], cells: Cells) -> list[Row]:
    """Return a line for each field, and the total."""
    fields: dict[str, Tally] = {}
    for procedure, tally in tallies.items():
        if not tally.is_empty:
            field = answering.field(procedure)
            fields[field] = fields.get(field, Tally()) + tally
    lines = [(one, answering.said(field_of(one)), fields[one]) for one in in_order(fields, FIELDS)]
    return [*_numbered(lines, cells), total_of(answering, tallies.values(), cells)]


def in_order(found: Mapping[str, object], known: Mapping[str, object]) -> list[str]:
    """Return what was found, in the order in which it is known, then what is not known."""
    return [one for one in known if one in found] + sorted(set(found) - set(known))


def _numbered(lines: Iterable[Line], cells: Cells) -> list[Row]:
    return [
        Row("line", (str(no), name, *cells(tally)), code)
        for no, (code, name, tally) in enumerate(lines, start=1)
    ]


def total_of(answering: Answering, tallies: Iterable[Tally], cells: Cells) -> Row:
    """Return the last row: all of them together."""
    return Row("total", (None, answering.said(TOTAL), *cells(sum(tallies, Tally()))))


ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
