"""Who takes over one thing from an agency that has closed: decided, explained, or left to a person.

Asked of a *vacancy*: the agency, the role it was in, and the place it was about. The narrowest row
of the plan counts. Where the plan leaves it to the directory, the successors of the ended row do:
the only one; of several the one that covers the place. A place that was split, and several that
could follow alike, are never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from routing.directory import Agency, Directory
from routing.itinerary.model import RouteFailure, RouteRefused
from routing.itinerary.places import Placed, locate
from routing.reform.plan import Otherwise, Plan, Takeover
from routing.units import Units

AMBIGUOUS: Final = "successor-ambiguous"
MISSING: Final = "successor-missing"


@dataclass(frozen=True, slots=True)
class Vacancy:
    """What is to be taken over. Without a role or a place, only what needs neither can decide."""

    agency: str
    role: str | None
    place: tuple[str, str] | None
    """The name of the place and the unit's code as the sender gave it."""
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Heir:
    """Who takes over, by which rule, and on what that rests."""

    agency: str
    rule: str
    legal_basis: str


@dataclass(frozen=True, slots=True)
class NoHeir:
    """Nobody, or several alike: a person has to say. `kind` is a code."""

    kind: str
    detail: str
    candidates: tuple[str, ...] = ()


APPLICANT: Final = "applicant"
"""The place that tells apart who follows a receiving office, and who follows at its own steps."""


def vacancy(
    agency: str, asks: tuple[str | None, str | None], places: Mapping[str, str], at: datetime
) -> Vacancy:
    """Say what is to be taken over: `asks` are the role and the place of the step, if it has any.

    Where the step's own place is not one that the sender gave, the applicant's counts, or the only
    one there is. `at` is when the dossier was received: codes of units are read as of then.
    """
    role, name = asks
    if name not in places:
        name = APPLICANT if APPLICANT in places else None
        if name is None and len(places) == 1:
            name = next(iter(places))
    return Vacancy(agency, role, None if name is None else (name, places[name]), at)


def is_closed(agency: str, directory: Directory, now: datetime) -> bool:
    """Say whether the agency existed, and does not any more."""
    if directory.agency(agency, now) is not None:
        return False
    return any(
        row.valid_to is not None and row.valid_to <= now for row in directory.history(agency)
    )


def heir_of(
    vacancy: Vacancy, plan: Plan, directory: Directory, units: Units, now: datetime
) -> Heir | NoHeir:
    """Return who takes over what, or why nobody can be named."""
    where = _locate(vacancy, units, now)
    rows = plan.rows_of(vacancy.agency)
    if rows:
        found = _by_plan(vacancy, rows, where, plan, units, now)
        if found is not None:
            return _in_force(found, directory, now)
    if plan.otherwise is Otherwise.PERSON:
        candidates = tuple(dict.fromkeys(row.to for row in rows))
        return NoHeir(
            AMBIGUOUS if candidates else MISSING,
            f"the plan does not say who takes over here from {vacancy.agency}",
            candidates,
        )
    return _by_directory(vacancy, where, plan, directory, units, now)


Where = Placed | RouteFailure | None


def _locate(vacancy: Vacancy, units: Units, now: datetime) -> Where:
    if vacancy.place is None:
        return None
    name, code = vacancy.place
    found = locate(name, code, vacancy.received_at, now, units)
    return None if isinstance(found, RouteRefused) else found


def _by_plan(
    vacancy: Vacancy,
    rows: Iterable[Takeover],
    where: Where,
    plan: Plan,
    units: Units,
    now: datetime,
) -> Heir | None:
    """The narrowest row that holds: unit and role, unit, role, neither; the nearest unit first."""
    line = [vacancy.place[1]] if vacancy.place is not None else []
    line += units.ancestors(line[0], vacancy.received_at)[1:] if line else ()
    line += units.ancestors(where.unit, now) if isinstance(where, Placed) else ()
    nearest = {unit: no for no, unit in reversed(list(enumerate(line)))}
    holding = [
        (nearest.get(row.unit or "", len(line)), row.role is None, row)
        for row in rows
        if row.role in (None, vacancy.role) and (row.unit is None or row.unit in nearest)
    ]
    if not holding:
        return None
    row = min(holding, key=lambda one: one[:2])[2]
    return Heir(row.to, row.place, row.legal_basis or plan.legal_basis)


def _in_force(found: Heir, directory: Directory, now: datetime) -> Heir | NoHeir:
    if directory.agency(found.agency, now) is not None:
        return found
    return NoHeir(MISSING, f"{found.rule}: {found.agency} is not in force", ())


def _by_directory(
    vacancy: Vacancy,
    where: Where,
    plan: Plan,
    directory: Directory,
    units: Units,
    now: datetime,
) -> Heir | NoHeir:
    ended = [row for row in directory.history(vacancy.agency) if not row.in_force(now)]
    named = ended[-1].successors if ended else ()
    heirs = [row for code in named if (row := directory.agency(code, now)) is not None]
    if not heirs:
        says = f"{vacancy.agency} has no successor in force"
        return NoHeir(MISSING, says, named)
    if len(heirs) == 1:
        return Heir(heirs[0].code, "successor", plan.legal_basis)
    codes = tuple([row.code for row in heirs])
    if isinstance(where, RouteFailure):
        return NoHeir(AMBIGUOUS, where.detail, codes)
    if not isinstance(where, Placed):
        says = (
            f"{len(heirs)} agencies take over from {vacancy.agency}, and no place tells them apart"
        )
        return NoHeir(AMBIGUOUS, says, codes)
    covering = _covering(heirs, units.ancestors(where.unit, now))
    of_role = [row for row in covering if vacancy.role in row.roles]
    left = of_role if len(of_role) == 1 else covering
    if len(left) == 1:
        return Heir(left[0].code, f"successor@{where.words}", plan.legal_basis)
    says = f"{len(left)} of {len(heirs)} successors of {vacancy.agency} cover {where.words}"
    return NoHeir(AMBIGUOUS, says, tuple([row.code for row in left]) or codes)


def _covering(heirs: Iterable[Agency], line: Iterable[str]) -> list[Agency]:
    """Those whose jurisdiction is nearest to the place: a commune's before its province's."""
    for unit in line:
        found = [row for row in heirs if unit in row.jurisdiction]
        if found:
            return found
    return []
