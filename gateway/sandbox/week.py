"""The fixed week: 2-6 March 2026 in the former Thái Bình, now part of Hưng Yên.

What citizens hand in, where and when, and how each agency behaves, drawn from a seed: the same
seed, the same week. Chains are drawn so that most can end within the week; the building permit's
opinions and the social chain mostly stay open, as they do in life.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from connectors.simulators import Behaviour, HttpFault, Span
from connectors.simulators.behaviour import Fault
from gateway.sandbox.citizens import invent
from gateway.sandbox.participants import Participant

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_DAY = date(2026, 3, 2)
STARTS_AT = datetime.combine(FIRST_DAY, time(7, 0), VIETNAM).astimezone(UTC)
ENDS_AT = datetime.combine(FIRST_DAY + timedelta(days=4), time(23, 59), VIETNAM).astimezone(UTC)
GRID = timedelta(minutes=10)
"""Simulated people look at their desks on a grid, so that what falls together is done together."""


@dataclass(frozen=True, slots=True)
class HandIn:
    """One citizen hands in one dossier at one counter."""

    at: datetime
    office: str
    code: str
    submission: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chain:
    """A procedure, where it is handed in, its place, and facts to draw from."""

    procedure: str
    weight: int
    offices: str
    place: str
    facts: tuple[Mapping[str, Any], ...] = ({},)


CHAINS = (
    Chain(
        "2.000987",
        30,
        "one-stop.commune",
        "applicant",
        (
            {"residence_check": "simple", "identity_card": False},
            {"residence_check": "simple", "identity_card": True},
            {"residence_check": "verify", "identity_card": False},
        ),
    ),
    Chain(
        "2.002622",
        22,
        "one-stop.commune",
        "deceased",
        (
            {"benefit": "social_insurance", "death_check": "simple"},
            {"benefit": "social_protection", "death_check": "simple"},
            {
                "benefit": "social_protection",
                "death_check": "simple",
                "monthly_survivor_pension": True,
            },
            {"benefit": "merit", "death_check": "verify"},
        ),
    ),
    Chain(
        "1.012781",
        14,
        "land-registry.branch",
        "land_parcel",
        (
            {"obligation": "transfer_taxes", "deductible": False},
            {"obligation": "land_use_fee_household", "deductible": False},
            {"obligation": "none"},
        ),
    ),
    Chain("2.000908", 22, "one-stop.commune", "applicant"),
    Chain("9.000013", 6, "one-stop.commune", "land_parcel"),
    Chain("9.000016", 5, "police.local", "applicant"),
    Chain(
        "9.000012",
        5,
        "one-stop.commune",
        "business",
        ({"kind": "enterprise"}, {"kind": "household"}),
    ),
    Chain("1.014137", 4, "one-stop.commune", "applicant", ({"act": "new"}, {"act": "reissue"})),
    Chain("9.000010", 6, "one-stop.commune", "applicant"),
    Chain(
        "9.000008",
        6,
        "one-stop.province",
        "construction_site",
        (
            {"works": "other", "act": "new", "opinion_fire": True},
            {"works": "grade_3_4", "act": "new", "opinion_fire": True, "opinion_land": True},
        ),
    ),
)


def hand_ins(taking_part: Sequence[Participant], count: int, seed: int = 1) -> list[HandIn]:
    """Draw `count` dossiers, ordered by the instant they are handed in."""
    draw = Random(seed)  # noqa: S311  a play, not a secret
    offices: dict[str, list[Participant]] = {}
    for participant in taking_part:
        offices.setdefault(participant.agency.role, []).append(participant)
    drawn: list[tuple[datetime, Participant, Chain, Mapping[str, Any]]] = []
    for chain, facts in _chains(draw, count):
        drawn.append((_instant(draw), draw.choice(offices[chain.offices]), chain, facts))
    drawn.sort(key=lambda one: (one[0], one[1].code))
    counters: dict[tuple[str, date], int] = {}
    return [_hand_in(draw, counters, taking_part, *one) for one in drawn]


def _chains(draw: Random, count: int) -> Iterator[tuple[Chain, Mapping[str, Any]]]:
    weights = [chain.weight for chain in CHAINS]
    for chain in draw.choices(CHAINS, weights, k=count):
        yield chain, draw.choice(chain.facts)


def _instant(draw: Random) -> datetime:
    """Mornings are busy; a few come at the end of the day, after the cutoff, or online at night."""
    day = FIRST_DAY + timedelta(days=draw.choices(range(4), (34, 30, 24, 12))[0])
    hour = draw.choices((7, 8, 9, 10, 13, 14, 15, 16, 20), (8, 24, 22, 14, 10, 10, 6, 4, 2))[0]
    minute = draw.choice((30, 40, 50)) if hour in (7, 13) else draw.choice(range(0, 60, 10))
    return datetime.combine(day, time(hour, minute), VIETNAM).astimezone(UTC)


def _hand_in(
    draw: Random,
    counters: dict[tuple[str, date], int],
    taking_part: Sequence[Participant],
    at: datetime,
    office: Participant,
    chain: Chain,
    facts: Mapping[str, Any],
) -> HandIn:
    day = at.astimezone(VIETNAM).date()
    counters[office.code, day] = ordinal = counters.get((office.code, day), 0) + 1
    units = [p.agency.jurisdiction[0] for p in taking_part if p.agency.role == "one-stop.commune"]
    own = office.agency.jurisdiction[0] if office.agency.role == "one-stop.commune" else None
    unit = own or draw.choice([u for u in units if _covers(office, u)] or units)
    submission: dict[str, Any] = {
        "procedure": chain.procedure,
        "received_at": at.isoformat().replace("+00:00", "Z"),
        "channel": draw.choice(("in_person", "online", "online", "postal")),
        "applicant": invent(draw).as_applicant(),
        "places": {chain.place: unit},
        "facts": dict(facts),
        "note": "Hồ sơ thử nghiệm, người và việc đều là giả định.",
    }
    return HandIn(at, office.code, f"{office.code}-{day:%y%m%d}-{ordinal:04d}", submission)


def _covers(office: Participant, unit: str) -> bool:
    return unit in office.agency.jurisdiction


def behaviour_of(participant: Participant, seed: int = 1) -> Behaviour:
    """Say how an agency works this week; some do not work well."""
    ordinary = Behaviour(
        seed=f"{seed}/{participant.code}",
        received_after=_minutes(10, 50),
        decided_after=_minutes(20, 150),
        pause=0.02,
        duplicate=0.03,
        out_of_order=0.02,
        refuse=0.01,
        refusals=("incomplete", "wrong_data"),
        supplement_after=timedelta(hours=3),
        acknowledge_after=timedelta(minutes=40),
        office_hours=True,
        facts={"tax": {"nothing_to_pay": False}},
    )
    return _changed(ordinary, participant.agency.role, participant.code)


def _changed(ordinary: Behaviour, role: str, code: str) -> Behaviour:
    match role:
        case "social-insurance.local":
            return replace(
                ordinary,
                decided_after=_minutes(60, 300),
                faulty=0.25,
                fault=HttpFault(Fault.STATUS, times=2, status=503),
            )
        case "health.province":
            return replace(ordinary, faulty=0.2, fault=HttpFault(Fault.CUT))
        case "construction.province":
            return replace(ordinary, give_back=0.15, decided_after=_minutes(120, 600))
        case "tax.local":
            return replace(ordinary, nack=0.15, give_back=0.08, decided_after=_minutes(60, 360))
        case "treasury.local":
            return replace(ordinary, decided_after=_minutes(30, 200))
        case "fire-police.province":
            return replace(ordinary, silent=1.0)
        case "police.local":
            return replace(ordinary, refuse=0.04, refusals=("wrong_data", "rejected"), stall=0.03)
        case "home-affairs.province":
            return replace(ordinary, decided_after=_minutes(300, 1500), silent=0.1)
        case "one-stop.commune":
            return replace(ordinary, refuse=0.0)
        case _:
            return ordinary


def _minutes(shortest: int, longest: int) -> Span:
    return Span(timedelta(minutes=shortest), timedelta(minutes=longest))
