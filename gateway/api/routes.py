"""GET /v1/route: where a dossier would go, and why. Facts only; nothing that names a person."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from gateway.api.answers import as_json
from gateway.api.callers import AnyCaller
from gateway.api.documented import PROBLEMS
from gateway.api.instants import QueryInstant
from gateway.api.problems import Refusal, refuse
from gateway.api.state import State
from gateway.rulebook import Rulebook
from routing.explain import explain
from routing.itinerary import Itinerary, RouteRefused, RouteRequest, Walk, legs_of, plan, walk
from routing.legaltime import CalendarUnknown
from routing.procedures import FactValue, Procedure
from schemas.identifiers import AGENCY_REF_PATTERN, PROCEDURE_PATTERN
from schemas.problems import ProblemType, problem

router = APIRouter(prefix="/v1", tags=["directory"])

_PAIR = r"^[a-z][a-z0-9_]{0,63}:[A-Za-z0-9_.-]{1,64}$"


class RouteShape(BaseModel):
    """A planned route: one agency per step, or why not; by when; which tables decided."""

    procedure: dict[str, Any]
    originator: str
    received_at: datetime
    as_of: datetime
    total: str | None
    overall_due_at: datetime | None
    calendar_known: bool
    directory: str
    units: str
    steps: list[dict[str, Any]] = Field(
        description="Each with its rule, candidates, why, budget, and latest end."
    )


@router.get(
    "/route",
    summary="Explain a route",
    operation_id="explainRoute",
    responses={200: {"model": RouteShape}, **PROBLEMS(400, 401, 422, 503)},
)
async def explain_route(
    caller: AnyCaller,
    state: State,
    procedure: Annotated[str, Query(pattern=PROCEDURE_PATTERN, examples=["2.000987"])],
    originator: Annotated[
        str | None, Query(max_length=35, pattern=AGENCY_REF_PATTERN, description="Default: you.")
    ] = None,
    place: Annotated[
        list[Annotated[str, Field(pattern=_PAIR)]] | None,
        Query(max_length=8, description="name:unit", examples=[["applicant:11953"]]),
    ] = None,
    fact: Annotated[
        list[Annotated[str, Field(pattern=_PAIR)]] | None,
        Query(max_length=64, description="name:value", examples=[["identity_card:true"]]),
    ] = None,
    received_at: Annotated[
        QueryInstant | None, Query(description="Picks the procedure version; default `as_of`.")
    ] = None,
    as_of: Annotated[
        QueryInstant | None, Query(description="The instant agencies are asked for; default now.")
    ] = None,
) -> Response:
    """Plan a route without submitting anything."""
    rulebook = state.services.rulebook
    now = as_of or state.services.clock.now()
    received = received_at or now
    sender = rulebook.directory.resolve(originator or caller.agency or "", now)
    if sender is None:
        raise refuse(ProblemType.BAD_QUERY, "originator: no agency has this code or alias")
    places = dict(one.split(":", 1) for one in place or ())
    facts = _facts(rulebook.catalogue.in_force(procedure, received), fact or ())
    _refuse_unasked(rulebook.catalogue.in_force(procedure, received), places)
    planned = plan(
        RouteRequest(procedure, sender, places, facts, received, now),
        rulebook.catalogue,
        rulebook.directory,
        rulebook.units,
    )
    if isinstance(planned, RouteRefused):
        raise Refusal(problem(planned.slug, planned.detail, planned.pointer))
    return as_json(route_document(planned, rulebook, received))


def route_document(
    itinerary: Itinerary, rulebook: Rulebook, received_at: datetime
) -> dict[str, Any]:
    """Write a planned route as it is shown: one agency per step, by when, and why."""
    version = rulebook.catalogue.get(itinerary.procedure, itinerary.procedure_version)
    walked = _walked(itinerary, rulebook, received_at)
    overall = walked.overall if walked else None
    return {
        "procedure": {
            "code": version.code,
            "version": version.version,
            "title": {"vi": version.title_vi, "en": version.title_en},
            "legal_basis": version.legal_basis,
            "certainty": version.certainty,
            "demo": version.demo,
        },
        "originator": itinerary.originator,
        "received_at": received_at,
        "as_of": itinerary.as_of,
        "total": itinerary.total,
        "overall_due_at": overall.deadline_at if overall else None,
        "calendar_known": walked is not None,
        "directory": itinerary.directory_version,
        "units": itinerary.units_version,
        "steps": [asdict(step) for step in explain(itinerary, version, rulebook.directory, walked)],
    }


def _walked(itinerary: Itinerary, rulebook: Rulebook, received_at: datetime) -> Walk | None:
    try:
        return walk(
            legs_of(itinerary), itinerary.total, rulebook.calendar, itinerary.as_of, received_at
        )
    except CalendarUnknown:
        return None


def _refuse_unasked(procedure: Procedure | None, places: dict[str, str]) -> None:
    for name in places:
        if procedure is not None and name not in procedure.places:
            known = ", ".join(procedure.places) or "no place"
            raise refuse(
                ProblemType.UNKNOWN_FIELD,
                f"{procedure.code} asks for {known}",
                f"/data/places/{name}",
            )


def _facts(procedure: Procedure | None, pairs: list[str] | tuple[()]) -> dict[str, FactValue]:
    """Read each fact by its declared type; the planner judges what does not fit."""
    facts: dict[str, FactValue] = {}
    for pair in pairs:
        name, value = pair.split(":", 1)
        declared = procedure.facts.get(name) if procedure else None
        match declared.kind if declared else None:
            case "bool" if value in ("true", "false"):
                facts[name] = value == "true"
            case "int" if value.isdecimal():
                facts[name] = int(value)
            case _:
                facts[name] = value
    return facts
