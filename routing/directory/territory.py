"""Who is competent for which role in which unit: worked out when first asked, then a lookup.

The question "which agencies of this role list this unit or one above it, at this instant?" is
answered for a role and a unit at once for all time, as spans within which the answer does not
change; the answer is kept. A country of 36,000 rows so costs nothing until it is asked about: some
microseconds for the first question about a pair, two dictionary lookups for every other.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from routing.directory.model import Agency
from routing.units import Units

FAR_PAST = datetime.min.replace(tzinfo=UTC)
FAR_FUTURE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """The same agencies answer at every instant of [begin, end)."""

    begin: datetime
    end: datetime
    agencies: tuple[Agency, ...]


class Territory:
    """The jurisdictions of all agencies, by role and unit."""

    def __init__(self, agencies: Iterable[Agency], units: Units) -> None:
        self._units = units
        self._listed: dict[str, dict[str, list[Span]]] = {}
        for agency in agencies:
            whole = Span(agency.valid_from, agency.valid_to or FAR_FUTURE, (agency,))
            for role in agency.roles:
                by_unit = self._listed.setdefault(role, {})
                for listed in agency.jurisdiction:
                    by_unit.setdefault(listed, []).append(whole)
        self._answers: dict[str, dict[str, tuple[Span, ...]]] = {
            role: {} for role, by_unit in self._listed.items() if by_unit
        }

    def spans(self, role: str, unit_code: str) -> tuple[Span, ...]:
        """Return who covers a unit through time, without spans in which nobody does."""
        answers = self._answers.get(role)
        if answers is None:
            return ()
        found = answers.get(unit_code)
        if found is None:
            found = self._work_out(role, unit_code)
            # Codes that never named a unit are not kept: who asks could ask for any.
            if self._units.versions(unit_code):
                answers[unit_code] = found
        return found

    def serving(self, unit_code: str, as_of: datetime) -> dict[str, tuple[Agency, ...]]:
        """Return, by role in alphabetical order, who covers a unit at the instant."""
        return {
            role: span.agencies
            for role in sorted(self._answers)
            for span in self.spans(role, unit_code)
            if span.begin <= as_of < span.end
        }

    def covered(self, role: str) -> Mapping[str, tuple[Span, ...]]:
        """Return, for every unit that anyone covers in this role, who does and when."""
        codes = {unit.code for unit in self._units}
        return {code: spans for code in sorted(codes) if (spans := self.spans(role, code))}

    def listed(self, role: str) -> Mapping[str, list[Span]]:
        """Return the units that agencies of this role list themselves, with who and when."""
        return self._listed.get(role, {})

    def _work_out(self, role: str, unit_code: str) -> tuple[Span, ...]:
        listed = self._listed[role].get(unit_code, ())
        stays: list[Span] = []
        for unit in self._units.versions(unit_code):
            begin, end = unit.valid_from or FAR_PAST, unit.valid_to or FAR_FUTURE
            above = self.spans(role, unit.parent) if unit.parent is not None else ()
            stays.extend(_clipped((*listed, *above), begin, end))
        return _cut(stays)


def _clipped(spans: Iterable[Span], begin: datetime, end: datetime) -> Iterator[Span]:
    """Yield the parts of spans that lie in [begin, end); the same objects where all of it does."""
    for span in spans:
        if begin <= span.begin and span.end <= end:
            yield span
        elif span.begin < end and begin < span.end:
            yield Span(max(begin, span.begin), min(end, span.end), span.agencies)


def _cut(stays: list[Span]) -> tuple[Span, ...]:
    stays.sort(key=lambda stay: stay.begin)
    if all(earlier.end <= later.begin for earlier, later in pairwise(stays)):
        return tuple(stays)
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
