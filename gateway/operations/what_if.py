"""What if: where a dossier would go if it were handed in there and then, by when, and why.

    answer = foretell(Question("2.000987", "12499", at, facts), rulebook)

Nothing is submitted. It is planned as a submission is, with every place in the unit asked for and
handed in at the unit's own one-stop office unless another is named; each hop is taken to be handed
over at once and finished at its deadline, by the calendar that rules.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.rulebook import Rulebook
from routing.itinerary import Itinerary, RouteRefused, RouteRequest, Walk, legs_of, plan, walk
from routing.legaltime import CalendarUnknown
from routing.procedures import FactValue, Procedure
from routing.synthetic import is_synthetic, is_synthetic_procedure
from routing.units import Level, Unit, UnitAbolished, UnitFound, Units, UnitUnknown, find_units

MOST_FOUND: Final = 30
"""Units that are offered at a time: more than that, and more of the name helps sooner."""
_OFFICES: Final[Mapping[Level, str]] = {
    Level.COMMUNE: "one-stop.commune",
    Level.DISTRICT: "one-stop.district",
    Level.PROVINCE: "one-stop.province",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A procedure, a unit's code, an instant; `office` is where it is handed in, if not there."""

    procedure: str
    unit: str
    at: datetime
    facts: Mapping[str, FactValue]
    office: str | None = None


@dataclass(frozen=True, slots=True)
class Foretold:
    """A route. Without a walk the calendar does not reach far enough for its deadlines.

    `arrives` says when each step would be handed over at the latest.
    """

    itinerary: Itinerary
    procedure: Procedure
    unit: Unit
    walk: Walk | None
    arrives: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class NoSuchUnit:
    """The code names no unit at that instant: it was abolished, is not there yet, or is unknown."""

    why: UnitAbolished | UnitUnknown


@dataclass(frozen=True, slots=True)
class NoOffice:
    """Nobody, or nobody alone, takes dossiers in there; one has to be named."""

    unit: Unit
    role: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownOffice:
    """The directory knows no agency by the code that was named."""

    code: str


Outcome = Foretold | RouteRefused | NoSuchUnit | NoOffice | UnknownOffice


@dataclass(frozen=True, slots=True)
class FoundUnits:
    """Units by a name, those in force first; `more` were left out."""

    units: tuple[Unit, ...]
    more: int


def foretell(question: Question, rulebook: Rulebook) -> Outcome:
    """Plan the route that a question asks for."""
    found = rulebook.units.find(question.unit, question.at)
    if not isinstance(found, UnitFound):
        return NoSuchUnit(found)
    office = _office(question, found.unit, rulebook)
    if not isinstance(office, str):
        return office
    procedure = rulebook.catalogue.in_force(question.procedure, question.at)
    places: dict[str, str] = {}
    if procedure is not None:
        places = dict.fromkeys(procedure.places, question.unit)
    planned = plan(
        RouteRequest(question.procedure, office, places, question.facts, question.at, question.at),
        rulebook.catalogue,
        rulebook.directory,
        rulebook.units,
    )
    if isinstance(planned, RouteRefused):
        return planned
    version = rulebook.catalogue.get(planned.procedure, planned.procedure_version)
    walked = _walked(planned, rulebook)
    return Foretold(planned, version, found.unit, walked, _arrivals(planned, walked))


def look_for_units(units: Units, name: str, at: datetime) -> FoundUnits:
    """Find units by words of their name, old and new; those in force at the instant first."""
    found = sorted(find_units(units, name, None), key=lambda one: (not one.in_force(at), one.code))
    return FoundUnits(tuple(found[:MOST_FOUND]), max(0, len(found) - MOST_FOUND))


def procedures_at(rulebook: Rulebook, at: datetime) -> Iterator[Procedure]:
    """Yield the version of each listed procedure that is in force at an instant."""
    for code in rulebook.catalogue.codes():
        version = rulebook.catalogue.in_force(code, at)
        if version is not None and not is_synthetic_procedure(code):
            yield version


def _office(question: Question, unit: Unit, rulebook: Rulebook) -> str | NoOffice | UnknownOffice:
    if question.office is not None:
        code = rulebook.directory.resolve(question.office, question.at)
        return UnknownOffice(question.office) if code is None or is_synthetic(code) else code
    role = _OFFICES[unit.level]
    competent = rulebook.directory.competent(role, unit.code, question.at)
    if len(competent) == 1:
        return competent[0].code
    return NoOffice(unit, role, tuple(one.code for one in competent))


def _walked(itinerary: Itinerary, rulebook: Rulebook) -> Walk | None:
    try:
        return walk(legs_of(itinerary), itinerary.total, rulebook.calendar, itinerary.as_of)
    except CalendarUnknown:
        return None


def _arrivals(itinerary: Itinerary, walked: Walk | None) -> Mapping[str, datetime]:
    if walked is None:
        return {}
    arrives: dict[str, datetime] = {}
    ended: dict[str, datetime] = {}
    for step in itinerary.steps:
        arrives[step.id] = max((ended[one] for one in step.after), default=itinerary.as_of)
        due = walked.due.get(step.id)
        ended[step.id] = due.deadline_at if due else arrives[step.id]
    return arrives
