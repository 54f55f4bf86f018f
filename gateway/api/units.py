"""GET /v1/units: administrative units by name or code, and who serves them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from gateway.api.answers import as_json
from gateway.api.callers import AnyCaller
from gateway.api.documented import PROBLEMS
from gateway.api.instants import QueryInstant
from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from routing.units import Level, Unit, UnitAbolished, UnitFound, Units, find_units
from schemas.identifiers import UNIT_PATTERN
from schemas.problems import ProblemType
from schemas.wire import LINE_PATTERN

router = APIRouter(prefix="/v1", tags=["directory"])

AsOf = Annotated[
    QueryInstant | None, Query(description="Instant with its offset, or a day; default now.")
]


class UnitShape(BaseModel):
    """A unit as it is at the instant."""

    code: str = Field(examples=["12499"])
    name: str
    level: Level
    parent: str | None
    parent_name: str | None
    valid_from: datetime | None = Field(description="None: before what the tables know.")
    valid_to: datetime | None


class UnitPage(BaseModel):
    """Units in the order of their codes."""

    units: list[UnitShape]
    next: str | None = Field(description="Send it as `after`; none: this was the last page.")
    version: str
    as_of: datetime


class ServingAgency(BaseModel):
    """An agency that is competent for the unit, and whether it is connected now."""

    code: str
    name: str
    connected: bool


class ServedBy(BaseModel):
    """Who covers the unit in one role: one is the rule, several are ambiguous."""

    role: str = Field(examples=["one-stop.commune"])
    agencies: list[ServingAgency]


class ServedUnit(UnitShape):
    """A unit, what became of it, and who serves it."""

    in_force: bool
    successors: list[UnitShape] = Field(description="The present units in which it lies now.")
    ambiguous: bool = Field(description="It was split: a person or an address has to decide.")
    served_by: list[ServedBy]
    version: str
    directory: str
    as_of: datetime


@router.get(
    "/units",
    summary="Find administrative units",
    operation_id="findUnits",
    responses={200: {"model": UnitPage}, **PROBLEMS(400, 401, 503)},
)
async def find(
    _caller: AnyCaller,
    state: State,
    name: Annotated[
        str | None,
        Query(
            min_length=2,
            max_length=100,
            pattern=LINE_PATTERN,
            description="Words of the name; without accents they are looked for without.",
            examples=["A Sào"],
        ),
    ] = None,
    code: Annotated[
        str | None, Query(pattern=UNIT_PATTERN, description="The unit with this code.")
    ] = None,
    parent: Annotated[
        str | None, Query(pattern=UNIT_PATTERN, description="Only those directly below it.")
    ] = None,
    level: Annotated[Level | None, Query()] = None,
    as_of: AsOf = None,
    after: Annotated[
        str | None, Query(pattern=UNIT_PATTERN, description="`next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """Return the units in force at the instant that are all that was asked for."""
    instant = as_of or state.services.clock.now()
    units = state.services.rulebook.units
    found = [
        unit
        for unit in find_units(units, name or "", instant)
        if (code is None or unit.code == code)
        and (parent is None or unit.parent == parent)
        and (level is None or unit.level is level)
        and (after is None or unit.code > after)
    ]
    page = found[:limit]
    return as_json(
        {
            "units": [_shown(unit, units) for unit in page],
            "next": page[-1].code if len(found) > limit else None,
            "version": units.version,
            "as_of": instant,
        }
    )


@router.get(
    "/units/{code}",
    summary="Look a unit up, and who serves it",
    operation_id="getUnit",
    responses={200: {"model": ServedUnit}, **PROBLEMS(400, 401, 404, 503)},
)
async def get_unit(
    code: Annotated[str, Path(pattern=UNIT_PATTERN, examples=["12499"])],
    _caller: AnyCaller,
    state: State,
    as_of: AsOf = None,
) -> Response:
    """Return what a code names at the instant; of an abolished unit, in which it lies now."""
    instant = as_of or state.services.clock.now()
    rulebook = state.services.rulebook
    successors: Iterable[str] = ()
    match rulebook.units.find(code, instant):
        case UnitFound(unit):
            is_ambiguous = False
        case UnitAbolished(unit, successors, is_ambiguous):
            pass
        case unknown:
            raise refuse(
                ProblemType.NOT_FOUND, f"the code names no unit at that instant: {unknown.because}"
            )
    return as_json(
        {
            **_shown(unit, rulebook.units),
            "in_force": unit.in_force(instant),
            "successors": [_of_code(one, rulebook.units, instant) for one in successors],
            "ambiguous": is_ambiguous,
            "served_by": _served_by(state, code, instant),
            "version": rulebook.units.version,
            "directory": rulebook.directory.version,
            "as_of": instant,
        }
    )


def _of_code(code: str, units: Units, instant: datetime) -> dict[str, Any]:
    """Show a successor: as it is at the instant, else as it was last."""
    found = units.find(code, instant)
    return _shown(found.unit if isinstance(found, UnitFound) else units.versions(code)[-1], units)


def _shown(unit: Unit, units: Units) -> dict[str, Any]:
    above = [one for one in units.versions(unit.parent or "") if _meet(one, unit)]
    return {
        "code": unit.code,
        "name": unit.name,
        "level": unit.level,
        "parent": unit.parent,
        "parent_name": above[-1].name if above else None,
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
    }


def _meet(one: Unit, other: Unit) -> bool:
    """Say whether two units are in force at some same instant."""
    starts = [at for at in (one.valid_from, other.valid_from) if at is not None]
    ends = [at for at in (one.valid_to, other.valid_to) if at is not None]
    return not starts or not ends or max(starts) < min(ends)


def _served_by(state: ApiState, code: str, instant: datetime) -> list[dict[str, Any]]:
    """Say who is competent, by role; how they are reached is nobody's business."""
    endpoints = state.services.endpoints
    return [
        {
            "role": role,
            "agencies": [
                {
                    "code": agency.code,
                    "name": agency.name,
                    "connected": endpoints.is_connected(agency.code),
                }
                for agency in agencies
            ],
        }
        for role, agencies in state.services.rulebook.directory.serving(code, instant).items()
    ]
