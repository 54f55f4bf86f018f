"""Finds a dossier whose way leads over the system under test: procedure, place and facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.rulebook import Rulebook
from routing.itinerary import ORIGIN, Itinerary, RouteRequest, plan
from routing.procedures.conditions import FactValue
from routing.procedures.model import Fact, Procedure
from routing.synthetic import is_synthetic_procedure
from routing.units import Level, Unit, UnitFound


class NoWay(ValueError):
    """No procedure leads to this agency; the message says what was looked through."""


@dataclass(frozen=True, slots=True)
class Place:
    """A submission that a neighbour can make, and the step of it that is the agency's."""

    originator: str
    procedure: str
    places: Mapping[str, str]
    facts: Mapping[str, Any]
    step: str

    def submission(self, now: datetime, note: str) -> dict[str, Any]:
        """Return the data of a transfer.submitted; everybody in it is invented."""
        return {
            "procedure": self.procedure,
            "received_at": now.isoformat(),
            "channel": "online",
            "applicant": {"kind": "citizen", "name": "Nguyễn Thị Giả Định"},
            "places": dict(self.places),
            "facts": dict(self.facts),
            "note": note,
        }


def find_place(rulebook: Rulebook, agency: str, now: datetime, *, originator: str) -> Place:
    """Return the simplest way over the agency; raise NoWay if no procedure leads there."""
    units = list(_units_of(rulebook, agency, now))
    best: tuple[int, Place] | None = None
    for code in rulebook.catalogue.codes():
        procedure = rulebook.catalogue.in_force(code, now)
        if procedure is None or is_synthetic_procedure(code):
            continue
        for unit in units[:3]:
            found = _place_in(rulebook, procedure, unit, agency, now, originator)
            if found is not None and (best is None or found[0] < best[0]):
                best = found
    if best is None:
        raise NoWay(f"no procedure in force has a step that is {agency}'s")
    return best[1]


def _place_in(
    rulebook: Rulebook,
    procedure: Procedure,
    unit: str,
    agency: str,
    now: datetime,
    originator: str,
) -> tuple[int, Place] | None:
    """Return how far along the way the agency's step lies, and the submission that leads there."""
    places: dict[str, str] = dict.fromkeys(procedure.places, unit)
    facts = {
        name: _sample(fact)
        for name, fact in procedure.facts.items()
        if fact.required and fact.given_by == ORIGIN
    }
    request = RouteRequest(procedure.code, originator, places, facts, now, now, None)
    planned = plan(request, rulebook.catalogue, rulebook.directory, rulebook.units)
    if not isinstance(planned, Itinerary):
        return None
    for no, step in enumerate(planned.steps):
        if step.failure is not None and step.expected:
            return None
        if step.agency == agency and step.expected:
            return no, Place(originator, procedure.code, places, facts, step.id)
    return None


def _sample(fact: Fact) -> FactValue:
    match fact.kind:
        case "bool":
            return False
        case "int":
            return 1
        case "choice":
            return fact.choices[0]


def _units_of(rulebook: Rulebook, agency: str, now: datetime) -> Iterator[str]:
    """Yield communes that lie in the agency's jurisdiction; anywhere, for one without any."""
    row = rulebook.directory.agency(agency, now)
    listed = row.jurisdiction if row is not None else ()
    for code in listed or ("12499",):
        found = rulebook.units.find(code, now)
        if isinstance(found, UnitFound):
            yield from _communes(rulebook, found.unit)


def _communes(rulebook: Rulebook, unit: Unit) -> Iterator[str]:
    if unit.level is Level.COMMUNE:
        yield unit.code
        return
    for child in rulebook.units.children(unit):
        yield from _communes(rulebook, child)
