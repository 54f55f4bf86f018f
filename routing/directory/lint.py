"""Looks for what a directory must not contain: gaps, overlaps and references to nothing.

Pure and complete for one directory; whether the procedures' steps resolve is another lint.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from routing.directory.directory import Directory
from routing.directory.model import Agency
from routing.directory.territory import FAR_FUTURE
from routing.units import Level, Unit, UnitFound, Units


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the rule, the agency or role it concerns, and the facts."""

    rule: str
    subject: str
    detail: str


def lint(directory: Directory, units: Units) -> tuple[Finding, ...]:
    """Return all findings; none for a directory that is fit for use."""
    return (
        *_histories(directory),
        *_references(directory),
        *_jurisdictions(directory, units),
        *_aliases(directory),
        *_coverage(directory, units),
    )


def _histories(directory: Directory) -> Iterator[Finding]:
    """A code names one agency at a time."""
    for code in sorted({agency.code for agency in directory}):
        history = sorted(directory.history(code), key=lambda agency: agency.valid_from)
        for earlier, later in pairwise(history):
            if _end(earlier) > later.valid_from:
                yield Finding("one-row-at-a-time", code, f"two rows at {later.valid_from}")
        for agency in history:
            if agency.valid_from >= _end(agency):
                yield Finding("begins-before-it-ends", code, f"{agency.valid_from}")


def _references(directory: Directory) -> Iterator[Finding]:
    """Parents exist for as long as their children do; successors when they succeed."""
    for agency in directory:
        if agency.parent is not None:
            present = [row for row in directory.history(agency.parent) if _outlasts(row, agency)]
            if not present:
                yield Finding("parent-in-force", agency.code, f"parent {agency.parent}")
        for heir in agency.successors:
            if agency.valid_to is None:
                yield Finding("only-the-ended-have-successors", agency.code, heir)
            elif directory.agency(heir, agency.valid_to) is None:
                yield Finding("successor-in-force", agency.code, f"{heir} at {agency.valid_to}")


def _outlasts(row: Agency, other: Agency) -> bool:
    return row.valid_from <= other.valid_from and _end(row) >= _end(other)


def _jurisdictions(directory: Directory, units: Units) -> Iterator[Finding]:
    """A listed unit exists for all the time that the agency does."""
    for agency in directory:
        for code in agency.jurisdiction:
            reached = agency.valid_from
            for unit in units.versions(code):
                if unit.in_force(reached):
                    reached = unit.valid_to or FAR_FUTURE
            if reached < _end(agency):
                yield Finding("unit-in-force", agency.code, f"unit {code} from {reached}")


def _aliases(directory: Directory) -> Iterator[Finding]:
    """An alias means one agency at a time, and never another agency's code."""
    holders: dict[str, list[Agency]] = {}
    for agency in directory:
        for alias in agency.aliases:
            holders.setdefault(alias, []).append(agency)
    for alias, agencies in holders.items():
        if directory.history(alias):
            yield Finding("alias-is-no-code", alias, "it is an agency's code")
        agencies.sort(key=lambda agency: agency.valid_from)
        for earlier, later in pairwise(agencies):
            if earlier.code != later.code and _end(earlier) > later.valid_from:
                yield Finding("alias-means-one", alias, f"{earlier.code} and {later.code}")


def _coverage(directory: Directory, units: Units) -> Iterator[Finding]:
    """Where and while a role is known in a province, each commune has exactly one agency."""
    for role in sorted(directory.roles()):
        edges = {span.begin for spans in directory.covered(role).values() for span in spans} | {
            span.end
            for spans in directory.covered(role).values()
            for span in spans
            if span.end != FAR_FUTURE
        }
        for instant in sorted(edges):
            for province in _provinces(directory, role, units, instant):
                for commune in _communes(province, units, instant):
                    found = directory.competent(role, commune.code, instant)
                    if len(found) != 1:
                        who = ", ".join(agency.code for agency in found) or "nobody"
                        yield Finding(
                            "exactly-one", role, f"{commune.code} {commune.name} {instant}: {who}"
                        )


def _provinces(
    directory: Directory, role: str, units: Units, instant: datetime
) -> tuple[Unit, ...]:
    """Return the provinces in which anyone has the role at the instant."""
    codes = {
        line[-1]
        for code in directory.covered(role)
        if directory.competent(role, code, instant) and (line := units.ancestors(code, instant))
    }
    found = (units.find(code, instant) for code in sorted(codes))
    return tuple(answer.unit for answer in found if isinstance(answer, UnitFound))


def _communes(unit: Unit, units: Units, instant: datetime) -> Iterator[Unit]:
    for child in units.children(unit):
        if child.in_force(instant):
            if child.level is Level.COMMUNE:
                yield child
            else:
                yield from _communes(child, units, instant)


def _end(agency: Agency) -> datetime:
    return agency.valid_to or FAR_FUTURE
