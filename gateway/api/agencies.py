"""GET /v1/agencies/{code}: who an agency is, whether it can be reached, what it takes part in."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from gateway.api.answers import as_json
from gateway.api.callers import AnyCaller
from gateway.api.documented import PROBLEMS
from gateway.api.instants import QueryInstant
from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.joining.states import MemberState
from routing.directory import Agency
from schemas.identifiers import AGENCY_REF_PATTERN
from schemas.problems import ProblemType

router = APIRouter(prefix="/v1", tags=["directory"])


class Part(BaseModel):
    """A step of a procedure that this agency may be given."""

    procedure: str
    version: str
    step: str
    role: str | None


class Takes(BaseModel):
    """What an agency's software takes."""

    kinds: list[str]
    largest: int
    documents: bool


class Capabilities(BaseModel):
    """What an agency is, at an instant, and what it can do here."""

    code: str
    name: str
    level: str
    roles: list[str]
    parent: str | None
    jurisdiction: list[str]
    valid_from: datetime
    valid_to: datetime | None
    in_force: bool
    successors: list[str]
    aliases: list[str]
    demo: bool
    certainty: str
    connected: bool
    connector: str | None
    accepting: bool
    live: bool
    takes: Takes | None
    steps: list[Part]
    directory: str
    as_of: datetime


@router.get(
    "/agencies/{code}",
    summary="Look an agency up",
    operation_id="getAgency",
    responses={200: {"model": Capabilities}, **PROBLEMS(400, 401, 404, 503)},
)
async def get_agency(
    code: Annotated[str, Path(max_length=35, pattern=AGENCY_REF_PATTERN, examples=["H31.101"])],
    _caller: AnyCaller,
    state: State,
    as_of: Annotated[
        QueryInstant | None, Query(description="Instant with its offset; default now.")
    ] = None,
) -> Response:
    """Return an agency by its code or alias; if it is not in force then, its last row."""
    instant = as_of or state.services.clock.now()
    directory = state.services.rulebook.directory
    canonical = directory.resolve(code, instant)
    if canonical is None:
        raise refuse(ProblemType.NOT_FOUND, "no agency has this code or alias")
    agency = directory.agency(canonical, instant) or directory.history(canonical)[-1]
    return as_json(
        {
            **_known(agency, instant),
            **_reach(state, canonical),
            "steps": _steps(state, agency, instant),
            "directory": directory.version,
            "as_of": instant,
        }
    )


def _known(agency: Agency, instant: datetime) -> dict[str, Any]:
    return {
        "code": agency.code,
        "name": agency.name,
        "level": agency.level,
        "roles": list(agency.roles),
        "parent": agency.parent,
        "jurisdiction": list(agency.jurisdiction),
        "valid_from": agency.valid_from,
        "valid_to": agency.valid_to,
        "in_force": agency.in_force(instant),
        "successors": list(agency.successors),
        "aliases": list(agency.aliases),
        "demo": agency.demo,
        "certainty": agency.certainty,
    }


def _reach(state: ApiState, code: str) -> dict[str, Any]:
    """Say how it is reached now; where exactly, and with which secret, is nobody's business."""
    reach = state.services.endpoints.reach(code)
    is_live = state.services.roster.state(code) is MemberState.LIVE
    return {
        "connected": reach is not None,
        "connector": reach.endpoint.connector if reach else None,
        "accepting": is_live and reach is not None and reach.enabled and reach.breaker == "closed",
        "live": is_live,
        "takes": reach.takes.as_json() if reach and reach.takes else None,
    }


def _steps(state: ApiState, agency: Agency, instant: datetime) -> list[dict[str, Any]]:
    catalogue = state.services.rulebook.catalogue
    procedures = (catalogue.in_force(code, instant) for code in catalogue.codes())
    return [
        {
            "procedure": procedure.code,
            "version": procedure.version,
            "step": step.id,
            "role": step.role,
        }
        for procedure in procedures
        if procedure is not None
        for step in procedure.steps
        if step.agency == agency.code or step.role in agency.roles
    ]
