"""Reads a directory strictly, and says everything that is wrong with it at once.

Each fault names its file, line and column, what is wrong and what to do; so many are kept, the
rest is counted. What is read without a fault is well formed and refers only to codes that it or
the unit tables have; whether it holds together through time is for the lint.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from routing.directory.cells import CELLS, Fault, Wrong, read_date
from routing.directory.directory import Directory
from routing.directory.model import Agency
from routing.directory.sheets import (
    AGENCIES,
    AGENCY_COLUMNS,
    ALIAS_COLUMNS,
    ALIASES,
    MOST_BYTES,
    Sheets,
)
from routing.units import Units

MOST_FAULTS = 200
_VERSION = "version"

Row = tuple[int, tuple[str, ...]]
"""A line's number, and its cells."""


class DirectoryInvalid(ValueError):
    """A directory that cannot be read: its first faults in order of place, and how many there are.

    The message is one line: the first fault, and the number of the others.
    """

    def __init__(self, faults: Sequence[Fault], count: int) -> None:
        more = f" (and {count - 1} more)" if count > 1 else ""
        super().__init__(f"{faults[0]}{more}")
        self.faults = tuple(faults)
        self.count = count


@dataclass(frozen=True, slots=True)
class DirectoryRead:
    """A directory that reads well: what its header says, and its rows in order."""

    version: str
    source: str
    agencies: tuple[Agency, ...]

    def directory(self, units: Units) -> Directory:
        """Build the directory that answers questions."""
        return Directory(version=self.version, agencies=self.agencies, units=units)


@dataclass(slots=True)
class _Faults:
    """What was found so far: at most one fault at a place, the first."""

    kept: list[Fault] = field(default_factory=list)
    places: set[tuple[str, int, str | None]] = field(default_factory=set)

    @property
    def count(self) -> int:
        return len(self.places)

    def add(self, file: str, line: int, column: str | None, wrong: Wrong) -> None:
        place = (file, line, column)
        if place in self.places:
            return
        self.places.add(place)
        if len(self.kept) < MOST_FAULTS:
            columns = AGENCY_COLUMNS if file == AGENCIES else ALIAS_COLUMNS
            number = None if column is None else columns.index(column) + 1
            self.kept.append(Fault(file, line, number, column, wrong.what, wrong.remedy))


def read_directory(sheets: Sheets, units: Units) -> DirectoryRead:
    """Read both tables; raises DirectoryInvalid with everything that is wrong."""
    faults = _Faults()
    if len(sheets.agencies.encode()) + len(sheets.aliases.encode()) > MOST_BYTES:
        large = Wrong(f"larger than {MOST_BYTES >> 20} MiB", "split it, or leave out old rows")
        raise DirectoryInvalid([Fault(AGENCIES, 1, None, None, large.what, large.remedy)], 1)
    header, rows = _table(sheets.agencies, AGENCIES, AGENCY_COLUMNS, faults)
    _, others = _table(sheets.aliases, ALIASES, ALIAS_COLUMNS, faults)
    _check_cells(AGENCIES, AGENCY_COLUMNS, rows, faults)
    _check_cells(ALIASES, ALIAS_COLUMNS, others, faults)
    _check_header(header, faults)
    _check_agencies(rows, units, faults)
    if rows:
        _check_aliases(others, {cells[0] for _, cells in rows}, faults)
    if faults.count:
        by_place = sorted(faults.kept, key=lambda one: (one.file, one.line, one.column or 0))
        raise DirectoryInvalid(by_place, faults.count)
    return DirectoryRead(
        version=header[_VERSION],
        source=header.get("source", ""),
        agencies=tuple(_agencies(rows, others)),
    )


def _table(
    text: str, file: str, columns: tuple[str, ...], faults: _Faults
) -> tuple[Mapping[str, str], list[Row]]:
    """Split a table into header and rows; rows of another width are a fault, and left out."""
    lines = text.removeprefix("\ufeff").split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    header: dict[str, str] = {}
    at = 0
    while at < len(lines) and lines[at].startswith("#"):
        key, _, value = lines[at].rstrip("\r")[1:].strip().partition(": ")
        header[key] = value
        at += 1
    found = tuple(lines[at].rstrip("\r").split("\t")) if at < len(lines) else ()
    if found != columns:
        remedy = f"let the first line below the header be: {' '.join(columns)} (with tabs)"
        faults.add(file, at + 1, None, Wrong("the columns are not those of this table", remedy))
        return header, []
    rows: list[Row] = []
    for number, line in enumerate(lines[at + 1 :], start=at + 2):
        cells = tuple(line.removesuffix("\r").split("\t"))
        if len(cells) == len(columns):
            rows.append((number, cells))
        else:
            what = f"{len(cells)} fields instead of {len(columns)}"
            faults.add(file, number, None, Wrong(what, "give each column one field, empty or not"))
    return header, rows


