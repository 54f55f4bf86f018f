"""The lines of a report: sums by level and unit, or by field, each made from one tally."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from gateway.reports.books import Tally
from gateway.reports.names import FIELDS, LEVELS, field_of, level_of
from gateway.reports.question import Answering
from gateway.reports.sheet import Cell, Column, Row

Cells = Callable[[Tally], tuple[Cell, ...]]
"""How a report makes its columns, after the first two, from a tally."""


def leading(key: str, vi: str, en: str) -> tuple[Column, Column]:
    """Return the first two columns: the number of the line, and what it is about."""
    return Column("no", "TT", "No.", "1", kind="text"), Column(key, vi, en, "2", kind="text")


def by_level(answering: Answering, tallies: Mapping[str, Tally], cells: Cells) -> list[Row]:
    """Return a group for each level with its sum, its units in code order, and the total."""
    groups: dict[str, list[tuple[str, Tally]]] = {}
    for code, tally in sorted(tallies.items()):
        if not tally.is_empty:
            line = (answering.name(code), tally)
            groups.setdefault(answering.level(code), []).append(line)
    rows: list[Row] = []
    for number, level in enumerate(in_order(groups, LEVELS)):
        of_level = sum((tally for _, tally in groups[level]), Tally())
        rows.append(Row("group", (ROMAN[number], level_of(level)[0], *cells(of_level))))
        rows.extend(_numbered(groups[level], cells))
    return [*rows, _total(tallies.values(), cells)]


def by_field(answering: Answering, tallies: Mapping[str, Tally], cells: Cells) -> list[Row]:
    """Return a line for each field, and the total."""
    fields: dict[str, Tally] = {}
    for procedure, tally in tallies.items():
        if not tally.is_empty:
            field = answering.field(procedure)
            fields[field] = fields.get(field, Tally()) + tally
    lines = [(field_of(one)[0], fields[one]) for one in in_order(fields, FIELDS)]
    return [*_numbered(lines, cells), _total(tallies.values(), cells)]


def in_order(found: Mapping[str, object], known: Mapping[str, object]) -> list[str]:
    """Return what was found, in the order in which it is known, then what is not known."""
    return [one for one in known if one in found] + sorted(set(found) - set(known))


def _numbered(lines: Iterable[tuple[str, Tally]], cells: Cells) -> list[Row]:
    return [
        Row("line", (str(no), name, *cells(tally)))
        for no, (name, tally) in enumerate(lines, start=1)
    ]


def _total(tallies: Iterable[Tally], cells: Cells) -> Row:
    return Row("total", (None, "Tổng cộng", *cells(sum(tallies, Tally()))))


ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
