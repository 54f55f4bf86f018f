"""A partner's statuses and ours, as a table: lossless both ways, and nothing is guessed.

    code  text  state  direction  certainty  source

`both`: the code is this state and the state this code. `in`: the partner says it, we never do.
`out`: of several of our states the partner knows only this one code; what is lost is written down
row by row instead of in code. A code may be read as one state only, a state written as one code
only, and whatever we write can be read back.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, get_args

from connectors.dialects.model import Certainty, Direction

COLUMNS: Final = ("code", "text", "state", "direction", "certainty", "source")


@dataclass(frozen=True, slots=True)
class Status:
    """One row."""

    code: str
    text: str
    state: str
    direction: str
    certainty: str
    source: str


class UnknownStatus(ValueError):
    """A code that no row reads, or a state that no row writes."""


class StatusTable:
    """The rows of one partner."""

    def __init__(self, rows: Iterable[Status]) -> None:
        self._rows = tuple(rows)
        self._states = {row.code: row for row in self._rows if row.direction != "out"}
        self._codes = {row.state: row for row in self._rows if row.direction != "in"}

    def __repr__(self) -> str:
        return f"<StatusTable of {len(self._rows)} rows>"

    def __iter__(self) -> Iterator[Status]:
        return iter(self._rows)

    def state_of(self, code: str) -> Status:
        """Return the row that reads a partner's code; raise UnknownStatus."""
        try:
            return self._states[code]
        except KeyError:
            raise UnknownStatus("no such status is known") from None

    def code_of(self, state: str) -> Status:
        """Return the row that writes a state of ours; raise UnknownStatus."""
        try:
            return self._codes[state]
        except KeyError:
            raise UnknownStatus("this partner has no status for that") from None


def read_statuses(text: str) -> tuple[StatusTable, list[tuple[str, str]]]:
    """Read a table; return it with all its faults as (place, what is wrong)."""
    lines = csv.reader(
        (line for line in text.splitlines() if line and not line.startswith("#")),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
    faults: list[tuple[str, str]] = []
    rows: list[Status] = []
    if tuple(next(lines, ())) != COLUMNS:
        return StatusTable(()), [("header", f"the columns are {', '.join(COLUMNS)}")]
    for no, cells in enumerate(lines, 1):
        if len(cells) != len(COLUMNS) or not all(cells):
            faults.append((f"row {no}", f"{len(COLUMNS)} cells, none of them empty"))
            continue
        row = Status(*cells)
        faults += [(f"row {no}", wrong) for wrong in _faults_of(row, rows)]
        rows.append(row)
    table = StatusTable(rows)
    faults += [
        (f"code {row.code}", "is written and cannot be read back")
        for row in rows
        if row.direction == "out" and row.code not in table._states
    ]
    return table, faults


def _faults_of(row: Status, before: Iterable[Status]) -> Iterator[str]:
    if row.direction not in get_args(Direction):
        yield "direction is in, out or both"
    if row.certainty not in get_args(Certainty):
        yield f"certainty is one of {', '.join(get_args(Certainty))}"
    for other in before:
        if other.code == row.code and "out" not in (other.direction, row.direction):
            yield f"code {row.code} is read as two states"
        if other.state == row.state and "in" not in (other.direction, row.direction):
            yield f"state {row.state} is written as two codes"
        if other.code == row.code and other.text != row.text:
            yield f"code {row.code} has two texts"
