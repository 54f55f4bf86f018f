"""Forty working days of the real province: every procedure in force, and agencies as they are.

Late, silent, giving back, refusing, asking for supplements that take days; some never take note of
a refusal. Drawn from a seed: the same seed, the same forty days.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from connectors.simulators import Behaviour, Span
from gateway.sandbox.citizens import invent
from gateway.sandbox.participants import COMMUNES, Participant, participants
from gateway.sandbox.week import VIETNAM, HandIn
from routing.directory import Directory
from routing.legaltime import WorkCalendar
from routing.procedures import Catalogue, Procedure
from routing.procedures.cases import cases_of

FIRST_DAY: Final = date(2026, 3, 2)
STARTS_AT: Final = datetime.combine(FIRST_DAY, time(7, 0), VIETNAM).astimezone(UTC)
DAYS: Final = 40
GRID: Final = timedelta(minutes=30)
_HOURS: Final = (7, 8, 9, 10, 11, 13, 14, 15, 16, 20)


def working_days(calendar: WorkCalendar) -> list[date]:
    """The forty working days, holidays left out."""
    days: list[date] = []
    day = FIRST_DAY
    while len(days) < DAYS:
        if calendar.is_working_day(day):
            days.append(day)
        day += timedelta(days=1)
    return days


def taking_part(directory: Directory) -> list[Participant]:
    """Everyone of the demo's week, and who registers businesses."""
    found = {one.code: one for one in participants(directory, STARTS_AT)}
    for unit in COMMUNES:
        for agency in directory.competent("business-registration.province", unit, STARTS_AT):
            found.setdefault(agency.code, Participant(agency, "webhook"))
    return list(found.values())


def hand_ins(
    catalogue: Catalogue, agencies: Sequence[Participant], days: Sequence[date], count: int
) -> list[HandIn]:
    """Draw dossiers of every procedure in turn, handed in over all but the last week."""
    draw = Random(40)
    communes = [one for one in agencies if one.agency.role == "one-stop.commune"]
    procedures = [
        (one, list(cases_of(one)))
        for code in catalogue.codes()
        if (one := catalogue.in_force(code, STARTS_AT)) is not None
    ]
    found = []
    for number in range(count):
        procedure, cases = procedures[number % len(procedures)]
        hour, minute = draw.choice(_HOURS), draw.choice((0, 30))
        at = datetime.combine(draw.choice(days[:-5]), time(hour, minute), VIETNAM).astimezone(UTC)
        office = draw.choice(communes)
        code = f"{office.code}-{at.astimezone(VIETNAM):%y%m%d}-{number:04d}"
        found.append(HandIn(at, office.code, code, _submission(draw, procedure, cases, at, office)))
    return sorted(found, key=lambda one: one.at)


def _submission(
    draw: Random,
    procedure: Procedure,
    cases: Sequence[Mapping[str, Any]],
    at: datetime,
    office: Participant,
) -> dict[str, Any]:
    known = draw.choice(cases)
    from_origin = {
        name: value for name, value in known.items() if procedure.facts[name].given_by == "origin"
    }
    counter = at - timedelta(minutes=draw.choice((0, 0, 20, 90)))
    return {
        "procedure": procedure.code,
        "received_at": counter.isoformat().replace("+00:00", "Z"),
        "channel": draw.choice(("in_person", "online", "postal")),
        "applicant": invent(draw).as_applicant(),
        "places": dict.fromkeys(procedure.places, office.agency.jurisdiction[0]),
        "facts": from_origin,
    }


def behaviour_of(participant: Participant) -> Behaviour:
    """Most work as they should; each role has its own weakness."""
    ordinary = Behaviour(
        seed=f"forty/{participant.code}",
        received_after=_hours(0, 5),
        decided_after=_hours(1, 30),
        refuse=0.05,
        refusals=("incomplete", "wrong_data", "rejected", "not_competent"),
        give_back=0.05,
        stall=0.02,
        silent=0.02,
        pause=0.12,
        pause_after=_hours(1, 6),
        pause_lasts=_hours(4, 60),
        duplicate=0.03,
        out_of_order=0.04,
        acknowledge_after=timedelta(hours=5),
        supplement_after=timedelta(hours=20),
        office_hours=True,
        facts={"tax": {"nothing_to_pay": False}},
    )
    match participant.agency.role:
        case "tax.local" | "construction.province":
            return replace(ordinary, decided_after=_hours(8, 120), nack=0.1, give_back=0.12)
        case "police.local":
            return replace(ordinary, received_after=_hours(0, 30), stall=0.06)
        case "fire-police.province":
            return replace(ordinary, silent=0.8)
        case "home-affairs.province":
            return replace(ordinary, silent=0.15, acknowledge_after=None)
        case _:
            return ordinary


def _hours(shortest: int, longest: int) -> Span:
    return Span(timedelta(hours=shortest), timedelta(hours=longest))


def noons(days: Sequence[date]) -> Iterator[datetime]:
    """When the supervisor looks in, every day."""
    for day in days:
        yield datetime.combine(day, time(12, 0), VIETNAM).astimezone(UTC)
