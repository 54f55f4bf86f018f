"""GET /v1/transfers/{id} and /v1/dossiers/{code}: where a dossier stands, for whom it concerns."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from gateway.api.answers import as_json
from gateway.api.callers import AnyCaller
from gateway.api.documented import PROBLEMS
from gateway.api.problems import refuse
from gateway.api.shapes import DossierShape, TransferShape
from gateway.api.state import State
from gateway.identity.clients import OPERATOR
from gateway.operations.notes import is_within
from gateway.operations.time_view import time_view
from gateway.operations.transfer_view import (
    find_transfer,
    list_transfers_of_dossier,
    read_ledger,
    transfer_view,
)
from gateway.operations.verdict_view import verdict_view
from schemas.problems import ProblemType

router = APIRouter(prefix="/v1", tags=["transfers"])

Code = Annotated[str, Path(pattern=r"^[A-Za-z0-9._/-]{1,64}$", examples=["H31.101-260302-0001"])]


@router.get(
    "/transfers/{transfer}",
    summary="Read a transfer",
    operation_id="getTransfer",
    responses={200: {"model": TransferShape}, **PROBLEMS(400, 401, 403, 404, 503)},
)
async def get_transfer(transfer: UUID, caller: AnyCaller, state: State) -> Response:
    """Return states, hops, clocks, whose time it was, and ledger of a caller's transfer."""
    services = state.services
    is_operator = OPERATOR in caller.roles and await is_within(
        services.pool, transfer, state.scopes.reach_of(caller.scope)
    )
    found = await find_transfer(services.pool, transfer, caller.agency)
    if found is None or not (found.concerns or is_operator):
        raise refuse(ProblemType.NOT_FOUND, "no transfer of yours has this id")
    ledger = await read_ledger(state.services.pool, transfer, names_people=is_operator)
    now, calendars = services.clock.now(), services.rulebook.calendars
    counted = {
        "time": time_view(found.transfer, now, calendars, found.ours),
        "verdict": verdict_view(found.transfer, calendars, now),
    }
    return as_json({**transfer_view(found), **counted, "ledger": ledger})


@router.get(
    "/dossiers/{code}",
    summary="Find a dossier",
    operation_id="getDossier",
    responses={200: {"model": DossierShape}, **PROBLEMS(400, 401, 403, 404, 503)},
)
async def get_dossier(
    code: Code,
    caller: AnyCaller,
    state: State,
    system: Annotated[
        str | None,
        Query(
            pattern=r"^[A-Za-z0-9._-]{1,64}$",
            description="The code is this other system's (an alias given at submission).",
        ),
    ] = None,
) -> Response:
    """Return the runs of a dossier that concern the caller, newest first."""
    pool, is_operator = state.services.pool, OPERATOR in caller.roles
    agency = None if is_operator else caller.agency
    transfers = await list_transfers_of_dossier(pool, code, agency=agency, system=system)
    if is_operator and caller.scope is not None:
        within = state.scopes.reach_of(caller.scope)
        transfers = [one for one in transfers if await is_within(pool, one["transfer"], within)]
    if not transfers:
        raise refuse(ProblemType.NOT_FOUND, "no dossier of yours has this code")
    return as_json({"code": code, "transfers": transfers})
