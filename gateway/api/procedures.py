"""GET /v1/procedures: which procedures are carried, and what each of them asks for."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from gateway.api.answers import as_json
from gateway.api.callers import AnyCaller
from gateway.api.documented import PROBLEMS
from gateway.api.instants import QueryInstant
from gateway.api.problems import refuse
from gateway.api.shapes import Title
from gateway.api.state import State
from gateway.operations.procedure_view import legal_day, procedure_document, procedure_summary
from routing.synthetic import is_synthetic_procedure
from schemas.identifiers import PROCEDURE_PATTERN
from schemas.problems import ProblemType

router = APIRouter(prefix="/v1", tags=["directory"])

AsOf = Annotated[
    QueryInstant | None, Query(description="Instant with its offset, or a day; default now.")
]
VersionName = Annotated[
    str | None,
    Query(pattern=r"^[0-9a-z.-]{1,40}$", description="A version's name; default: by `as_of`."),
]


class ProcedureLine(BaseModel):
    """A version of a procedure, in short."""

    code: str
    version: str
    title: Title
    field: str
    chain: int
    demo: bool = Field(description="True: the code is ours, not a national one.")
    valid_from: date
    valid_to: date | None = Field(description="The first day on which it is not in force.")
    in_force: bool = Field(description="As of the instant asked for.")
    total: str | None = Field(description="The statutory total.", examples=["3 wd"])
    places: list[str] = Field(description="The places that a submission has to give.")
    steps: list[str]
    certainty: str


class ProcedurePage(BaseModel):
    """The versions in force, in the order of their codes."""

    procedures: list[ProcedureLine]
    next: str | None = Field(description="Send it as `after`; none: this was the last page.")
    catalogue: str
    as_of: datetime


class FactShape(BaseModel):
    """A fact that the procedure's conditions ask for."""

    name: str
    kind: str = Field(examples=["bool", "int", "choice"])
    choices: list[str]
    required: bool
    given_by: str = Field(description="`origin`, or the step whose completion tells it.")
    title_vi: str
    title_en: str


class CaseShape(BaseModel):
    """A time limit that replaces the ordinary one while its condition holds."""

    when: dict[str, Any]
    budget: str | None
    legal_basis: str
    certainty: str


class StepShape(BaseModel):
    """A task of the procedure: of a role at a place, or of a fixed agency."""

    id: str
    title_vi: str
    title_en: str
    role: str | None
    agency: str | None
    place: str | None = Field(description="`receiver`: wherever the originator is.")
    after: list[str] = Field(description="None: the originator feeds it.")
    budget: str | None
    budget_cases: list[CaseShape]
    cutoff: str | None
    start: str = Field(description="The clock starts when it is `sent` or `received`.")
    when: dict[str, Any] | None = Field(description="Its condition; none: it always runs.")
    silence: str | None
    publication: bool
    outside_total: bool
    same_day: bool
    legal_basis: str
    source: str
    certainty: str
    note: str | None


class VersionLine(BaseModel):
    """One version among others of the same code."""

    version: str
    valid_from: date
    valid_to: date | None
    in_force: bool


class ProcedureShape(BaseModel):
    """A version of a procedure, whole, with its legal basis."""

    code: str
    version: str
    title: Title
    field: str
    chain: int
    demo: bool
    valid_from: date
    valid_to: date | None
    in_force: bool
    total: str | None
    total_cases: list[CaseShape]
    total_excludes: list[str] = Field(description="Pauses for these stop the overall clock.")
    places: list[str]
    facts: dict[str, FactShape]
    exclusive: list[list[str]] = Field(description="Of each group exactly one step runs.")
    steps: list[StepShape]
    legal_basis: str
    source: str
    certainty: str
    note: str | None
    versions: list[VersionLine] = Field(description="All of this code, oldest first.")
    catalogue: str
    as_of: datetime


@router.get(
    "/procedures",
    summary="List the procedures in force",
    operation_id="listProcedures",
    responses={200: {"model": ProcedurePage}, **PROBLEMS(400, 401, 503)},
)
async def list_procedures(
    _caller: AnyCaller,
    state: State,
    as_of: AsOf = None,
    after: Annotated[
        str | None, Query(pattern=PROCEDURE_PATTERN, description="`next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Response:
    """Return the version of each procedure that is in force at the instant."""
    instant = as_of or state.services.clock.now()
    catalogue = state.services.rulebook.catalogue
    found = [
        version
        for code in catalogue.codes()
        if (after is None or code > after)
        and (version := catalogue.in_force(code, instant)) is not None
    ]
    page = found[:limit]
    return as_json(
        {
            "procedures": [procedure_summary(one, instant) for one in page],
            "next": page[-1].code if len(found) > limit else None,
            "catalogue": catalogue.version,
            "as_of": instant,
        }
    )


@router.get(
    "/procedures/{code}",
    summary="Read a procedure",
    operation_id="getProcedure",
    responses={200: {"model": ProcedureShape}, **PROBLEMS(400, 401, 404, 503)},
)
async def get_procedure(
    code: Annotated[str, Path(pattern=PROCEDURE_PATTERN, examples=["2.000987"])],
    _caller: AnyCaller,
    state: State,
    as_of: AsOf = None,
    version: VersionName = None,
) -> Response:
    """Return the version in force at the instant, else the newest; or the one that is named."""
    instant = as_of or state.services.clock.now()
    catalogue = state.services.rulebook.catalogue
    versions = () if is_synthetic_procedure(code) else catalogue.versions(code)
    named = [one for one in versions if version in (None, one.version)]
    if not named:
        raise refuse(ProblemType.NOT_FOUND, "the catalogue has no such procedure or version")
    shown = next((one for one in named if one.in_force(instant)), named[-1])
    return as_json(
        {
            **procedure_document(shown, instant),
            "versions": [
                {
                    "version": one.version,
                    "valid_from": legal_day(one.valid_from),
                    "valid_to": legal_day(one.valid_to),
                    "in_force": one.in_force(instant),
                }
                for one in versions
            ],
            "catalogue": catalogue.version,
            "as_of": instant,
        }
    )
