"""/v1/operations/directories: from a reviewed directory of agencies to the one that rules."""

import asyncio
from datetime import datetime
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway.api.answers import as_json
from gateway.api.callers import Operator
from gateway.api.documented import PROBLEMS
from gateway.api.problems import Refusal
from gateway.api.state import State
from gateway.operations import directories as use
from gateway.operations.directories import DirectoryRefused
from gateway.operations.directory_changes import changes_of, difference_view
from routing.directory import Sheets, load_directory
from routing.directory.difference import ChangeKind
from routing.directory.findings import Severity
from routing.survey import survey_places
from schemas.problems import ProblemType, problem
from schemas.wire import LINE_PATTERN

log = structlog.get_logger()
router = APIRouter(prefix="/v1/operations/directories", tags=["operations"])

MOST_CHARACTERS = 16 * 1024 * 1024
_COMMON = PROBLEMS(400, 401, 403, 503)
_VERSION_PATTERN = r"^[a-z0-9][a-z0-9.-]{2,79}$"
_Version = Annotated[
    str, Path(pattern=_VERSION_PATTERN, examples=["thai-binh-hung-yen-2026-11-25"])
]


class DirectoryShape(BaseModel):
    """One version. `rules`: it decides now; `ruled`: it was approved, and another one since."""

    version: str
    state: Literal["packaged", "imported", "ruled", "rules"]
    digest: str = Field(description="sha-256 of both tables.")
    agencies: int = Field(description="Rows; an agency has one per span of its time.")
    source: str
    imported_by: str | None = None
    imported_at: datetime | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    reason: str | None = None


class DirectoryList(BaseModel):
    """Every version, the packaged one first, then in order of import."""

    directories: list[DirectoryShape]


class DirectoryFiles(BaseModel):
    """Both tables of a reviewed directory, as text."""

    model_config = ConfigDict(extra="forbid")

    agencies: str = Field(min_length=1, max_length=MOST_CHARACTERS, description="agencies.tsv")
    aliases: str = Field(min_length=1, max_length=MOST_CHARACTERS, description="aliases.tsv")


class DirectoryApproval(BaseModel):
    """Why a version is to rule."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(
        min_length=3, max_length=500, pattern=LINE_PATTERN, description="No personal data."
    )
    despite_findings: bool = Field(False, description="Let it rule though its check is not clean.")


class FindingShape(BaseModel):
    """One thing that is wrong; alike in many units it is one finding with all of them."""

    severity: Severity
    rule: str
    subject: str = Field(description="An agency, a role, or a step of a procedure.")
    detail: str
    units: list[str]
    begin: datetime | None
    end: datetime | None
    steps: list[str] = Field(description="The steps of procedures that it strands.")


class Checked(BaseModel):
    """What a check of a version found."""

    directory: str
    counts: dict[Severity, int]
    findings: list[FindingShape]
    rules: dict[str, dict[str, str]] = Field(description="What each rule means, vi and en.")


class AgencyChangeShape(BaseModel):
    """One thing that is another with an agency during [begin, end)."""

    kind: ChangeKind
    code: str
    name: str
    begin: datetime | None
    end: datetime | None
    before: list[str]
    after: list[str]


class CompetenceChangeShape(BaseModel):
    """Who is competent for a role becomes another, alike in all these units."""

    role: str
    begin: datetime | None
    end: datetime | None
    before: list[str]
    after: list[str]
    units: list[str]


class ChangeCounts(BaseModel):
    """How much a version changes."""

    agencies: dict[ChangeKind, int]
    competence: int
    places: int = Field(description="Pairs of a role and a unit.")
    retroactive: int = Field(description="Changes that begin before now.")


class DirectoryChanges(BaseModel):
    """What the later of two versions changes: all counts, and the first details."""

    before: str
    after: str
    counts: ChangeCounts
    agencies: list[AgencyChangeShape]
    competence: list[CompetenceChangeShape]


@router.get(
    "",
    summary="List directory versions",
    operation_id="listDirectories",
    responses={200: {"model": DirectoryList}, **_COMMON},
)
async def list_directories(_operator: Operator, state: State) -> Response:
    """Return packaged and imported versions, and which one rules."""
    views = await use.list_versions(state.services.pool, load_directory())
    return as_json({"directories": views})


@router.post(
    "",
    summary="Import a directory",
    operation_id="importDirectory",
    status_code=201,
    responses={201: {"model": DirectoryShape}, **_COMMON, **PROBLEMS(422)},
)
async def import_directory(files: DirectoryFiles, operator: Operator, state: State) -> Response:
    """Store a version, which decides nothing before it is approved.

    What is wrong with it is all in `faults` of the problem, each with file, line and column.
    """
    services = state.services
    actor = f"operator:{operator.client_id}"
    sheets = Sheets(files.agencies, files.aliases)
    try:
        view = await use.import_directory(services.pool, sheets, actor, services.rulebook.units)
    except DirectoryRefused as refused:
        raise _refused(refused) from refused
    log.info("directory.imported", directory=view["version"], by=actor)
    return as_json(view, status=201)


@router.get(
    "/{version}/check",
    summary="Check a version",
    operation_id="checkDirectory",
    responses={200: {"model": Checked}, **_COMMON, **PROBLEMS(422)},
)
async def check_directory(version: _Version, _operator: Operator, state: State) -> Response:
    """Look for contradictions, and for places in which a step of a procedure has not one agency.

    A whole country takes some seconds. `lienthong directory check` also walks the limits.
    """
    book = state.services.rulebook
    try:
        directory = await use.read_version(state.services.pool, version, book.units)
    except DirectoryRefused as refused:
        raise _refused(refused) from refused
    found = await asyncio.to_thread(survey_places, book.catalogue, directory, book.units)
    return as_json(use.findings_view(directory.version, found))


@router.get(
    "/{version}/diff",
    summary="See what a version changes",
    operation_id="compareDirectory",
    responses={200: {"model": DirectoryChanges}, **_COMMON, **PROBLEMS(422)},
)
async def compare_directory(
    version: _Version,
    _operator: Operator,
    state: State,
    against: Annotated[str | None, Query(pattern=_VERSION_PATTERN)] = None,
    limit: Annotated[int, Query(ge=0, le=10_000)] = 100,
) -> Response:
    """Compare it with another version, or with the one that rules."""
    services = state.services
    units = services.rulebook.units
    try:
        found = await changes_of(services.pool, version, against, units)
    except DirectoryRefused as refused:
        raise _refused(refused) from refused
    return as_json(difference_view(found, services.clock.now(), limit))


@router.post(
    "/{version}/approve",
    summary="Let an imported version rule",
    operation_id="approveDirectory",
    responses={200: {"model": DirectoryShape}, **_COMMON, **PROBLEMS(422)},
)
async def approve_directory(
    version: _Version, approval: DirectoryApproval, operator: Operator, state: State
) -> Response:
    """Let it decide what is routed from now on, in every gateway within seconds."""
    services = state.services
    actor = f"operator:{operator.client_id}"
    try:
        view = await use.approve_directory(
            services.pool,
            version,
            actor,
            approval.reason,
            services.rulebook.catalogue,
            services.rulebook.units,
            despite_findings=approval.despite_findings,
        )
    except DirectoryRefused as refused:
        raise _refused(refused) from refused
    await services.librarian.refresh()
    log.info("directory.approved", directory=version, by=actor)
    return as_json(view)


def _refused(error: DirectoryRefused) -> Refusal:
    members = use.faults_view(error) if error.faults else None
    return Refusal(problem(ProblemType.INVALID_VALUE, str(error)[:2000]), members=members)
