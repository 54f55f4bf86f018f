"""Looks at every place a dossier can start in: has each role exactly one agency there, always?

Exact in time: what is found says from when to when. What is wrong alike in many places is one
finding. Nothing is asked of provinces in which nobody takes dossiers in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from routing.directory.directory import Directory
from routing.directory.findings import Finding, Severity
from routing.directory.periods import Period, common, outside, union, within
from routing.directory.territory import FAR_FUTURE, FAR_PAST
from routing.units import Level, Unit, Units

ORIGIN = "one-stop.commune"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Need:
    """A step of a procedure that asks for a role while its version is in force."""

    role: str
    step: str
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class _Place:
    """A commune, or an island district without any, while it exists as one unit."""

    code: str
    name: str
    province: str
    period: Period


@dataclass(frozen=True, slots=True)
class _Fault:
    """What can be wrong alike in many places."""

    rule: str
    begin: datetime
    end: datetime
    agencies: tuple[str, ...] = ()


class Coverage:
    """The places of a directory's time; `findings(role)` looks at one role in all of them."""

    def __init__(self, directory: Directory, units: Units, needs: Iterable[Need] = ()) -> None:
        self._directory = directory
        self._units = units
        self._needs: dict[str, list[Need]] = {}
        for need in needs:
            self._needs.setdefault(need.role, []).append(need)
        begins = (agency.valid_from for agency in directory if agency.jurisdiction)
        self.begin = max(min(begins, default=FAR_PAST), units.known_from)

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that somebody has for a place, or that a step needs."""
        placed = {role for role in self._directory.roles() if self._directory.listed(role)}
        return tuple(sorted(placed | self._needs.keys()))

    def findings(self, role: str) -> Iterator[Finding]:
        """Yield what is wrong with a role, by time, each with all the places."""
        places: dict[_Fault, list[_Place]] = {}
        present = self._presence(role)
        needed = self._needed(role)
        for province, inside in self._places.items():
            asked = needed.get(province, ()), present.get(province, ())
            for place in inside if any(asked) else ():
                for fault in self._at(place, role, *asked):
                    places.setdefault(fault, []).append(place)
        for fault in sorted(places, key=lambda one: (one.begin, one.rule, one.end, one.agencies)):
            yield self._finding(role, fault, places[fault])

    @cached_property
    def _places(self) -> Mapping[str, list[_Place]]:
        """Every place, by its province."""
        found: dict[str, list[_Place]] = {}
        for unit in self._units:
            for place in self._as_place(unit):
                found.setdefault(place.province, []).append(place)
        return found

    @cached_property
    def _origins(self) -> Mapping[str, tuple[Period, ...]]:
        return self._presence(ORIGIN)

    def _needed(self, role: str) -> Mapping[str, tuple[Period, ...]]:
        """Return for every province that takes dossiers in when one of their steps needs a role."""
        needed = union((need.begin, need.end) for need in self._needs.get(role, ()))
        return {
            province: tuple(both for one in needed for both in within(one, taking_in))
            for province, taking_in in self._origins.items()
        }

    def _as_place(self, unit: Unit) -> Iterator[_Place]:
        period = self._known(unit)
        island = unit.level is Level.DISTRICT and not self._units.children(unit)
        if period is not None and (unit.level is Level.COMMUNE or island):
            yield _Place(unit.code, unit.name, self._province(unit, period[0]), period)

    def _known(self, unit: Unit) -> Period | None:
        own = (unit.valid_from or FAR_PAST, unit.valid_to or FAR_FUTURE)
        return common(own, (self.begin, FAR_FUTURE))

    def _province(self, unit: Unit, as_of: datetime) -> str:
        return self._units.ancestors(unit.code, as_of)[-1]

    def _presence(self, role: str) -> Mapping[str, tuple[Period, ...]]:
        """Return for every province when anybody has the role anywhere in it."""
        found: dict[str, list[Period]] = {}
        for code, spans in self._directory.listed(role).items():
            for unit in self._units.versions(code):
                known = self._known(unit)
                if known is None:
                    continue
                periods = [(span.begin, span.end) for span in spans]
                found.setdefault(self._province(unit, known[0]), []).extend(
                    shared for one in periods if (shared := common(one, known)) is not None
                )
        return {province: union(periods) for province, periods in found.items()}

    def _at(
        self, place: _Place, role: str, needed: Sequence[Period], present: Sequence[Period]
    ) -> Iterator[_Fault]:
        spans = self._directory.spans(role, place.code)
        for span in spans:
            if len(span.agencies) > 1:
                for both in within((span.begin, span.end), [place.period]):
                    yield _Fault("overlap", *both, tuple(one.code for one in span.agencies))
        covered = [(span.begin, span.end) for span in spans]
        for gap in outside(place.period, covered):
            for while_others in within(gap, present):
                yield _Fault("gap", *while_others)
            for without in outside(gap, present):
                for needing in within(without, needed):
                    yield _Fault("nobody", *needing)

    def _finding(self, role: str, fault: _Fault, places: Sequence[_Place]) -> Finding:
        period = (fault.begin, fault.end)
        steps = tuple(
            need.step
            for need in self._needs.get(role, ())
            if common((need.begin, need.end), period) is not None
        )
        shown = ", ".join(f"{one.code} {one.name}" for one in places[:_SHOWN])
        more = f" … (+{len(places) - _SHOWN})" if len(places) > _SHOWN else ""
        who = f"{', '.join(fault.agencies)} in " if fault.agencies else ""
        return Finding(
            severity=Severity.ERROR,
            rule=fault.rule,
            subject=role,
            detail=f"{who}{shown}{more}",
            units=tuple(one.code for one in places),
            begin=fault.begin,
            end=None if fault.end == FAR_FUTURE else fault.end,
            steps=steps,
        )
