"""/v1/operations/directories: from a reviewed directory of agencies to the one that rules."""

from datetime import datetime
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway.api.answers import as_json
from gateway.api.callers import Operator
from gateway.api.documented import PROBLEMS
from gateway.api.problems import Refusal
from gateway.api.state import State
from gateway.operations import directories as use
from gateway.operations.directories import DirectoryRefused
from routing.directory import Sheets, load_directory
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
        view = await use.approve_directory(services.pool, version, actor, approval.reason)
    except DirectoryRefused as refused:
        raise _refused(refused) from refused
    await services.librarian.refresh()
    log.info("directory.approved", directory=version, by=actor)
    return as_json(view)


def _refused(error: DirectoryRefused) -> Refusal:
    members = use.faults_view(error) if error.faults else None
    return Refusal(problem(ProblemType.INVALID_VALUE, str(error)[:2000]), members=members)
