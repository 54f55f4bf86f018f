"""/v1/operations/outages: what is declared to be away, and until when."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from gateway.api.answers import as_json
from gateway.api.callers import Operator
from gateway.api.documented import PROBLEMS
from gateway.api.problems import Refusal, refuse
from gateway.api.state import State
from gateway.operations import outages as use
from gateway.operations.outages import Declaration, NoSuchOutage, OutageOverlaps, OutageRefused
from routing.outages import OutageKind
from schemas.identifiers import AGENCY_PATTERN
from schemas.problems import ProblemType
from schemas.wire import LINE_PATTERN

router = APIRouter(prefix="/v1/operations/outages", tags=["operations"])

_COMMON = PROBLEMS(400, 401, 403, 503)
_YEARS = range(1900, 2200)


class OutageShape(BaseModel):
    """One outage; every instant is legal time."""

    outage: UUID
    agency: str | None = Field(description="Whose system is away; null is this gateway.")
    covers: int = Field(description="How many agencies' hops it holds; 0: every hop.")
    kind: OutageKind
    state: str = Field(description="announced, open, over or withdrawn.")
    starts_at: datetime
    ends_at: datetime | None
    announced_at: datetime
    legal_basis: str
    reason: str
    late: bool = Field(description="Open for longer than an incident may last.")
    settling: bool = Field(description="Some clocks have yet to be held, or to go on.")
    declared_by: str
    declared_at: datetime
    ended_by: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None


class DeclaredOutage(OutageShape):
    """An outage just declared."""

    warnings: list[str] = Field(description="What it does not keep to, with the article.")


class OutagePage(BaseModel):
    """Outages, newest first; `next` is null on the last page."""

    outages: list[OutageShape]
    next: UUID | None


class OutageDeclaration(BaseModel):
    """An outage of one agency's system, or of this gateway."""

    model_config = ConfigDict(extra="forbid")

    agency: str | None = Field(
        None, max_length=35, pattern=AGENCY_PATTERN, description="Or else `gateway`."
    )
    below: bool = Field(False, description="Of every agency below it too: they share its system.")
    gateway: bool = Field(False, description="This gateway itself is away.")
    kind: OutageKind = OutageKind.INCIDENT
    starts_at: AwareDatetime | None = Field(None, description="Now, if not said.")
    ends_at: AwareDatetime | None = Field(
        None, description="The announced recovery of a planned one, at which clocks go on."
    )
    announced_at: AwareDatetime | None = Field(None, description="Now, if not said.")
    legal_basis: str = Field(
        min_length=3,
        max_length=500,
        pattern=LINE_PATTERN,
        description="Goes into the ledger of every hop it holds.",
        examples=["NĐ 99/2022 Điều 16.3"],
    )
    reason: str = Field(
        min_length=3,
        max_length=500,
        pattern=LINE_PATTERN,
        description="For people; never in the ledger. No personal data.",
        examples=["Mất kết nối đường truyền số liệu chuyên dùng"],
    )

    @model_validator(mode="after")
    def _one_system(self) -> Self:
        if self.gateway == (self.agency is not None):
            raise ValueError("name either an agency or the gateway")
        if self.gateway and self.below:
            raise ValueError("nothing is below the gateway")
        instants = (self.starts_at, self.ends_at, self.announced_at)
        if any(one is not None and one.year not in _YEARS for one in instants):
            raise ValueError("an instant lies beyond the years that are known here")
        return self

    def declaration(self, actor: str, now: datetime) -> Declaration:
        return Declaration(
            agency=self.agency,
            kind=self.kind,
            starts_at=self.starts_at or now,
            ends_at=self.ends_at,
            announced_at=self.announced_at,
            legal_basis=self.legal_basis,
            reason=self.reason,
            actor=actor,
            below=self.below,
        )


class OutageEnd(BaseModel):
    """When the system was back."""

    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime | None = Field(None, description="Now, if not said.")


@router.get(
    "",
    summary="List outages",
    operation_id="listOutages",
    responses={200: {"model": OutagePage}, **_COMMON},
)
async def get_outages(
    _operator: Operator,
    state: State,
    agency: Annotated[str | None, Query(pattern=r"^[A-Z0-9.]{1,35}$")] = None,
    over: bool = False,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Return those that last or are to come; with `over=true` also those that are over."""
    services = state.services
    found = await use.list_outages(
        services.pool,
        now=services.clock.now(),
        policies=services.rulebook.policies,
        agency=agency,
        over=over,
        before=before,
        limit=limit,
    )
    following = found[-1]["outage"] if len(found) == limit else None
    return as_json({"outages": found, "next": following})


@router.post(
    "",
    summary="Declare an outage",
    operation_id="declareOutage",
    status_code=201,
    responses={201: {"model": DeclaredOutage}, **_COMMON, **PROBLEMS(409, 422)},
)
async def declare(declared: OutageDeclaration, operator: Operator, state: State) -> Response:
    """Hold the clocks of the hops concerned from its start on; they go on at its end."""
    services = state.services
    now = services.clock.now()
    declaration = declared.declaration(f"operator:{operator.client_id}", now)
    try:
        view = await use.declare(services.pool, declaration, now=now, rulebook=services.rulebook)
    except OutageRefused as refused:
        raise _refusal(refused) from refused
    return as_json(view, status=201)


@router.post(
    "/{outage}/end",
    summary="End an outage",
    operation_id="endOutage",
    responses={200: {"model": OutageShape}, **_COMMON, **PROBLEMS(404, 422)},
)
async def end(outage: UUID, ended: OutageEnd, operator: Operator, state: State) -> Response:
    """Let the clocks go on, from now or from when the system was back."""
    services = state.services
    try:
        view = await use.end(
            services.pool,
            outage,
            at=ended.at,
            actor=f"operator:{operator.client_id}",
            now=services.clock.now(),
            rulebook=services.rulebook,
        )
    except OutageRefused as refused:
        raise _refusal(refused) from refused
    return as_json(view)


@router.post(
    "/{outage}/withdraw",
    summary="Withdraw an outage declared by mistake",
    operation_id="withdrawOutage",
    responses={200: {"model": OutageShape}, **_COMMON, **PROBLEMS(404, 422)},
)
async def withdraw(outage: UUID, operator: Operator, state: State) -> Response:
    """Give back what it held: clocks stand as if it had never been declared."""
    services = state.services
    try:
        view = await use.withdraw(
            services.pool,
            outage,
            actor=f"operator:{operator.client_id}",
            now=services.clock.now(),
            rulebook=services.rulebook,
        )
    except OutageRefused as refused:
        raise _refusal(refused) from refused
    return as_json(view)


def _refusal(refused: OutageRefused) -> Refusal:
    match refused:
        case NoSuchOutage():
            return refuse(ProblemType.NOT_FOUND, str(refused))
        case OutageOverlaps():
            return refuse(ProblemType.ILLEGAL_TRANSITION, str(refused))
    return refuse(ProblemType.INVALID_VALUE, str(refused))
