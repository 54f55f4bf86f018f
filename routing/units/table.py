"""The administrative units of both eras, asked as of an instant.

Built once from the packaged tables (see docs/directory.md for where they come from); immutable;
every question is a dictionary lookup. It never guesses: a split unit is ambiguous, an instant
before the tables' knowledge is unknown.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache

from routing.data.tables import Table, legal_midnight, read_table
from routing.units.model import (
    Level,
    Unit,
    UnitAbolished,
    UnitAnswer,
    UnitFound,
    UnitUnknown,
    UnknownBecause,
)

_LEVELS = {2: Level.PROVINCE, 3: Level.DISTRICT, 5: Level.COMMUNE}


class Units:
    """All units that the tables know, by code and instant."""

    def __init__(
        self,
        *,
        version: str,
        known_from: datetime,
        by_code: Mapping[str, tuple[Unit, ...]],
        succession: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.version = version
        self.known_from = known_from
        self._by_code = by_code
        self._succession = succession
        self._below: dict[str, list[Unit]] = {}
        for unit in self:
            if unit.parent is not None:
                self._below.setdefault(unit.parent, []).append(unit)

    def __repr__(self) -> str:
        return f"<Units {self.version}: {len(self._by_code)} codes>"

    def find(self, code: str, as_of: datetime) -> UnitAnswer:
        """Answer which unit the code names at this instant, or why none."""
        versions = self._by_code.get(code)
        if versions is None:
            return UnitUnknown(code, UnknownBecause.NO_SUCH_CODE)
        if as_of < self.known_from:
            return UnitUnknown(code, UnknownBecause.BEFORE_KNOWN_VALIDITY)
        for unit in versions:
            if unit.in_force(as_of):
                return UnitFound(unit)
        if versions[-1].valid_to is not None and versions[-1].valid_to <= as_of:
            successors = self.successors(versions[-1])
            return UnitAbolished(versions[-1], successors, ambiguous=len(successors) != 1)
        return UnitUnknown(code, UnknownBecause.NOT_YET)

    def ancestors(self, code: str, as_of: datetime) -> tuple[str, ...]:
        """Return the code and those above it, nearest first; empty if it names no unit then."""
        found: list[str] = []
        at: str | None = code
        while at is not None:
            answer = self.find(at, as_of)
            if not isinstance(answer, UnitFound):
                return ()
            found.append(at)
            at = answer.unit.parent
        return tuple(found)

    def successors(self, unit: Unit) -> tuple[str, ...]:
        """Return the current units in which a legacy unit lies; of a current one, nothing.

        More than one: the unit was split (for a district: its communes went to several), and
        nothing here says in which of them a given house lies.
        """
        if unit.valid_to is None:
            return ()
        return self._succession.get(unit.code, ())

    def versions(self, code: str) -> tuple[Unit, ...]:
        """Return what the code has named through time, in order; empty if never anything."""
        return self._by_code.get(code, ())

    def children(self, unit: Unit) -> tuple[Unit, ...]:
        """Return the units directly below this one while it is in force, in code order."""
        begin, end = unit.valid_from, unit.valid_to
        return tuple(
            child
            for child in self._below.get(unit.code, ())
            if (end is None or child.valid_from is None or child.valid_from < end)
            and (begin is None or child.valid_to is None or begin < child.valid_to)
        )

    def __iter__(self) -> Iterator[Unit]:
        for versions in self._by_code.values():
            yield from versions


@cache
def load_units() -> Units:
    """Load the packaged tables (about 60 ms the first time; the same object afterwards)."""
    legacy = read_table("units", "legacy.tsv")
    current = read_table("units", "current.tsv")
    patches = read_table("units", "patches.tsv")
    known_from, reform = (legal_midnight(date) for date in _validity(legacy))
    by_code: dict[str, tuple[Unit, ...]] = {}
    for code, parent, name in legacy.rows:
        by_code[code] = (Unit(code, name, _LEVELS[len(code)], parent or None, None, reform),)
    for code, parent, name in current.rows:
        unit = Unit(code, name, _LEVELS[len(code)], parent or None, reform, None)
        by_code[code] = (*by_code.get(code, ()), unit)
    for code, since, name, _certainty, _source in patches.rows:
        by_code[code] = _renamed(by_code[code], legal_midnight(since), name)
    return Units(
        version=f"{current.header['source'].split()[-1]}+{patches.header['version']}",
        known_from=known_from,
        by_code=by_code,
        succession=_with_districts(read_table("units", "succession.tsv"), legacy),
    )


def _with_districts(succession: Table, legacy: Table) -> dict[str, tuple[str, ...]]:
    """Add to each commune's successors those of its district: wherever its communes went."""
    targets = {old: tuple(new.split(" ")) for old, new in succession.rows}
    districts: dict[str, set[str]] = {}
    for code, parent, _name in legacy.rows:
        if _LEVELS[len(code)] is Level.COMMUNE:
            districts.setdefault(parent, set()).update(targets[code])
    return targets | {code: tuple(sorted(found)) for code, found in districts.items()}


def _validity(table: Table) -> tuple[str, str]:
    begin, end = table.header["valid"].strip("[)").split(", ")
    return begin, end


def _renamed(versions: tuple[Unit, ...], since: datetime, name: str) -> tuple[Unit, ...]:
    *earlier, last = versions
    before = Unit(last.code, last.name, last.level, last.parent, last.valid_from, since)
    after = Unit(last.code, name, last.level, last.parent, since, None)
    return (*earlier, before, after)
