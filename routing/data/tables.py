"""Reads the packaged tables: tab-separated rows under a header of `# key: value` lines.

A table says in its header where it comes from, under which licence and for which instants it
holds, so that no row of it ever travels without that. Reading is strict: a row whose width
differs from the column line is an error, never a shorter record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from importlib.resources import files
from types import MappingProxyType

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Legal dates begin at midnight here. Without daylight saving since 1975 a fixed offset is exact
for every instant these tables know."""


@dataclass(frozen=True, slots=True)
class Table:
    """One packaged table, as text: what its header says, its columns, its rows."""

    header: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table(*path: str) -> Table:
    """Read the packaged table at `routing/data/<path>`."""
    text = files("routing").joinpath("data", *path).read_text("utf-8")
    return parse_table(text, name="/".join(path))


def parse_table(text: str, *, name: str) -> Table:
    """Parse a table's text; raises ValueError naming the table and the line that is wrong."""
    header: dict[str, str] = {}
    lines = text.splitlines()
    first = 0
    for first, line in enumerate(lines):  # noqa: B007
        if not line.startswith("# "):
            break
        key, _, value = line[2:].partition(": ")
        header[key] = value
    columns = tuple(lines[first].split("\t"))
    rows = tuple(tuple(line.split("\t")) for line in lines[first + 1 :])
    for number, row in enumerate(rows, start=first + 2):
        if len(row) != len(columns):
            raise ValueError(f"{name}, line {number}: {len(row)} fields, {len(columns)} columns")
    return Table(header=MappingProxyType(header), columns=columns, rows=rows)


def legal_midnight(date: str) -> datetime:
    """Return the instant (UTC) at which the legal date `YYYY-MM-DD` begins in Vietnam."""
    day = datetime.strptime(date, "%Y-%m-%d").date()  # noqa: DTZ007 - only its date is used
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def legal_midnight_or_open(date: str) -> datetime | None:
    """Like `legal_midnight`; an empty field is an open end."""
    return legal_midnight(date) if date else None