def _check_cells(file: str, columns: tuple[str, ...], rows: Iterable[Row], faults: _Faults) -> None:
    """Look at each cell by itself; what was fine once is not looked at again."""
    for place, column in enumerate(columns):
        wrong_with, fine = CELLS[column], set[str]()
        for number, cells in rows:
            cell = cells[place]
            if cell in fine:
                continue
            wrong = wrong_with(cell)
            if wrong is None:
                fine.add(cell)
            else:
                faults.add(file, number, column, wrong)


def _check_header(header: Mapping[str, str], faults: _Faults) -> None:
    wrong = CELLS[_VERSION](header.get(_VERSION, ""))
    if wrong is not None:
        faults.add(AGENCIES, 1, None, wrong)


def _check_agencies(rows: Sequence[Row], units: Units, faults: _Faults) -> None:
    """Look at what a row says beside the others: its time, and the codes that it refers to."""
    codes = {cells[0] for _, cells in rows}
    seen: dict[tuple[str, str], int] = {}
    for number, cells in rows:
        code, _, _, parent, jurisdiction, begin, end, successors, *_ = cells
        first = seen.setdefault((code, begin), number)
        if first != number:
            what = f"the same code begins on the same day in line {first}"
            faults.add(AGENCIES, number, "code", Wrong(what, "keep one of the two rows"))
        if end and len(end) == len(begin) and end <= begin:
            wrong = Wrong("the row ends before it begins", "end is the first day without it")
            faults.add(AGENCIES, number, "end", wrong)
        if parent and (parent not in codes or parent == code):
            what = "the agency itself" if parent == code else f"no row has the code {parent[:40]}"
            wrong = Wrong(what, "add the parent's row, or leave the field empty")
            faults.add(AGENCIES, number, "parent", wrong)
        for unit in jurisdiction.split():
            if not units.versions(unit):
                wrong = Wrong(
                    f"no unit has or had the code {unit[:10]}", "see routing/data/units for codes"
                )
                faults.add(AGENCIES, number, "jurisdiction", wrong)
        for heir in successors.split():
            if heir not in codes:
                wrong = Wrong(f"no row has the code {heir[:40]}", "add the successor's row")
                faults.add(AGENCIES, number, "successors", wrong)


def _check_aliases(rows: Sequence[Row], codes: set[str], faults: _Faults) -> None:
    seen: dict[tuple[str, str], int] = {}
    for number, (alias, code, _form) in rows:
        first = seen.setdefault((alias, code), number)
        if first != number:
            wrong = Wrong(f"the same pair is in line {first}", "remove one of the two")
            faults.add(ALIASES, number, "alias", wrong)
        if code not in codes:
            wrong = Wrong(f"no row of {AGENCIES} has the code {code[:40]}", "add it, or drop this")
            faults.add(ALIASES, number, "code", wrong)


def _agencies(rows: Sequence[Row], others: Sequence[Row]) -> Iterator[Agency]:
    aliases: dict[str, tuple[str, ...]] = {}
    for _, (alias, code, _form) in others:
        aliases[code] = (*aliases.get(code, ()), alias)
    lists: dict[str, tuple[str, ...]] = {}
    for _, cells in rows:
        code, level, roles, parent, listed, begin, end, heirs, code_is, certainty, source, name = (
            cells
        )
        begins = read_date(begin)
        assert begins is not None
        yield Agency(
            code=code,
            name=name,
            level=level,
            roles=lists.setdefault(roles, tuple(roles.split())),
            parent=parent or None,
            jurisdiction=lists.setdefault(listed, tuple(listed.split())),
            valid_from=begins,
            valid_to=read_date(end),
            successors=tuple(heirs.split()),
            aliases=aliases.get(code, ()),
            demo=code_is == "demo",
            certainty=certainty,
            source=source,
        )
