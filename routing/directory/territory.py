"""Who is competent for which role in which unit, spread out so that asking is a lookup.

The question "which agencies of this role list this unit or one above it, at this instant?" is
answered beforehand for every unit below every jurisdiction, as spans of time within which the
answer does not change. Costs a few thousand entries for a province; makes an answer two
dictionary lookups and one or two comparisons of instants.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from routing.directory.model import Agency
from routing.units import Unit, Units

FAR_FUTURE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """The same agencies answer at every instant of [begin, end)."""

    begin: datetime
    end: datetime
    agencies: tuple[Agency, ...]


Territory = Mapping[str, Mapping[str, tuple[Span, ...]]]
"""role → unit code → spans in order of time, without those in which nobody is competent."""


def spread(agencies: Iterable[Agency], units: Units) -> Territory:
    """Spread every agency over all units below its jurisdiction, for the time they overlap."""
    stays: dict[str, dict[str, list[Span]]] = {}
    for agency in agencies:
        whole = Span(agency.valid_from, agency.valid_to or FAR_FUTURE, (agency,))
        for listed in agency.jurisdiction:
            for unit in units.versions(listed):
                for code, stay in _below(unit, whole, units):
                    for role in agency.roles:
                        stays.setdefault(role, {}).setdefault(code, []).append(stay)
    return {
        role: {code: _cut(found) for code, found in by_unit.items()}
        for role, by_unit in stays.items()
    }


def _below(unit: Unit, stay: Span, units: Units) -> Iterator[tuple[str, Span]]:
    begin = max(stay.begin, unit.valid_from or stay.begin)
    end = min(stay.end, unit.valid_to or FAR_FUTURE)
    if begin >= end:
        return
    here = Span(begin, end, stay.agencies)
    yield unit.code, here
    for child in units.children(unit):
        yield from _below(child, here, units)


def _cut(stays: list[Span]) -> tuple[Span, ...]:
    if len(stays) == 1:
        return (stays[0],)
    edges = sorted({stay.begin for stay in stays} | {stay.end for stay in stays})
    spans = []
    for begin, end in pairwise(edges):
        present = {
            agency.code: agency
            for stay in stays
            if stay.begin <= begin and end <= stay.end
            for agency in stay.agencies
        }
        if present:
            spans.append(Span(begin, end, tuple(present[code] for code in sorted(present))))
    return tuple(spans)
